import VectorSupport

/// A message that is sent or expected: a figure of the seed as its vector has it, or one that no figure prints.
///
/// What changes a figure is where our programs follow the RFC and the seed does not.
struct Message: Sendable, CustomStringConvertible {
  enum Change: Sendable, Hashable {
    /// The figure prints the header of an error alone; the whole request comes back (RFC 6887 section 8.2).
    case copied
    /// The figure suggests an external end in a deletion, which is zero (RFC 6887 section 15.1).
    case zeroed
    /// The figure says that an error lasts for no time, or not for how long (RFC 6887 sections 7.4 and 13.2); or time has passed
    /// since what it says.
    case lifetime(UInt32)
    /// The Epoch Time is not the one that is printed: it begins anew with a change of the external address, and mappings are
    /// repaired within five seconds (RFC 6887 sections 8.5 and 14.1.3).
    case epochTime(ClosedRange<UInt32>)
    /// An option that the server has processed is in its answer (RFC 6887 section 8.2); in hexadecimal digits.
    case option(String)
  }

  private enum Origin: Sendable {
    case figure(Int)
    /// Hexadecimal digits: a header, before what follows the header in the request of a figure.
    case header(String, copying: Int)
    case octets(String)
  }

  private var origin: Origin
  private var changes: [Change]

  /// A message as a figure prints it, but for the changes.
  static func figure(_ number: Int, _ changes: Change...) -> Message { Message(origin: .figure(number), changes: changes) }

  /// An error that no figure prints: the request of a figure with another header.
  static func refusal(_ header: String, copying number: Int) -> Message {
    Message(origin: .header(header, copying: number), changes: [])
  }

  /// What no figure prints, worked out by hand.
  static func octets(_ digits: String) -> Message { Message(origin: .octets(digits), changes: []) }

  /// The figure that it follows; nil where none prints it.
  var figure: Int? { if case .figure(let number) = origin { number } else { nil } }

  /// Whether it is not what the figure prints.
  var isChanged: Bool { !changes.isEmpty }

  var description: String {
    switch origin {
    case .figure(let number): "Figure \(number)"
    case .header(_, let number): "the refusal of Figure \(number)"
    case .octets: "a message without a figure"
    }
  }

  /// Its octets, with what our programs do otherwise.
  func octets() throws -> [UInt8] {
    var octets = try unchanged(vectorName)
    for change in changes {
      switch change {
      case .copied, .zeroed: break
      case .lifetime(let seconds): octets.replaceSubrange(4..<8, with: seconds.octets)
      case .epochTime(let range): octets.replaceSubrange(8..<12, with: range.lowerBound.octets)
      case .option(let digits): octets += [UInt8](digits: digits)
      }
    }
    return octets
  }

  /// Its octets as the seed prints them.
  func printed() throws -> [UInt8] { try unchanged(figure.map { "Figure \($0)" } ?? "") }

  /// The Epoch Times that will do.
  func epochTimes(of octets: [UInt8]) -> ClosedRange<UInt32> {
    for case .epochTime(let range) in changes { return range }
    let printed = octets.number(at: 8)
    return printed...printed
  }

  private var vectorName: String {
    let suffix =
      changes.contains(.copied) ? " with the request copied" : changes.contains(.zeroed) ? " as RFC 6887 15.1 wants it" : ""
    return figure.map { "Figure \($0)\(suffix)" } ?? ""
  }

  private func unchanged(_ vector: String) throws -> [UInt8] {
    switch origin {
    case .figure: return try Message.octets(of: vector)
    case .header(let digits, let number):
      return [UInt8](digits: digits) + (try Message.octets(of: "Figure \(number)")).dropFirst(24)
    case .octets(let digits): return [UInt8](digits: digits)
    }
  }

  private static func octets(of vector: String) throws -> [UInt8] {
    guard let octets = try vectors.get()[vector] else { throw Silence(description: "no vector is called '\(vector)'") }
    return octets
  }

  /// The octets of the figures, by the names of their vectors.
  static let vectors = Result {
    Dictionary(uniqueKeysWithValues: try Vector.read("pcp-flow-examples.txt").map { ($0.name, $0.octets) })
  }
}

extension [UInt8] {
  /// Hexadecimal digits, with blanks.
  init(digits: String) {
    let digits = [Character](digits.filter { !$0.isWhitespace })
    self = stride(from: 0, to: digits.count - 1, by: 2).compactMap { UInt8(String(digits[$0...$0 + 1]), radix: 16) }
  }

  /// The 32-bit number there; 0 behind the end.
  func number(at offset: Int) -> UInt32 {
    count < offset + 4 ? 0 : self[offset..<offset + 4].reduce(0) { $0 << 8 | UInt32($1) }
  }
}

extension UInt32 {
  /// In network order.
  var octets: [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: self >> (24 - 8 * $0)) } }
}
