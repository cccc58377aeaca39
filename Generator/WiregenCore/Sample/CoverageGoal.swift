import Wire
import WireText

/// Something that samples of a schema should show: one message at least that has it, or that is refused for it.
public struct CoverageGoal: Sendable, Hashable, CustomStringConvertible {
  public var kind: Kind
  /// Where: "MapRequest.lifetime", "MapRequest.options.filter", "Opcode.map".
  public var place: String

  public enum Kind: Sendable, Hashable {
    case message
    /// An element in a list, as seldom and as often as it may be there.
    case fewest(Int)
    case most(Int)
    /// An unknown element.
    case unknown(FamilyDefinition.UnknownPolicy.Action)
    /// A member with a condition.
    case present, absent
    /// A case of a choice.
    case chosen
    /// A code, and the ends of a range of codes.
    case code
    case codeNumber(UInt64)
    /// A bit of a set.
    case set, clear
    /// The ends of a number's range.
    case smallest(Int128)
    case largest(Int128)
    /// Fewest and most octets of text or octets, or values of an array.
    case shortest(Int)
    case longest(Int)
    /// A rule that holds, and not because what it asks for does not concern the message.
    case holds
    /// Refused, and for nothing else.
    case refused(WireError.Kind, rule: String?)
  }

  public init(_ kind: Kind, _ place: String) {
    self.kind = kind
    self.place = place
  }

  public var description: String {
    switch kind {
    case .message, .chosen, .code, .holds, .set, .clear, .present, .absent: "\(word) \(place)"
    case .fewest(let count): "\(place) \(count) times, the fewest"
    case .most(let count): "\(place) \(count) times, the most"
    case .unknown(let action): "an unknown element in \(place) (\(action.rawValue))"
    case .codeNumber(let number): "code \(number) of \(place)"
    case .smallest(let number): "\(place) = \(number), the least"
    case .largest(let number): "\(place) = \(number), the greatest"
    case .shortest(let count): "\(place) of \(count), the shortest"
    case .longest(let count): "\(place) of \(count), the longest"
    case .refused(let kind, let rule): "refused: \(place): \(rule.map { "rule '\($0)'" } ?? kind.name)"
    }
  }

  private var word: String {
    switch kind {
    case .message: "message"
    case .chosen: "case"
    case .code: "code"
    case .holds: "rule that holds:"
    case .set: "set:"
    case .clear: "clear:"
    case .present: "with"
    case .absent: "without"
    default: ""
    }
  }
}
