import Wire
import WireText

/// Octets of a capture that should be a message, or what is wrong where one should be.
public struct CapturedMessage: Sendable {
  /// The packet it ends in, from 1.
  public var packet: Int
  /// When that was captured.
  public var time: WireDate?
  public var transport: PortDefinition.Transport
  public var source: CapturedEnd
  public var destination: CapturedEnd
  /// Indices in `ProtocolDefinition.directions` of what it may be, the likeliest first.
  public var directions: [Int]
  public var content: Content

  public enum Content: Sendable {
    case octets([UInt8])
    /// Octets that a stream cannot be divided at.
    case unframed([UInt8], Violation)
    /// Why there are none.
    case missing(String)
  }
}

/// What a message of a capture was decoded to.
public struct DecodedMessage: Sendable {
  public var message: CapturedMessage
  public var outcome: Outcome

  public enum Outcome: Sendable {
    case decoded(Decoded, [UInt8])
    case failed(Violation, [UInt8])
    case missing(String)
  }

  /// Decodes octets as the first direction that has a message for them.
  public init(_ message: CapturedMessage, _ interpreter: Interpreter, mode: Check.Mode) {
    self.message = message
    switch message.content {
    case .missing(let reason): outcome = .missing(reason)
    case .unframed(let octets, let violation): outcome = .failed(violation, octets)
    case .octets(let octets):
      do throws(Violation) {
        let body = try interpreter.chooseMessage(directions: message.directions, octets)
        outcome = .decoded(try interpreter.decode(body, octets, mode: mode), octets)
      } catch { outcome = .failed(error, octets) }
    }
  }

  /// `frame 7, 192.0.2.1:1027 to 192.0.2.2:5351`.
  public var place: String { "frame \(message.packet), \(message.source) to \(message.destination)" }

  /// What is wrong; nil when it is decoded.
  public var failure: String? {
    switch outcome {
    case .decoded: nil
    case .failed(let violation, _): "\(violation)"
    case .missing(let reason): reason
    }
  }

  /// The message for a person: its values, or its octets with what each of them is; what is wrong where there are none.
  public func text(_ interpreter: Interpreter, isAnnotated: Bool) -> String {
    switch outcome {
    case .decoded(let decoded, let octets):
      return isAnnotated ? decoded.tree.annotation(octets, decoded.violations) : decoded.tree.dump()
    case .failed(let violation, let octets):
      guard isAnnotated, let body = try? interpreter.chooseMessage(directions: message.directions, octets) else {
        return "error: \(violation)\n\(hexadecimal(octets))\n"
      }
      return interpreter.annotation(body, octets)
    case .missing(let reason): return "error: \(reason)\n"
    }
  }

  /// Appends one line of JSON, an object: where the message is from, then `value`, or `error` and the octets.
  package func write(to text: inout JSONText, _ interpreter: Interpreter) {
    text.openObject()
    text.key(JSONKey.frame)
    text.integer(Int128(message.packet))
    if let time = message.time {
      text.key(JSONKey.time)
      text.string { $0.write(time) }
    }
    text.key(JSONKey.transport)
    text.string(message.transport.rawValue)
    text.key(JSONKey.source)
    text.end(message.source)
    text.key(JSONKey.destination)
    text.end(message.destination)
    writeOutcome(to: &text, interpreter)
    text.close()
    text.newLine()
  }

  private func writeOutcome(to text: inout JSONText, _ interpreter: Interpreter) {
    switch outcome {
    case .decoded(let decoded, _):
      if let direction = interpreter.direction(of: decoded.body) {
        text.key(JSONKey.direction)
        text.string(direction)
      }
      text.key(JSONKey.value)
      decoded.write(to: &text, interpreter)
      guard !decoded.violations.isEmpty else { return }
      text.key(JSONKey.warnings)
      text.value(.array(decoded.violations.map(\.json)))
    case .failed(let violation, let octets):
      text.key(JSONKey.error)
      text.value(violation.json)
      text.key(JSONKey.hex)
      text.string { $0.write(hexadecimal: octets) }
    case .missing(let reason):
      text.key(JSONKey.error)
      text.value(.object([JSONValue.Entry("reason", .string(reason))]))
    }
  }
}

extension JSONText {
  fileprivate mutating func end(_ end: CapturedEnd) {
    openObject()
    key(JSONKey.address)
    string {
      switch end.address {
      case .ipv4(let address): $0.write(address)
      case .ipv6(let address): $0.write(address)
      }
    }
    key(JSONKey.port)
    integer(Int128(end.port))
    close()
  }
}

extension JSONKey {
  fileprivate static let frame = JSONKey("frame")
  fileprivate static let time = JSONKey("time")
  fileprivate static let transport = JSONKey("transport")
  fileprivate static let source = JSONKey("source")
  fileprivate static let destination = JSONKey("destination")
  fileprivate static let direction = JSONKey("direction")
  fileprivate static let value = JSONKey("value")
  fileprivate static let warnings = JSONKey("warnings")
  fileprivate static let error = JSONKey("error")
  fileprivate static let hex = JSONKey("hex")
  fileprivate static let address = JSONKey("address")
  fileprivate static let port = JSONKey("port")
}
