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

  /// A capture of one end of a TCP connection, from 192.0.2.1 to 192.0.2.2.
  public init(segments: [[UInt8]], serverPort: UInt16) {
    self.init([], serverPort: serverPort)
    var sequence: UInt32 = 1
    for segment in segments {
      // Acknowledgement 1, header of 20 octets, PSH and ACK, window; no checksum, no urgent data.
      let header = (40000 as UInt16).networkOctets + serverPort.networkOctets + sequence.networkOctets + [0, 0, 0, 1, 0x50, 0x18]
      append(header + [0xFF, 0xFF, 0, 0, 0, 0] + segment, transport: 6, isAnswer: false)
      sequence += UInt32(segment.count)
    }
  }

  private mutating func append(_ message: CapturedMessage) {
    let isAnswer = message.sender == .server
    let ports = isAnswer ? [serverPort, 40000] : [40000, serverPort]
    let size = UInt16(8 + message.octets.count)
    // A UDP checksum of 0 stands for none.
    let udp = ports.flatMap(\.networkOctets) + size.networkOctets + [0, 0] + message.octets
    append(udp, transport: 17, isAnswer: isAnswer)
  }

  /// - Parameter transport: number of the protocol.
  private mutating func append(_ payload: [UInt8], transport: UInt8, isAnswer: Bool) {
    let (client, server): ([UInt8], [UInt8]) = ([192, 0, 2, 1], [192, 0, 2, 2])
    let addresses = isAnswer ? server + client : client + server
    var ip: [UInt8] = [0x45, 0] + UInt16(20 + payload.count).networkOctets + [0, 0, 0, 0, 64, transport, 0, 0] + addresses
    ip.replaceSubrange(10..<12, with: Capture.checksum(ip).networkOctets)
    let size = UInt32(ip.count + payload.count)
    for number in [0, 0, size, size] { octets += number.networkOctets }
    octets += ip + payload
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
