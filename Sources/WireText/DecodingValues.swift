import Wire

extension DecodingRun {
  mutating func integer(
    _ member: Member, _ shape: IntegerShape, into parent: inout WireTree.Node
  ) throws(Stop) {
    let size = (shape.bits + 7) / 8
    let start = try take(size, member.name)
    let raw = octets.unsigned(at: start, size: size, isLittleEndian: shape.isLittleEndian)
    let value = shape.value(raw)
    parent.children.append(
      WireTree.Node(
        member, role: role(of: member, shape), value: treeValue(value, shape), start: start, count: size))
    try check(value, member, shape, at: start)
  }

  /// A group of bits; its fields in the order of the wire, most significant first.
  mutating func bits(
    _ group: Member, size: Int, isLittleEndian: Bool, _ fields: [Member], into parent: inout WireTree.Node
  ) throws(Stop) {
    let start = try take(size, group.pathName)
    let raw = octets.unsigned(at: start, size: size, isLittleEndian: isLittleEndian)
    var node = WireTree.Node(group, value: .bits(raw), start: start, count: size)
    defer { parent.children.append(node) }
    var shift = size * 8
    for field in fields {
      let width = field.bitWidth
      shift -= width
      let value = raw >> UInt64(max(shift, 0)) & lowBits(width)
      var child = bitField(field, value, width: width, start: start)
      child.count = size
      child.bits = WireTree.BitRange(shift: shift, width: width)
      node.children.append(child)
      switch field.kind {
      case .integer(let shape): try check(shape.value(value), field, shape, at: start)
      case .reserved(_, let send, let isChecked):
        if isChecked, value != send & lowBits(width) { try wrong(.reserved, field, "reserved", at: start) }
      case .bits, .ipv4, .ipv6, .mac, .octets, .text, .structure, .array, .list, .reservedRest, .choice: continue
      }
    }
  }

  private func bitField(_ field: Member, _ raw: UInt64, width: Int, start: Int) -> WireTree.Node {
    guard case .integer(let shape) = field.kind else {
      let value = WireTree.Value.integer(Int128(raw), bits: width, meaning: nil)
      var node = WireTree.Node(field, role: .reserved, value: value, start: start)
      node.name = "reserved"
      return node
    }
    let value = treeValue(shape.value(raw), shape)
    return WireTree.Node(field, role: role(of: field, shape), value: value, start: start)
  }

  /// Reserved octets; each of them should be `send`.
  mutating func reserved(
    _ member: Member, size: Int, send: UInt64, isChecked: Bool, into parent: inout WireTree.Node
  ) throws(Stop) {
    let start = try take(size, "reserved")
    let part = Array(octets[start..<start + size])
    var node = WireTree.Node(member, role: .reserved, value: .octets(part), start: start, count: size)
    node.name = "reserved"
    parent.children.append(node)
    guard isChecked, part.contains(where: { $0 != UInt8(truncatingIfNeeded: send) }) else { return }
    try wrong(.reserved, member, "reserved", at: start)
  }

  mutating func address(_ member: Member, into parent: inout WireTree.Node) throws(Stop) {
    let size = member.fixedSize ?? 0
    let start = try take(size, member.name)
    let part = octets[start..<start + size]
    let value: WireTree.Value =
      if let address = IPv4Address(octets: part) {
        .ipv4(address)
      } else if let address = IPv6Address(octets: part) {
        .ipv6(address)
      } else {
        .mac(MACAddress(Octets<6>(part) ?? Octets<6>()))
      }
    parent.children.append(WireTree.Node(member, value: value, start: start, count: size))
  }

  /// Octets or text.
  mutating func variable(
    _ member: Member, _ extent: Extent, minimum: Int, maximum: Int?, into parent: inout WireTree.Node
  ) throws(Stop) {
    let size = try self.size(of: member, extent, members: parent.children)
    let start = try take(size, member.name)
    let part = Array(octets[start..<start + size])
    var node = WireTree.Node(member, value: .octets(part), start: start, count: size)
    if case .text = member.kind { node.value = .text(part) }
    parent.children.append(node)
    if size < minimum || maximum.map({ size > $0 }) ?? false {
      try wrong(.range, member, member.name, at: start)
    }
    guard case .text(let shape) = member.kind else { return }
    let isIllFormed = !shape.keepsInvalid && String(validating: part, as: UTF8.self) == nil
    if isIllFormed || shape.refusesNUL && part.contains(0) { try wrong(.text, member, member.name, at: start) }
  }

  private mutating func size(
    of member: Member, _ extent: Extent, members: [WireTree.Node]
  ) throws(Stop) -> Int {
    switch extent {
    case .fixed(let size): return size
    case .rest: return end - position
    case .expression(let expression):
      let size = Scope(members: members, remaining: end - position).number(expression)
      if size < 0 { try stop(.range, at: position, member.name, code: bodyCode) }
      return Int(clamping: size)
    case .prefixed, .terminated, .padded: return 0
    }
  }
}

extension DecodingRun {
  /// The checks of a number, in their order.
  private mutating func check(
    _ value: Int128, _ member: Member, _ shape: IntegerShape, at offset: Int
  ) throws(Stop) {
    // The match has been checked already, before everything else.
    if isFixedByMatch(member) { return }
    if let constant = shape.constant {
      if value != constant { try wrong(.constant, member, member.name, at: offset) }
      return
    }
    if let codes = shape.codes, !interpreter.definition.codes[codes].isOpen {
      let meaning = interpreter.meaning(value, codes: codes)
      if case .code = meaning {} else { try wrong(.code, member, member.name, at: offset) }
    }
    if shape.minimum.map({ value < $0 }) ?? false || shape.maximum.map({ value > $0 }) ?? false {
      try wrong(.range, member, member.name, at: offset)
    }
  }

  /// Reports an error in a member's value.
  private mutating func wrong(
    _ kind: WireError.Kind, _ member: Member, _ name: String, at offset: Int
  ) throws(Stop) {
    try report(kind, at: offset, name, code: member.code, isWarning: member.isWarning)
  }

  private func treeValue(_ value: Int128, _ shape: IntegerShape) -> WireTree.Value {
    if shape.isBoolean { return .boolean(value != 0) }
    return .integer(value, bits: shape.bits, meaning: interpreter.meaning(value, codes: shape.codes))
  }

  private func role(of member: Member, _ shape: IntegerShape) -> WireTree.Role {
    if shape.computed != nil { return .computed }
    return shape.constant != nil || isFixedByMatch(member) ? .constant : .member
  }

  /// Whether it is a member of the message that a match leaves one value only.
  private func isFixedByMatch(_ member: Member) -> Bool {
    steps.count == 1 && root.fixedValue(of: member.name) != nil
  }
}

extension BodyDefinition {
  /// The only value a match of the message leaves the member.
  func fixedValue(of member: String) -> UInt64? {
    message?.matches.first { $0.member == member && $0.first == $0.last }?.first
  }
}

extension IntegerShape {
  /// The number that bits stand for.
  func value(_ raw: UInt64) -> Int128 {
    guard isSigned, bits < 128, raw >> UInt64(bits - 1) & 1 == 1 else { return Int128(raw) }
    return Int128(raw) - (1 << Int128(bits))
  }

  /// The numbers that fit.
  var representable: ClosedRange<Int128> {
    let limit = Int128(1) << Int128(isSigned ? bits - 1 : bits)
    return (isSigned ? -limit : 0)...(limit - 1)
  }
}

extension Member {
  /// The name in a path: for reserved members and groups of bits, which have none, that of what is in them.
  var pathName: String {
    switch kind {
    case .bits(_, _, let fields): fields.first { !$0.name.isEmpty }?.name ?? "reserved"
    case .reserved, .reservedRest: "reserved"
    case .integer, .ipv4, .ipv6, .mac, .octets, .text, .structure, .array, .list, .choice: name
    }
  }

  /// Width of a bit field.
  var bitWidth: Int {
    switch kind {
    case .integer(let shape): shape.bits
    case .reserved(let width, _, _): width
    case .bits, .ipv4, .ipv6, .mac, .octets, .text, .structure, .array, .list, .reservedRest, .choice: 0
    }
  }

  /// Octets of a member that always takes as many; nil for others, and for structs.
  var fixedSize: Int? {
    switch kind {
    case .integer(let shape): (shape.bits + 7) / 8
    case .bits(let size, _, _), .reserved(let size, _, _): size
    case .ipv4: 4
    case .ipv6: 16
    case .mac: 6
    case .octets(let shape): shape.extent.fixedSize
    case .text(let shape): shape.extent.fixedSize
    case .structure, .array, .list, .reservedRest, .choice: nil
    }
  }
}
