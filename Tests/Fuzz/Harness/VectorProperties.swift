import VectorSupport
import Wire

extension VectorProtocol {
  /// Checks that octets, as a message of each direction, have the properties that octets must have: that generated code and
  /// interpreter say the same among them.
  ///
  /// - Throws: `PropertyFailure`.
  public func check(_ octets: [UInt8]) throws(PropertyFailure) {
    for direction in directions { try check(direction.messages, direction.name, octets) }
  }

  private func check<Messages: WireMessages>(
    _ type: Messages.Type, _ direction: String, _ octets: [UInt8]
  ) throws(PropertyFailure) {
    try Properties<Messages>(direction: direction, of: definition).check(octets, isThorough: true)
  }
}
