/// What the octets of a byte stream say about the message they start with.
public enum Frame: Sendable, Hashable, BitwiseCopyable {
  /// The message is not known to be there whole; no more can be said before there are so many octets from its first.
  case incomplete(needed: Int)
  /// The message takes so many octets from its first.
  case complete(Int)
}
