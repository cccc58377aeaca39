import Wire

extension Interpreter {
  /// The first message of the direction whose matches all hold.
  ///
  /// - Returns: Index in `definition.bodies`.
  /// - Throws: `noMessage` or `truncated` at the member where the last candidate fell.
  public func chooseMessage(direction: Int, _ octets: [UInt8]) throws(Violation) -> Int {
    if let found = plan.candidates[direction].first(where: { $0.fits(octets) }) { return found.body }
    throw noMessage(direction: direction, octets)
  }

  /// The first message of any of the directions, in the order given, whose matches all hold.
  ///
  /// - Parameter directions: Indices in `definition.directions`.
  /// - Returns: Index in `definition.bodies`.
  /// - Throws: as for one direction, of that whose candidates fell the furthest into the octets.
  public func chooseMessage(directions: [Int], _ octets: [UInt8]) throws(Violation) -> Int {
    var failure: Violation?
    for direction in directions {
      do throws(Violation) {
        return try chooseMessage(direction: direction, octets)
      } catch {
        if failure.map({ $0.offset < error.offset }) ?? true { failure = error }
      }
    }
    throw failure ?? violation(.noMessage, at: 0, path: definition.name)
  }

  /// Why none of the candidates will do: the first member in wire order that leaves none.
  private func noMessage(direction: Int, _ octets: [UInt8]) -> Violation {
    let root = [PathStep(directionType(direction))]
    var remaining = plan.candidates[direction]
    for place in remaining.flatMap(\.matches).map(\.place).sorted() {
      let fallen = remaining.compactMap { $0.fault(at: place, octets) }
      remaining.removeAll { $0.fault(at: place, octets) != nil }
      guard remaining.isEmpty, let first = fallen.first else { continue }
      let path = PathStep.text(root, first.member)
      guard first.holds(in: octets) == nil else {
        return violation(.noMessage, at: place.offset, path: path, code: first.code)
      }
      // Octets that are missing are no wrong value: the code is that of a malformed message.
      let code = plan.candidates[direction].first.flatMap { definition.bodies[$0.body].message?.code }
      return violation(.truncated, at: place.offset, path: path, code: code)
    }
    return violation(.noMessage, at: 0, path: PathStep.text(root))
  }

  /// Name of the enum of a direction's messages, "PCPRequest".
  private func directionType(_ direction: Int) -> String {
    let name = definition.directions[direction]
    return definition.name + name.prefix(1).uppercased() + name.dropFirst()
  }
}

/// Where a match looks, in the order of the wire: octets from the start, then bits from the top of the group.
private struct MatchPlace: Comparable {
  var offset: Int
  var bit: Int
  var bits: Int

  static func < (left: Self, right: Self) -> Bool {
    (left.offset, left.bit, left.bits) < (right.offset, right.bit, right.bits)
  }
}

extension Candidate {
  /// What does not hold at a place; nil when everything does.
  fileprivate func fault(at place: MatchPlace, _ octets: [UInt8]) -> MessageTraits.Match? {
    matches.first { $0.place == place && $0.holds(in: octets) != true }
  }
}

extension MessageTraits.Match {
  fileprivate var place: MatchPlace {
    MatchPlace(offset: offset, bit: size * 8 - shift - bits, bits: bits)
  }

  /// Whether the member has a value that is right; nil when the octets end before it does.
  func holds(in octets: [UInt8]) -> Bool? { value(in: octets).map { first <= $0 && $0 <= last } }

  /// The bits of the member; nil when the octets end before it does.
  func value(in octets: [UInt8]) -> UInt64? {
    guard offset + size <= octets.count else { return nil }
    return octets.unsigned(at: offset, size: size, isLittleEndian: isLittleEndian) >> UInt64(shift) & lowBits(bits)
  }
}

/// A number with its lowest `width` bits set.
func lowBits(_ width: Int) -> UInt64 { width >= 64 ? .max : 1 << UInt64(width) &- 1 }

extension [UInt8] {
  /// The unsigned number in `size` octets, 8 at most.
  func unsigned(at start: Int, size: Int, isLittleEndian: Bool) -> UInt64 {
    var value: UInt64 = 0
    for place in 0..<size {
      value = value << 8 | UInt64(self[isLittleEndian ? start + size - 1 - place : start + place])
    }
    return value
  }
}
