import WireText

// MARK: - The protocol, its directions, ports and framings

extension CompareRun {
  mutating func compareProtocol() {
    let root = Place(before.name, after.name)
    if before.name != after.name {
      note(root, Aspect("the protocol is called '\(after.name)' instead, and so are its types", [.source]))
    }
    if let first = old.addition?.name, let second = new.addition?.name, first != second {
      note(Place(first, second), Aspect("the extension is called '\(second)' instead, and so is its registry", [.source]))
    }
    compareErrorCodes(root)
    compareDirections(root)
    compareFramings(root)
  }

  /// Which codes errors have; what changes for each error is told with it.
  private mutating func compareErrorCodes(_ root: Place) {
    guard !pairing.codes.has(before.errorCodes, after.errorCodes) else { return }
    func name(_ definition: ProtocolDefinition) -> String {
      definition.errorCodes.map { "'\(definition.codes[$0].name)'" } ?? "none"
    }
    note(root, Aspect("the codes of errors, \(name(before)), become \(name(after))", [.source]))
  }

  private mutating func compareDirections(_ root: Place) {
    for (index, name) in before.directions.enumerated() {
      guard let partner = pairing.directions.newOfOld[index] else {
        let place = Place("direction.\(name)", after.name)
        note(place, Aspect("the direction is gone, and the enum of its messages", [.source]), subject: name)
        continue
      }
      let other = after.directions[partner]
      let place = Place("direction.\(name)", "direction.\(other)")
      if name != other {
        let words = "the direction is called '\(other)' instead, and so is the enum of its messages"
        note(place, Aspect(words, [.source]), subject: name)
      }
      comparePorts(index, partner, place, name)
    }
    for (index, name) in after.directions.enumerated() where pairing.directions.oldOfNew[index] == nil {
      note(Place(before.name, "direction.\(name)"), Aspect("a new direction"), subject: name)
    }
  }

  /// A port that is not listened to any more is octets that arrive nowhere.
  private mutating func comparePorts(_ left: Int, _ right: Int, _ place: Place, _ name: String) {
    func ports(_ definition: ProtocolDefinition, _ direction: Int) -> [String] {
      definition.ports.filter { $0.direction == direction }.map { "\($0.transport.rawValue)/\($0.number)" }
    }
    let (first, second) = (ports(before, left), ports(after, right))
    let (lost, found) = (first.filter { !second.contains($0) }, second.filter { !first.contains($0) })
    if !lost.isEmpty {
      let instead = found.isEmpty ? "" : ", but \(found.joined(separator: ", "))"
      note(place, Aspect("\(lost.joined(separator: ", ")) is no default port any more\(instead)", [.wire]), subject: name)
    } else if !found.isEmpty {
      note(place, Aspect("\(found.joined(separator: ", ")) is a default port besides"), subject: name)
    } else if first != second {
      note(place, Aspect("the default ports come in another order, \(second.joined(separator: ", "))"), subject: name)
    }
  }

  private mutating func compareFramings(_ root: Place) {
    func framing(_ definition: ProtocolDefinition, _ direction: Int) -> Int? {
      definition.framings.firstIndex { $0.direction == direction } ?? definition.framings.firstIndex { $0.direction == nil }
    }
    for (left, right) in pairing.directions.sorted {
      let subject = "the framing of \(before.directions[left])"
      switch (framing(before, left), framing(after, right)) {
      case (nil, nil): break
      case (let first?, nil):
        let place = Place("framing.\(first)", after.name)
        note(place, Aspect("there is none any more, and no frame(_:)", [.source]), subject: subject)
      case (nil, let second?):
        note(Place(before.name, "framing.\(second)"), Aspect("there is one now"), subject: subject)
      case (let first?, let second?):
        compare(before.framings[first], after.framings[second], Place("framing.\(first)", "framing.\(second)"), subject)
      }
    }
  }

  private mutating func compare(_ left: FramingDefinition, _ right: FramingDefinition, _ place: Place, _ subject: String) {
    let members = pairing.members(left.header, right.header)
    let (first, second) = (before.bodies[left.header], after.bodies[right.header])
    if !pairing.bodies.has(left.header, right.header) {
      note(place, Aspect("the header, \(first.name), becomes \(second.name)"), subject: subject)
    }
    if !PairedExpression(pairing: pairing, members: members).isSame(left.size, right.size) {
      let texts = (oldTexts.text(left.size, first.members), newTexts.text(right.size, second.members))
      note(place, Aspect("the size of a message, \(texts.0), becomes \(texts.1)", [.wire]), subject: subject)
    } else if members.oldName(of: right.sizeMember) != left.sizeMember {
      note(place, Aspect("an error of the size is at '\(right.sizeMember)' instead of '\(left.sizeMember)'"), subject: subject)
    }
    note(place, bounds("min", Int128(left.minimum), Int128(right.minimum), isLower: true), subject: subject)
    note(place, bounds("max", Int128(left.maximum), Int128(right.maximum), isLower: false), subject: subject)
    note(place, multiple(left.multiple, right.multiple), subject: subject)
    compareCode(left.code, right.code, place, subject: subject)
  }

  /// A bound that has changed; nil where there is none.
  func bounds(_ name: String, _ old: Int128?, _ new: Int128?, isLower: Bool) -> [Aspect] {
    guard old != new else { return [] }
    guard let old else { return [.check("\(name) is \(new ?? 0) now", .stricter)] }
    guard let new else { return [.check("\(name), \(old), is no more", .looser)] }
    return [.check("\(name) \(old) becomes \(new)", (new > old) == isLower ? .stricter : .looser)]
  }

  func multiple(_ old: Int, _ new: Int) -> [Aspect] {
    guard old != new else { return [] }
    let effect: CompatEffect = new % old == 0 ? .stricter : old % new == 0 ? .looser : .either
    return [.check("octets are a multiple of \(new) instead of \(old)", effect)]
  }
}

// MARK: - Which message octets are

extension CompareRun {
  /// Octets that were one message and may be another one now: the matches of both fit, and the order of the messages has it so.
  mutating func compareMessageChoice() {
    for left in before.messages {
      for right in after.messages where pairing.bodies.newOfOld[left] != right {
        guard let first = before.bodies[left].message, let second = after.bodies[right].message,
          pairing.directions.has(first.direction, second.direction), Self.meet(first.matches, second.matches),
          isPreferred(left, to: pairing.bodies.oldOfNew[right], like: second, in: before),
          isPreferred(right, to: pairing.bodies.newOfOld[left], like: first, in: after)
        else { continue }
        let place = Place(before.bodies[left].name, after.bodies[right].name)
        note(place, Aspect("octets that were this message may be '\(after.bodies[right].name)' now", [.wire]))
      }
    }
  }

  /// Whether octets that fit both may be the one message in its version.
  ///
  /// - Parameters:
  ///   - other: what the message of the other version is in this one.
  ///   - traits: of that in the other version.
  private func isPreferred(_ message: Int, to other: Int?, like traits: MessageTraits, in definition: ProtocolDefinition) -> Bool
  {
    guard let other, let own = definition.bodies[other].message else { return true }
    guard own.matches.map(\.test) == traits.matches.map(\.test) else { return true }
    guard let one = definition.messages.firstIndex(of: message), let two = definition.messages.firstIndex(of: other) else {
      return true
    }
    return one < two
  }

  private static func meet(_ left: [MessageTraits.Match], _ right: [MessageTraits.Match]) -> Bool {
    left.allSatisfy { one in
      right.allSatisfy { other in
        one.place != other.place || one.first <= other.last && other.first <= one.last
      }
    }
  }
}

extension MessageTraits.Match {
  /// Which bits it looks at.
  fileprivate var place: [Int] { [offset, size, shift, bits, isLittleEndian ? 1 : 0] }

  /// What it asks for.
  fileprivate var test: [UInt64] { place.map { UInt64($0) } + [first, last] }
}
