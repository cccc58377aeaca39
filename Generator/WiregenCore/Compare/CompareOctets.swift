import WireText

/// Octets, text and addresses as they are on the wire: what they take, and what they may be.
struct OctetsForm {
  var extent: Extent
  var minimum = 0
  var maximum: Int?
  /// The octet that is filled in for what is reserved and kept.
  var fill: UInt8?
  var content = Content.any
  var refusesNUL = false

  /// From what lets everything through to what lets the least through.
  enum Content: Int {
    case any, utf8, ascii, date

    var words: String {
      switch self {
      case .any: "anything"
      case .utf8: "UTF-8"
      case .ascii: "ASCII"
      case .date: "a date"
      }
    }
  }

  /// nil for other kinds.
  init?(_ kind: MemberKind) {
    switch kind {
    case .ipv4: extent = .fixed(4)
    case .ipv6: extent = .fixed(16)
    case .mac: extent = .fixed(6)
    case .octets(let shape): (extent, minimum, maximum, fill) = (shape.extent, shape.minimum, shape.maximum, shape.fill)
    case .text(let shape):
      (extent, minimum, maximum, refusesNUL) = (shape.extent, shape.minimum, shape.maximum, shape.refusesNUL)
      content =
        switch shape.content {
        case .date: .date
        case .utf8: shape.keepsInvalid ? .any : .utf8
        case .ascii: shape.keepsInvalid ? .any : .ascii
        }
    case .integer, .bits, .reserved, .reservedRest, .structure, .array, .list, .choice: return nil
    }
  }
}

extension CompareRun {
  func octets(
    _ left: OctetsForm, _ right: OctetsForm, _ first: Member, _ second: Member, _ scope: MemberScope
  ) -> [Aspect] {
    var aspects: [Aspect] = []
    let types = (oldType(first, scope), newType(second, scope))
    let isSame = isSame(left.extent, right.extent, scope)
    if !isSame || types.0 != types.1, !isSame || !isExpression(left.extent) {
      aspects.append(Aspect("\(types.0) becomes \(types.1)", isSame ? [] : [.wire]))
    }
    if left.content != right.content {
      let effect: CompatEffect = left.content.rawValue < right.content.rawValue ? .stricter : .looser
      aspects.append(.check("it is to be \(right.content.words) instead of \(left.content.words)", effect))
    }
    if left.refusesNUL != right.refusesNUL {
      aspects.append(
        right.refusesNUL ? .check("U+0000 is refused", .stricter) : .check("U+0000 is accepted", .looser))
    }
    if left.fill != right.fill, let old = left.fill, let new = right.fill {
      aspects.append(Aspect("what is left out is filled with \(new) instead of \(old)", [.text]))
    } else if (left.fill == nil) != (right.fill == nil) {
      aspects.append(Aspect(right.fill == nil ? "it is not reserved any more" : "it is reserved, and kept"))
    }
    return aspects + counts(left.minimum, left.maximum, right.minimum, right.maximum)
  }

  /// Bounds of counts.
  func counts(_ minimum: Int, _ maximum: Int?, _ otherMinimum: Int, _ otherMaximum: Int?) -> [Aspect] {
    func least(_ number: Int) -> Int128? { number == 0 ? nil : Int128(number) }
    return bounds("min", least(minimum), least(otherMinimum), isLower: true)
      + bounds("max", maximum.map { Int128($0) }, otherMaximum.map { Int128($0) }, isLower: false)
  }

  /// An expression may be written otherwise because what it reads is called otherwise.
  private func isExpression(_ extent: Extent) -> Bool {
    if case .expression = extent { return true }
    return false
  }

  private func isSame(_ left: Extent, _ right: Extent, _ scope: MemberScope) -> Bool {
    switch (left, right) {
    case (.expression(let one), .expression(let other)):
      PairedExpression(pairing: pairing, members: scope.members).isSame(one, other)
    case (.prefixed(8, _), .prefixed(8, _)): true
    default: left == right
    }
  }
}

// MARK: - Types in words

extension ListingBuilder {
  /// What a member is, as far as it says how octets are read: "u16 little", "octets of 12", "array of u8, to the end".
  func words(of kind: MemberKind, _ scope: [Member]) -> String {
    let type = type(of: kind)
    switch kind {
    case .integer(let shape): return words(of: shape, type)
    case .octets(let shape): return "\(type) \(words(of: shape.extent, scope))"
    case .text(let shape): return "\(type) \(words(of: shape.extent, scope))"
    case .array(let shape):
      var element = ""
      if case .integer(let inner) = shape.element.kind, inner.isLittleEndian, inner.bits > 8 { element = " little" }
      return "\(type)\(element)"
    case .reserved(let size, _, _): return "reserved \(size)"
    case .reservedRest: return "reserved rest"
    case .bits, .ipv4, .ipv6, .mac, .structure, .list, .choice: return type
    }
  }

  private func words(of shape: IntegerShape, _ type: String) -> String {
    var words = type
    if shape.codes != nil || shape.flags != nil || shape.time != nil { words += " of \(shape.bits) bits" }
    switch shape.time {
    case .epoch(let unit, let origin)?: words += " in \(unit.rawValue) from \(origin)"
    case .duration(let unit)?: words += " in \(unit.rawValue)"
    case nil: break
    }
    return shape.isLittleEndian && shape.bits > 8 ? "\(words) little" : words
  }

  private func words(of extent: Extent, _ scope: [Member]) -> String {
    switch extent {
    case .fixed(let size): "of \(size)"
    case .rest: "to the end"
    case .expression(let expression): "of size '\(text(expression, scope))'"
    case .prefixed(let bits, let isLittleEndian): "behind a u\(bits)\(isLittleEndian && bits > 8 ? " little" : "")"
    case .terminated(let octet): "up to \(octet)"
    case .padded(let size, let pad): "of \(size) padded with \(pad)"
    }
  }
}
