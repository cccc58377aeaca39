import ArgumentParser
import Logging
import Machine
import PCP
import PCPWire
import Wire

extension IPv6Address: ExpressibleByArgument {
  /// An IPv4 or IPv6 address.
  public init?(argument: String) { self.init(plain: argument) }

  public var defaultValueDescription: String { plainText }
}

extension AddressPrefix: ExpressibleByArgument {
  /// `192.0.2.0/24`, `2001:db8::/32`, or a single address.
  public init?(argument: String) { self.init(argument) }
}

extension TransportProtocol: ExpressibleByArgument {
  /// A name the schema knows, in either case, or a number.
  public init?(argument: String) {
    let name = argument.lowercased()
    if let known = Known.allCases.first(where: { "\(Self(rawValue: $0.rawValue))".lowercased() == name }) {
      self.init(rawValue: known.rawValue)
    } else if let number = UInt8(argument) {
      self.init(rawValue: number)
    } else {
      return nil
    }
  }

  public var defaultValueDescription: String { "\(self)".lowercased() }
}

/// A nonce as 24 hexadecimal digits.
struct NonceArgument: ExpressibleByArgument {
  let nonce: MappingNonce

  init?(argument: String) {
    let digits = Array(argument.utf8)
    guard digits.count % 2 == 0 else { return nil }
    let octets = stride(from: 0, to: digits.count, by: 2).compactMap { index in
      digits[index] == UInt8(ascii: "+")
        ? nil : UInt8(String(decoding: digits[index..<index + 2], as: UTF8.self), radix: 16)
    }
    guard octets.count == digits.count / 2, let nonce = MappingNonce(octets) else { return nil }
    self.nonce = nonce
  }
}

/// A remote peer that is let in: `ADDRESS[/BITS][,PORT]`, or `none` to remove the filters there are.
struct FilterArgument: ExpressibleByArgument {
  let option: FilterOption

  init?(argument: String) {
    if argument == "none" {
      option = FilterOption(prefixLength: 0, remotePeerPort: 0, remotePeerAddress: .unspecified)
      return
    }
    let parts = argument.split(separator: ",", maxSplits: 1, omittingEmptySubsequences: false)
    guard let prefix = AddressPrefix(parts[0]) else { return nil }
    var port: UInt16 = 0
    if parts.count == 2 {
      guard let number = UInt16(parts[1]) else { return nil }
      port = number
    }
    option = FilterOption(
      prefixLength: UInt8(prefix.length), remotePeerPort: port, remotePeerAddress: prefix.address)
  }
}

/// Ports from one to another: `1024-65535`.
struct PortRange: ExpressibleByArgument {
  let ports: ClosedRange<UInt16>

  init?(argument: String) {
    let parts = argument.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2, let first = UInt16(parts[0]), let last = UInt16(parts[1]), first <= last else {
      return nil
    }
    ports = first...last
  }
}

/// How much is logged, by the name that swift-log gives it.
struct LogLevel: ExpressibleByArgument {
  let level: Logger.Level

  init?(argument: String) {
    guard let level = Logger.Level(rawValue: argument) else { return nil }
    self.level = level
  }
}
