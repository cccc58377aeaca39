import Wire

extension DecodingRun {
  mutating func integer(_ member: MemberPlan, _ plan: IntegerPlan, of frame: DecodingFrame) throws(Stop) {
    let start = try take(plan.size, member.name, code: frame.code)
    let value = plan.shape.value(octets.unsigned(at: start, size: plan.size, isLittleEndian: plan.shape.isLittleEndian))
    node.children.append(
      WireTree.Node(
        member.naming, role: role(of: member, plan, in: frame), value: interpreter.treeValue(value, plan), start: start,
        count: plan.size))
    if plan.isChecked { try check(value, member, plan, at: start, in: frame) }
    if plan.isComputed { try computed(value, member, plan, at: start, in: frame) }
  }

  /// A group of bits; its fields in the order of the wire, most significant first.
  mutating func bits(_ group: MemberPlan, _ plan: BitsPlan, of frame: DecodingFrame) throws(Stop) {
    let start = try take(plan.size, group.pathName, code: frame.code)
    let raw = octets.unsigned(at: start, size: plan.size, isLittleEndian: plan.isLittleEndian)
    var part = WireTree.Node(group.naming, value: .bits(raw), start: start, count: plan.size)
    part.children.reserveCapacity(plan.fields.count)
    var shift = plan.size * 8
    for field in plan.fields {
      shift -= field.bitWidth
      part.children.append(bitField(field, raw, shift: shift, start: start, count: plan.size, in: frame))
    }
    node.children.append(part)
    shift = plan.size * 8
    for field in plan.fields {
      shift -= field.bitWidth
      try checkBits(field, raw.bits(shift: shift, width: field.bitWidth), at: start, in: frame)
    }
  }

  private func bitField(
    _ field: MemberPlan, _ group: UInt64, shift: Int, start: Int, count: Int, in frame: DecodingFrame
  ) -> WireTree.Node {
    let raw = group.bits(shift: shift, width: field.bitWidth)
    let value: WireTree.Value
    let role: WireTree.Role
    if case .integer(let plan) = field.kind {
      value = interpreter.treeValue(plan.shape.value(raw), plan)
      role = self.role(of: field, plan, in: frame)
    } else {
      value = .integer(Int128(raw), bits: field.bitWidth, meaning: nil)
      role = .reserved
    }
    var node = WireTree.Node(field.naming, role: role, value: value, start: start, count: count)
    node.bits = WireTree.BitRange(shift: shift, width: field.bitWidth)
    return node
  }

  private mutating func checkBits(_ field: MemberPlan, _ raw: UInt64, at start: Int, in frame: DecodingFrame) throws(Stop) {
    switch field.kind {
    case .integer(let plan):
      if plan.isChecked { try check(plan.shape.value(raw), field, plan, at: start, in: frame) }
    case .reserved(_, let send, let isChecked):
      if isChecked, raw != send & lowBits(field.bitWidth) {
        try wrong(.reserved, field, "reserved", at: start, in: frame)
      }
    case .bits, .address, .variable, .structure, .array, .list, .choice: break
    }
  }

  /// Reserved octets; each of them should be `send`.
  mutating func reserved(
    _ member: MemberPlan, size: Int, send: UInt64, isChecked: Bool, of frame: DecodingFrame
  ) throws(Stop) {
    let start = try take(size, "reserved", code: frame.code)
    let part = Array(octets[start..<start + size])
    node.children.append(
      WireTree.Node(member.naming, role: .reserved, value: .octets(part), start: start, count: size))
    guard isChecked, part.contains(where: { $0 != UInt8(truncatingIfNeeded: send) }) else { return }
    try wrong(.reserved, member, "reserved", at: start, in: frame)
  }

  mutating func address(_ member: MemberPlan, size: Int, of frame: DecodingFrame) throws(Stop) {
    let start = try take(size, member.name, code: frame.code)
    let value: WireTree.Value =
      switch size {
      case 4: .ipv4(IPv4Address(UInt32(truncatingIfNeeded: number(start, 4))))
      case 16: .ipv6(IPv6Address(high: number(start, 8), low: number(start + 8, 8)))
      default: .mac(MACAddress(Octets<6>(octets[start..<start + size]) ?? Octets<6>()))
      }
    node.children.append(WireTree.Node(member.naming, value: value, start: start, count: size))
  }

  private func number(_ start: Int, _ count: Int) -> UInt64 {
    octets.unsigned(at: start, size: count, isLittleEndian: false)
  }
}

extension UInt64 {
  /// So many bits above so many others.
  fileprivate func bits(shift: Int, width: Int) -> UInt64 { self >> UInt64(Swift.max(shift, 0)) & lowBits(width) }
}

extension DecodingRun {
  /// The checks of a number, in their order.
  private mutating func check(
    _ value: Int128, _ member: MemberPlan, _ plan: IntegerPlan, at offset: Int, in frame: DecodingFrame
  ) throws(Stop) {
    // The match has been checked already, before everything else.
    if member.isFixedByMatch, frame.isOutermost { return }
    let shape = plan.shape
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
    _ kind: WireError.Kind, _ member: MemberPlan, _ name: String, at offset: Int, in frame: DecodingFrame
  ) throws(Stop) {
    try report(kind, at: offset, name, code: frame.code(of: member), isWarning: member.isWarning)
  }

  private func role(of member: MemberPlan, _ plan: IntegerPlan, in frame: DecodingFrame) -> WireTree.Role {
    plan.role == .member && member.isFixedByMatch && frame.isOutermost ? .constant : plan.role
  }
}

extension Interpreter {
  /// A number as trees have it.
  func treeValue(_ value: Int128, _ plan: IntegerPlan) -> WireTree.Value {
    guard plan.isNumber else { return treeValue(value, plan.shape) }
    let meaning = plan.codes.flatMap { codes in UInt64(exactly: value).flatMap { codes.meaning($0) } }
    return .integer(value, bits: plan.shape.bits, meaning: meaning)
  }

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
