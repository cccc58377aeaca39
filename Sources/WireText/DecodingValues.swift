import Wire

extension DecodingRun {
  mutating func integer(_ member: Member, _ shape: IntegerShape, of frame: DecodingFrame) throws(Stop) {
    let size = (shape.bits + 7) / 8
    let start = try take(size, member.name, code: frame.code)
    let raw = octets.unsigned(at: start, size: size, isLittleEndian: shape.isLittleEndian)
    let value = shape.value(raw)
    frame.node.children.append(
      WireTree.Node(
        member, role: role(of: member, shape, in: frame), value: interpreter.treeValue(value, shape), start: start,
        count: size))
    try check(value, member, shape, at: start, in: frame)
    try computed(value, member, shape, at: start, in: frame)
  }

  /// A group of bits; its fields in the order of the wire, most significant first.
  mutating func bits(
    _ group: Member, size: Int, isLittleEndian: Bool, _ fields: [Member], of frame: DecodingFrame
  ) throws(Stop) {
    let start = try take(size, group.pathName, code: frame.code)
    let raw = octets.unsigned(at: start, size: size, isLittleEndian: isLittleEndian)
    var node = WireTree.Node(group, value: .bits(raw), start: start, count: size)
    var shift = size * 8
    for field in fields {
      shift -= field.bitWidth
      var child = bitField(field, raw >> UInt64(max(shift, 0)) & lowBits(field.bitWidth), start: start, in: frame)
      child.count = size
      child.bits = WireTree.BitRange(shift: shift, width: field.bitWidth)
      node.children.append(child)
    }
    let place = frame.node.children.count
    frame.node.children.append(node)
    for (index, field) in fields.enumerated() {
      try checkBits(field, frame.node.children[place].children[index], at: start, in: frame)
    }
  }

  private func bitField(_ field: Member, _ raw: UInt64, start: Int, in frame: DecodingFrame) -> WireTree.Node {
    guard case .integer(let shape) = field.kind else {
      let value = WireTree.Value.integer(Int128(raw), bits: field.bitWidth, meaning: nil)
      var node = WireTree.Node(field, role: .reserved, value: value, start: start)
      node.name = "reserved"
      return node
    }
    let value = interpreter.treeValue(shape.value(raw), shape)
    return WireTree.Node(field, role: role(of: field, shape, in: frame), value: value, start: start)
  }

  private mutating func checkBits(
    _ field: Member, _ node: WireTree.Node, at start: Int, in frame: DecodingFrame
  ) throws(Stop) {
    let value = node.integer ?? 0
    switch field.kind {
    case .integer(let shape): try check(value, field, shape, at: start, in: frame)
    case .reserved(let width, let send, let isChecked):
      if isChecked, value != Int128(send & lowBits(width)) {
        try wrong(.reserved, field, "reserved", at: start, in: frame)
      }
    case .bits, .ipv4, .ipv6, .mac, .octets, .text, .structure, .array, .list, .reservedRest, .choice: break
    }
  }

  /// Reserved octets; each of them should be `send`.
  mutating func reserved(
    _ member: Member, size: Int, send: UInt64, isChecked: Bool, of frame: DecodingFrame
  ) throws(Stop) {
    let start = try take(size, "reserved", code: frame.code)
    let part = Array(octets[start..<start + size])
    var node = WireTree.Node(member, role: .reserved, value: .octets(part), start: start, count: size)
    node.name = "reserved"
    frame.node.children.append(node)
    guard isChecked, part.contains(where: { $0 != UInt8(truncatingIfNeeded: send) }) else { return }
    try wrong(.reserved, member, "reserved", at: start, in: frame)
  }

  mutating func address(_ member: Member, of frame: DecodingFrame) throws(Stop) {
    let size = member.fixedSize ?? 0
    let start = try take(size, member.name, code: frame.code)
    func number(_ offset: Int, _ count: Int) -> UInt64 {
      octets.unsigned(at: start + offset, size: count, isLittleEndian: false)
    }
    let value: WireTree.Value =
      switch size {
      case 4: .ipv4(IPv4Address(UInt32(truncatingIfNeeded: number(0, 4))))
      case 16: .ipv6(IPv6Address(high: number(0, 8), low: number(8, 8)))
      default: .mac(MACAddress(Octets<6>(octets[start..<start + size]) ?? Octets<6>()))
      }
    frame.node.children.append(WireTree.Node(member, value: value, start: start, count: size))
  }
}

extension DecodingRun {
  /// The checks of a number, in their order.
  private mutating func check(
    _ value: Int128, _ member: Member, _ shape: IntegerShape, at offset: Int, in frame: DecodingFrame
  ) throws(Stop) {
    // The match has been checked already, before everything else.
    if frame.isFixedByMatch(member.name) { return }
    if let constant = shape.constant {
      if value != constant { try wrong(.constant, member, member.name, at: offset, in: frame) }
      return
    }
    if !interpreter.isKnown(value, shape) { try wrong(.code, member, member.name, at: offset, in: frame) }
    if shape.minimum.map({ value < $0 }) ?? false || shape.maximum.map({ value > $0 }) ?? false {
      try wrong(.range, member, member.name, at: offset, in: frame)
    }
  }

  /// Reports an error in a member's value.
  mutating func wrong(
    _ kind: WireError.Kind, _ member: Member, _ name: String, at offset: Int, in frame: DecodingFrame
  ) throws(Stop) {
    try report(kind, at: offset, name, code: frame.code(of: member), isWarning: member.isWarning)
  }

  private func role(of member: Member, _ shape: IntegerShape, in frame: DecodingFrame) -> WireTree.Role {
    if shape.computed != nil { return .computed }
    return shape.constant != nil || frame.isFixedByMatch(member.name) ? .constant : .member
  }

}

extension Interpreter {
  /// A number as trees have it.
  func treeValue(_ value: Int128, _ shape: IntegerShape) -> WireTree.Value {
    if shape.isBoolean { return .boolean(value != 0) }
    if let index = shape.flags { return .flags(UInt64(truncatingIfNeeded: value), flags(value, index)) }
    if case .epoch(let unit, let origin) = shape.time, let date = WireDate(count: value, unit, origin: origin) {
      return .date(date, count: value, size: shape.bits / 8)
    }
    return .integer(value, bits: shape.bits, meaning: meaning(value, codes: shape.codes))
  }

  private func flags(_ value: Int128, _ index: Int) -> [WireTree.Flag] {
    let flags = definition.flags[index].flags
    return (0..<64).filter { value >> Int128($0) & 1 == 1 }.map { bit in
      let known = flags.first { $0.bit == bit }
      return WireTree.Flag(bit: bit, name: known?.name, label: known?.label)
    }
  }

  /// Whether a number is one that its type knows, where it must be.
  func isKnown(_ value: Int128, _ shape: IntegerShape) -> Bool {
    if let codes = shape.codes, !definition.codes[codes].isOpen {
      guard case .code = meaning(value, codes: codes) else { return false }
    }
    if let index = shape.flags, !definition.flags[index].isOpen {
      if UInt64(truncatingIfNeeded: value) & ~definition.flags[index].known != 0 { return false }
    }
    guard let only = shape.only else { return true }
    return only.contains { Int128($0) == value }
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
