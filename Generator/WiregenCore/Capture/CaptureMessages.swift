import Wire
import WireText

/// Finds the messages of a protocol in the packets of a capture.
///
/// Every datagram to or from a port of the protocol is one; streams are put in order and divided as the schema's framing says.
/// What is held is bounded, whatever the packets are.
public struct CaptureMessages: Sendable {
  /// Directions of streams that are followed at a time.
  static let streamLimit = 4096

  private let interpreter: Interpreter
  private let ports: CapturePorts
  private var streams: [StreamKey: Stream] = [:]
  /// Packets that had no message, by the reason.
  public private(set) var passed: [String: Int] = [:]

  private struct StreamKey: Hashable {
    var source: CapturedEnd
    var destination: CapturedEnd
  }

  private struct Stream: Sendable {
    var assembler = StreamAssembler()
    /// The packet that added to it last.
    var last: CapturedMessage
  }

  public init(_ interpreter: Interpreter, ports: CapturePorts) {
    self.interpreter = interpreter
    self.ports = ports
  }

  /// The messages that end in a packet.
  public mutating func take(_ packet: CapturedPacket) -> [CapturedMessage] {
    switch PacketLayers.content(of: packet) {
    case .other(let reason): return pass(reason.rawValue)
    case .udp(let segment):
      guard let directions = ports.directions(.udp, segment) else { return pass("other ports") }
      var message = CapturedMessage(packet, .udp, segment, directions)
      if segment.isCut { message.content = .missing("cut by the capture") }
      return [message]
    case .tcp(let segment, let header):
      guard let directions = ports.directions(.tcp, segment) else { return pass("other ports") }
      return take(segment, header, CapturedMessage(packet, .tcp, segment, directions))
    }
  }

  /// What is left over at the end of the capture.
  public mutating func finish() -> [CapturedMessage] {
    let left = streams.sorted { $0.value.last.packet < $1.value.last.packet }
    streams = [:]
    return left.flatMap { key, stream in
      var stream = stream
      var messages: [CapturedMessage] = []
      end(&stream, &messages)
      return messages
    }
  }

  private mutating func pass(_ reason: String) -> [CapturedMessage] {
    passed[reason, default: 0] += 1
    return []
  }

  // MARK: Streams

  private mutating func take(
    _ segment: TransportSegment, _ header: TCPHeader, _ message: CapturedMessage
  ) -> [CapturedMessage] {
    let key = StreamKey(source: segment.source, destination: segment.destination)
    var messages: [CapturedMessage] = []
    var stream = streams.removeValue(forKey: key) ?? Stream(last: message)
    if header.isFirst { end(&stream, &messages) }
    stream.last = message
    if stream.assembler.add(segment.octets, header) {
      messages.append(message.missing("octets before it are not in the capture"))
    }
    if segment.isCut { messages.append(message.missing("cut by the capture")) }
    divide(&stream, &messages)
    if header.isLast { end(&stream, &messages) } else { streams[key] = stream }
    if streams.count > Self.streamLimit { forgetOldStreams() }
    return messages
  }

  /// Takes whole messages off a stream.
  private func divide(_ stream: inout Stream, _ messages: inout [CapturedMessage]) {
    while !stream.assembler.available.isEmpty {
      do throws(Violation) {
        guard let count = try frame(stream) else { return }
        var message = stream.last
        message.content = .octets(Array(stream.assembler.available.prefix(count)))
        stream.assembler.take(count)
        messages.append(message)
      } catch {
        // Where the next message starts is not known; the next segment may start with one.
        var message = stream.last
        message.content = .unframed(Array(stream.assembler.available.prefix(64)), error)
        messages.append(message)
        stream.assembler.discard()
      }
    }
  }

  /// Octets of the message that a stream is at.
  ///
  /// - Returns: nil when they are not all there.
  private func frame(_ stream: Stream) throws(Violation) -> Int? {
    let available = stream.assembler.available
    var needed = 1
    while needed <= available.count {
      var frame: Frame?
      for direction in stream.last.directions where frame == nil {
        frame = try interpreter.frame(direction: direction, Array(available.prefix(needed)))
      }
      switch frame {
      // Without framing there is nothing better than what came together.
      case nil: return available.count
      case .complete(let count): return count
      case .incomplete(let count): needed = count
      }
    }
    return nil
  }

  private func end(_ stream: inout Stream, _ messages: inout [CapturedMessage]) {
    if stream.assembler.giveUpGap() {
      messages.append(stream.last.missing("octets before it are not in the capture"))
      divide(&stream, &messages)
    }
    let rest = stream.assembler.available.count
    if rest > 0 { messages.append(stream.last.missing("the stream ends within a message, \(rest) octets into it")) }
    stream.assembler.discard()
  }

  /// Half of them at once, so that the cost stays small for each packet.
  private mutating func forgetOldStreams() {
    let packets = streams.values.map(\.last.packet).sorted()
    let oldest = packets[packets.count / 2]
    streams = streams.filter { $0.value.last.packet >= oldest }
  }
}

extension CapturedMessage {
  fileprivate init(
    _ packet: CapturedPacket, _ transport: PortDefinition.Transport, _ segment: TransportSegment, _ directions: [Int]
  ) {
    self.init(
      packet: packet.number, time: packet.time, transport: transport, source: segment.source,
      destination: segment.destination, directions: directions, content: .octets(Array(segment.octets)))
  }

  fileprivate func missing(_ reason: String) -> CapturedMessage {
    var message = self
    message.content = .missing(reason)
    return message
  }
}

/// Which packets have messages of a protocol, and of which direction those may be.
public struct CapturePorts: Sendable {
  private struct Port: Hashable {
    var transport: PortDefinition.Transport
    var number: UInt16
  }

  /// By the port that messages are sent to: their directions.
  private var directions: [Port: [Int]] = [:]
  private let all: [Int]
  private let only: Int?

  /// - Parameters:
  ///   - ports: instead of those that the schema names; what is sent to them is most likely what is sent to those.
  ///   - direction: the only one there is, as an index in `ProtocolDefinition.directions`.
  public init(_ definition: ProtocolDefinition, ports: [UInt16] = [], direction: Int? = nil) {
    all = Array(definition.directions.indices)
    only = direction
    for port in definition.ports where ports.isEmpty {
      directions[Port(transport: port.transport, number: port.number), default: []].append(port.direction)
    }
    let first = definition.ports.first?.direction ?? 0
    for number in ports {
      for transport in [PortDefinition.Transport.udp, .tcp] { directions[Port(transport: transport, number: number)] = [first] }
    }
  }

  /// Whether there is none.
  public var isEmpty: Bool { directions.isEmpty }

  /// Directions that a segment may be of, the likeliest first; nil when it is on other ports.
  func directions(_ transport: PortDefinition.Transport, _ segment: TransportSegment) -> [Int]? {
    let to = directions[Port(transport: transport, number: segment.destination.port)]
    let from = directions[Port(transport: transport, number: segment.source.port)]
    guard to != nil || from != nil else { return nil }
    if let only { return [only] }
    if let to { return to + all.filter { !to.contains($0) } }
    return all.filter { from?.contains($0) == false } + (from ?? [])
  }
}
