/// A UDP payload, and which end sent it.
public struct CapturedMessage: Sendable, Hashable {
  /// The two ends of a request and its answer.
  public enum Sender: Sendable, Hashable {
    case client, server
  }

  /// For reports: a vector's name, or where the message was seen.
  public var name: String
  public var octets: [UInt8]
  public var sender: Sender

  public init(_ name: String, _ octets: [UInt8], from sender: Sender) {
    self.name = name
    self.octets = octets
    self.sender = sender
  }
}

extension Vector {
  /// The vector as a message on the network.
  public var captured: CapturedMessage {
    let isAnswer = message.map { $0.hasSuffix("Response") } ?? (direction == "response")
    return CapturedMessage(name, octets, from: isAnswer ? .server : .client)
  }
}

/// A capture file in the classic pcap format: one raw IPv4 packet a message, all times zero.
public struct Capture: Sendable {
  /// The whole file.
  public private(set) var octets: [UInt8]
  private let serverPort: UInt16

  /// A capture of messages between 192.0.2.1, a client, and 192.0.2.2, a server.
  public init(_ messages: [CapturedMessage], serverPort: UInt16 = 5351) {
    self.serverPort = serverPort
    octets = []
    // Magic number, version 2.4, zone, accuracy, largest packet, link type 101: raw IP.
    for number in [0xA1B2_C3D4, 0x0002_0004, 0, 0, 0xFFFF, 101] as [UInt32] { octets += number.networkOctets }
    for message in messages { append(message) }
  }

  private mutating func append(_ message: CapturedMessage) {
    let isAnswer = message.sender == .server
    let client = ([192, 0, 2, 1] as [UInt8], 40000 as UInt16)
    let server = ([192, 0, 2, 2] as [UInt8], serverPort)
    let (source, destination) = isAnswer ? (server, client) : (client, server)
    let size = UInt16(8 + message.octets.count)
    // A UDP checksum of 0 stands for none.
    let udp =
      source.1.networkOctets + destination.1.networkOctets + size.networkOctets + [0, 0] + message.octets
    var ip: [UInt8] = [0x45, 0] + (20 + size).networkOctets + [0, 0, 0, 0, 64, 17, 0, 0] + source.0 + destination.0
    ip.replaceSubrange(10..<12, with: Capture.checksum(ip).networkOctets)
    for number in [0, 0, UInt32(ip.count + udp.count), UInt32(ip.count + udp.count)] { octets += number.networkOctets }
    octets += ip + udp
  }

  /// The Internet checksum of an even number of octets (RFC 1071).
  private static func checksum(_ octets: [UInt8]) -> UInt16 {
    var sum: UInt32 = 0
    for index in stride(from: 0, to: octets.count, by: 2) {
      sum += UInt32(octets[index]) << 8 | UInt32(octets[index + 1])
    }
    while sum > 0xFFFF { sum = sum & 0xFFFF + sum >> 16 }
    return ~UInt16(sum)
  }
}

extension FixedWidthInteger {
  /// Most significant octet first.
  fileprivate var networkOctets: [UInt8] {
    (0..<Self.bitWidth / 8).reversed().map { UInt8(truncatingIfNeeded: self >> ($0 * 8)) }
  }
}
