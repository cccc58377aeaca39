import Logging
import Machine
import PCP
import PCPWire
import Settings
import Wire

/// What values in the server's configuration file may be.
enum Kinds {
  static let flag = SettingsKind<Bool>.flag
  static let word = SettingsKind<String>.text("a word") { $0.isEmpty ? nil : $0 }
  static let count = SettingsKind<Int>.number(in: 0...Int.max)
  static let atLeastOne = SettingsKind<Int>.number(in: 1...Int.max)
  /// Lifetimes, which messages have in 32 bits.
  static let lifetime = SettingsKind<UInt32>.number(in: 0...UInt32.max)
  /// Moments between datagrams.
  static let interval = SettingsKind<Duration>.seconds(in: 0...3600)
  static let delay = SettingsKind<Duration>.seconds(in: 0...604_800)
  static let port = SettingsKind<UInt16>.number(in: 0...UInt16.max)

  static let backend = SettingsKind<BackendSettings.Kind>.choice(["memory": .memory, "nftables": .nftables])
  static let logLevel = SettingsKind<Logger.Level>.text(Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")) {
    Logger.Level(rawValue: $0)
  }
  static let address = SettingsKind<IPv6Address>.text(addressText) { IPv6Address(plain: $0) }
  static let addressText = "an address, such as 192.0.2.1 or 2001:db8::1,"
  static let prefix = SettingsKind<AddressPrefix>.text(
    "an address, or one with the number of bits that count, such as 192.168.1.0/24,"
  ) { AddressPrefix($0) }
  static let transport = SettingsKind<TransportProtocol>.text("a protocol, such as tcp or udp, or its number,") {
    TransportProtocol(argument: $0)
  }

  /// `1024-65535`, or one port.
  static let ports = SettingsKind<ClosedRange<UInt16>>.text("a range of ports, such as 1024-65535,", isWord: true) { text in
    if let range = PortRange(argument: text) { return range.ports }
    guard let port = UInt16(text), !text.hasPrefix("+") else { return nil }
    return port...port
  }

  /// Octets as hexadecimal digits.
  static let octets = SettingsKind<[UInt8]>.text("octets as pairs of hexadecimal digits, such as 0a0b,") { text in
    let digits = text.utf8.compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
    guard digits.count == text.utf8.count, digits.count % 2 == 0, !digits.isEmpty else { return nil }
    return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
  }

  /// An address with a port, or else with the one that clients listen on.
  static let target = SettingsKind<PeerAddress>.text(
    "an address, or one with a port, such as 224.0.0.1:5350 or \"[ff02::1]:5350\","
  ) { text in
    if let address = IPv6Address(plain: text) { return PeerAddress(address, port: PCPPorts.client) }
    guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]), port > 0 else {
      return nil
    }
    var host = text[..<colon]
    if host.hasPrefix("[") && host.hasSuffix("]") {
      host = host.dropFirst().dropLast()
    } else if host.contains(":") {
      return nil
    }
    return IPv6Address(plain: host).map { PeerAddress($0, port: port) }
  }
}
