import WireText

/// How to read values from octets, as Swift.
extension RenderContext {
  /// The raw number of an integer member at a place, in its storage type.
  func rawLoad(_ shape: IntegerShape, at place: String) -> String {
    let order = shape.isLittleEndian ? "little" : "big"
    let storage = storageType(bits: shape.bits, isSigned: shape.isSigned)
    if [8, 16, 32, 64].contains(shape.bits) { return "octets.\(order)(\(place), as: \(storage).self)" }
    let load = "octets.\(order)(\(place), count: \(shape.bits / 8))"
    guard shape.isSigned else { return "\(storage)(truncatingIfNeeded: \(load))" }
    return "\(storage)(truncatingIfNeeded: Int64(bitPattern: \(load) << \(64 - shape.bits)) >> \(64 - shape.bits))"
  }

  /// A group of bits as one unsigned number.
  func groupLoad(octets: Int, isLittle: Bool, at place: String) -> String {
    rawLoad(IntegerShape(bits: octets * 8, isLittleEndian: isLittle), at: place)
  }

  /// A bit field out of a group that is already in `group`.
  func bitField(_ shape: IntegerShape, shift: Int, group: String, groupBits: Int) -> String {
    let shifted = shift == 0 ? group : "(\(group) >> \(shift))"
    guard shape.bits < groupBits else { return shifted }
    return "\(shifted) & 0x\(String((UInt64(1) << UInt64(shape.bits)) &- 1, radix: 16))"
  }

  /// A number as the property's type.
  func convert(_ raw: String, _ shape: IntegerShape) -> String {
    if shape.isBoolean { return "(\(raw)) != 0" }
    let storage = storageType(bits: shape.bits, isSigned: shape.isSigned)
    guard let codes = shape.codes else { return raw }
    let type = SwiftName.type(definition.codes[codes].name)
    let isStorage = raw.hasPrefix("octets.") && raw.hasSuffix("as: \(storage).self)")
    let value = "\(type)(rawValue: \(isStorage ? raw : "\(storage)(truncatingIfNeeded: \(raw))"))"
    return definition.codes[codes].isOpen ? value : "try Self.known(\(value))"
  }

  /// The value of a property, read at its place; `nil` when it can only be handed to a closure.
  func load(_ property: PropertyPlan, _ plan: MemberPlan) -> String {
    let place = plan.place.text
    if case .bits(let octets, let isLittle, _) = plan.member.kind, let shift = property.shift,
      case .integer(let shape) = property.member.kind
    {
      let group = groupLoad(octets: octets, isLittle: isLittle, at: place)
      let raw = bitField(shape, shift: shift, group: group, groupBits: octets * 8)
      return convertBits(raw, shape, groupBits: octets * 8)
    }
    let size = plan.fixedSize.map { "\($0)" } ?? "layout.\(plan.endField) &- (\(place))"
    return load(plan.member, at: place, size: size)
  }

  func convertBits(_ raw: String, _ shape: IntegerShape, groupBits: Int) -> String {
    if shape.isBoolean { return "\(raw) != 0" }
    let storage = storageType(bits: shape.bits)
    if shape.codes != nil { return convert(raw, shape) }
    return storage == storageType(bits: groupBits) ? raw : "\(storage)(truncatingIfNeeded: \(raw))"
  }

  /// The value of a member of one piece.
  func load(_ member: Member, at place: String, size: String) -> String {
    switch member.kind {
    case .integer(let shape): return convert(rawLoad(shape, at: place), shape)
    case .ipv4: return "octets.ipv4(\(place))"
    case .ipv6: return "octets.ipv6(\(place))"
    case .mac: return "octets.mac(\(place))"
    case .octets(let shape):
      if case .fixed = shape.extent { return "octets.fixedOctets(\(place))" }
      return "octets.array(\(place), count: \(size))"
    case .text(let shape):
      let keepsInvalid = shape.keepsInvalid
      let call = keepsInvalid ? "wireString" : "text"
      let value = "octets.\(call)(\(place), count: \(size))"
      return keepsInvalid ? value : "try Self.known(\(value))"
    case .structure(let index): return "try \(structure(index, at: place, size: size))"
    default: return ""
    }
  }

  /// A nested struct made from its part of the octets.
  private func structure(_ index: Int, at place: String, size: String) -> String {
    let type = SwiftName.type(definition.bodies[index].name)
    let end = Int(place).flatMap { start in Int(size).map { "\(start + $0)" } } ?? "\(place) &+ \(size)"
    let part = "octets.extracting(\(place)..<\(end))"
    return "\(type)(Borrowed(\(self.part(part, of: index))))"
  }
}

// MARK: - Expressions

extension RenderContext {
  /// A condition over members of a body, for the body's `check` function.
  ///
  /// - Parameter place: where `remaining` counts from.
  func condition(_ expression: WireExpression, _ plan: BodyPlan, place: String = "0") -> String {
    switch expression {
    case .boolean(let value): return value ? "true" : "false"
    case .present(let path): return presence(path, plan)
    case .not(let inner): return "!(\(condition(inner, plan, place: place)))"
    case .binary(.and, let left, let right):
      return "(\(condition(left, plan, place: place))) && (\(condition(right, plan, place: place)))"
    case .binary(.or, let left, let right):
      return "(\(condition(left, plan, place: place))) || (\(condition(right, plan, place: place)))"
    case .binary(.implies, let left, let right):
      return "!(\(condition(left, plan, place: place))) || (\(condition(right, plan, place: place)))"
    case .binary(let operation, let left, let right):
      return comparison(operation, left, right, plan, place)
    case .inPrefix(let value, let address, let length):
      return "\(self.value(value, plan, place)).isIn(\(addressLiteral(address)), length: \(length))"
    case .inRanges(let value, let ranges):
      let number = self.value(value, plan, place)
      return ranges.map { range in
        range.lowerBound == range.upperBound
          ? "\(number) == \(range.lowerBound)" : "(\(range.lowerBound)...\(range.upperBound)).contains(\(number))"
      }.joined(separator: " || ")
    // Not rendered yet: what is generated does not compile, rather than mean something else.
    case .over, .among, .text, .item, .flag: return "notRenderedYet"
    default: return "\(value(expression, plan, place)) != 0"
    }
  }

  private func comparison(
    _ operation: WireExpression.Operator, _ left: WireExpression, _ right: WireExpression, _ plan: BodyPlan,
    _ place: String
  ) -> String {
    if isCondition(left) {
      return "(\(condition(left, plan, place: place))) \(operation.rawValue) (\(condition(right, plan, place: place)))"
    }
    if isBoolean(left, plan) || isBoolean(right, plan) {
      return "\(boolean(left, plan)) \(operation.rawValue) \(boolean(right, plan))"
    }
    return "\(value(left, plan, place)) \(operation.rawValue) \(value(right, plan, place))"
  }

  private func isCondition(_ expression: WireExpression) -> Bool {
    switch expression {
    case .boolean, .present, .not, .inPrefix, .inRanges: true
    case .binary(let operation, _, _): ![.add, .subtract, .bitOr, .multiply, .bitAnd].contains(operation)
    default: false
    }
  }

  private func isBoolean(_ expression: WireExpression, _ plan: BodyPlan) -> Bool {
    guard case .path(let path) = expression, let found = locate(path, plan),
      case .integer(let shape) = found.member.kind
    else { return false }
    return shape.isBoolean
  }

  /// A one-bit field compared as 0 or 1.
  private func boolean(_ expression: WireExpression, _ plan: BodyPlan) -> String {
    if case .number(let value) = expression { return value == 0 ? "false" : "true" }
    guard case .path(let path) = expression, let found = locate(path, plan) else { return "false" }
    return "(\(found.load))"
  }

  /// A number as Int, wider ones as Int128, or an address.
  ///
  /// - Parameter narrow: whether a 64-bit unsigned number is wanted as Int too: inside of arithmetic, whose results the resolver has
  ///   bounded, and for sizes, where one that no Int holds is as good as any that does not fit.
  func value(_ expression: WireExpression, _ plan: BodyPlan, _ place: String, narrow: Bool = false) -> String {
    switch expression {
    case .number(let value): return value > Int128(Int64.max) ? "(\(value) as Int128)" : "\(value)"
    case .address(let octets): return addressLiteral(octets)
    case .path(let path): return locate(path, plan).map { number($0, narrow: narrow) } ?? "0"
    case .size(let path):
      guard let member = plan.members.first(where: { $0.member.name == path[0] }) else { return "0" }
      return member.fixedSize.map { "\($0)" } ?? "(layout.\(member.endField) &- (\(member.place.text)))"
    case .count(let path):
      if path.count == 2 { return "layout.\(path[0])Layout.\(path[1])Occurrence.count" }
      return "layout.\(path[0])Count"
    case .remaining: return "(octets.byteCount &- (\(place)))"
    case .binary(let operation, let left, let right):
      // The resolver has bounded the result, so nothing overflows.
      let symbol = [.add: "&+", .subtract: "&-", .multiply: "&*", .bitOr: "|", .bitAnd: "&"][operation] ?? "&+"
      return "(\(value(left, plan, place, narrow: true)) \(symbol) \(value(right, plan, place, narrow: true)))"
    default: return "(\(condition(expression, plan, place: place)) ? 1 : 0)"
    }
  }

  private func number(_ found: Located, narrow: Bool) -> String {
    guard case .integer(let shape) = found.member.kind else { return found.load }
    guard shape.bits == 64, !shape.isSigned else { return "Int(\(found.load))" }
    return narrow ? "Int(clamping: \(found.load))" : "Int128(\(found.load))"
  }

  private func addressLiteral(_ octets: [UInt8]) -> String {
    func hex(_ part: ArraySlice<UInt8>) -> String {
      "0x" + part.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
    switch octets.count {
    case 4: return "IPv4Address(\(hex(octets[0..<4])))"
    default: return "IPv6Address(high: \(hex(octets[0..<8])), low: \(hex(octets[8..<16])))"
    }
  }

  private func presence(_ path: [String], _ plan: BodyPlan) -> String {
    if path.count == 2 { return "layout.\(path[0])Layout.\(path[1])Occurrence.count > 0" }
    guard let member = plan.members.first(where: { $0.member.name == path[0] }) else { return "true" }
    return "layout.\(member.presenceField)"
  }

  /// A member that a path leads to, and its raw value as Swift.
  struct Located {
    var member: Member
    var load: String
  }

  func locate(_ path: [String], _ plan: BodyPlan, base: String = "") -> Located? {
    for member in plan.members {
      let place = base.isEmpty ? member.place.text : sum(base, member.place.plus)
      if case .bits(let octets, let isLittle, let group) = member.member.kind {
        if let found = bit(path[0], octets, isLittle, group, place) { return found }
        continue
      }
      guard member.member.name == path[0] else { continue }
      switch member.member.kind {
      case .structure(let index): return locate(Array(path.dropFirst()), plans[index], base: place)
      case .list(let shape):
        let family = definition.families[shape.family]
        guard let element = family.elements.first(where: { $0.name == path[1] }) else { return nil }
        let start = "layout.\(path[0])Layout.\(path[1])Occurrence.start"
        return locate(Array(path.dropFirst(2)), plans[element.body], base: start)
      case .integer(let shape): return Located(member: member.member, load: rawLoad(shape, at: place))
      default: return Located(member: member.member, load: load(member.member, at: place, size: "0"))
      }
    }
    return nil
  }

  private func bit(
    _ name: String, _ octets: Int, _ isLittle: Bool, _ group: [Member], _ place: String
  ) -> Located? {
    var shift = octets * 8
    for inner in group {
      shift -= inner.bitWidth
      guard inner.name == name, case .integer(let shape) = inner.kind else { continue }
      let raw = bitField(
        shape, shift: shift, group: groupLoad(octets: octets, isLittle: isLittle, at: place), groupBits: octets * 8)
      return Located(member: inner, load: shape.isBoolean ? "\(raw) != 0" : raw)
    }
    return nil
  }
}
