import WireText

// MARK: - Integers

extension MemberResolver {
  /// The shape of a number of a built-in or codes type in whole octets; nil when the type is neither.
  func integer(_ type: String, _ node: Node) -> IntegerShape? {
    var shape: IntegerShape
    if let bits = unsignedWidth(type) {
      shape = IntegerShape(bits: bits)
    } else if type.first == "i", let bits = unsignedWidth("u" + type.dropFirst()) {
      shape = IntegerShape(bits: bits, isSigned: true)
    } else if let codes = codes(type) {
      shape = IntegerShape(bits: resolver.definition.codes[codes].bits, codes: codes)
      refuse(node, ["unit"], on: "codes")
    } else if node.name == "field", let flags = flags(type) {
      shape = IntegerShape(bits: resolver.definition.flags[flags].bits, flags: flags)
      refuse(node, ["min", "max", "unit"], on: "a set of bits")
    } else {
      return nil
    }
    if shape.bits % 8 != 0 {
      if resolver.types[type]?.node.isSound != false {
        diagnostics.error(
          node.position(of: node.name == "array" ? "of" : "type"),
          "'\(type)' has \(shape.bits) bits; outside of <bits> a number takes whole octets")
      }
      return nil
    }
    if shape.bits == 8 { refuse(node, ["byteOrder"], on: "a number of one octet") }
    shape.isLittleEndian = isLittleEndian(node) && shape.bits > 8
    values(of: node, &shape)
    return shape
  }

  /// Index of codes; those of element families are types too.
  private func codes(_ type: String) -> Int? {
    guard case .codes(let index)? = resolver.types[type]?.kind else { return nil }
    return index
  }

  private func flags(_ type: String) -> Int? {
    guard case .flags(let index)? = resolver.types[type]?.kind else { return nil }
    return index
  }

  /// min, max, const and default, each within the width and each other.
  private func values(of node: Node, _ shape: inout IntegerShape) {
    guard node.name != "array" else {
      refuseClosedWarning(node, shape)
      return
    }
    shape.minimum = value(node, "min", shape)
    shape.maximum = value(node, "max", shape)
    shape.constant = value(node, "const", shape)
    shape.defaultValue = value(node, "default", shape)
    if let low = shape.minimum, let high = shape.maximum, low > high {
      diagnostics.error(
        node.position(of: "max"), "max=\"\(node["max"] ?? "")\" is below min=\"\(node["min"] ?? "")\"")
    }
    if node["const"] != nil { refuse(node, ["min", "max", "default"], on: "a constant") }
    let isClosed = refuseClosedWarning(node, shape) || shape.flags.map { !resolver.definition.flags[$0].isOpen } ?? false
    let bounds = shape.widthBounds
    let (low, high) = (shape.minimum ?? bounds.lowerBound, shape.maximum ?? bounds.upperBound)
    if let value = shape.defaultValue, shape.constant == nil, low <= high, !(low...high).contains(value) {
      diagnostics.error(
        node.position(of: "default"), "default=\"\(node["default"] ?? "")\" is outside of min= and max=")
    }
    if shape.constant == nil, shape.minimum == nil, shape.maximum == nil, !isClosed {
      refuseWarning(node, on: "a number without min=, max= and const=")
    }
  }

  /// - Returns: whether the number is of closed codes.
  @discardableResult
  private func refuseClosedWarning(_ node: Node, _ shape: IntegerShape) -> Bool {
    guard let index = shape.codes, !resolver.definition.codes[index].isOpen else { return false }
    if node["severity"] == "warning" {
      diagnostics.error(
        node.position(of: "severity"),
        "\(resolver.definition.codes[index].name) is closed: a number without a name has no value to pass on; leave 'severity' out"
      )
    }
    return true
  }

  func value(_ node: Node, _ attribute: String, _ shape: IntegerShape) -> Int128? {
    guard let text = node[attribute] else { return nil }
    guard let number = number(text, shape) else {
      if let index = shape.codes {
        if resolver.losses.codes[index]?.contains(text) == true { return nil }
        let codes = resolver.definition.codes[index]
        let hint = suggestion(for: text, among: codes.codes.map(\.name))
        diagnostics.error(node.position(of: attribute), "\(attribute)=\"\(text)\": \(codes.name) has no '\(text)'\(hint)")
      } else {
        diagnostics.error(
          node.position(of: attribute),
          "\(attribute)=\"\(text)\": must be a whole number" + (shape.flags == nil ? "" : ", the sum of the bits' values"))
      }
      return nil
    }
    let bounds = shape.widthBounds
    guard bounds.contains(number) else {
      diagnostics.error(
        node.position(of: attribute),
        "\(attribute)=\"\(text)\" does not fit in \(shape.bits) bits, \(bounds.lowerBound) to \(bounds.upperBound)")
      return nil
    }
    if ["const", "default", "value"].contains(attribute) { requireName(number, node, attribute, shape) }
    return number
  }

  /// A value of closed codes has a name.
  private func requireName(_ number: Int128, _ node: Node, _ attribute: String, _ shape: IntegerShape) {
    if let index = shape.flags { return requireNames(UInt64(number), node, attribute, resolver.definition.flags[index], index) }
    guard let index = shape.codes, !resolver.definition.codes[index].isOpen, resolver.losses.codes[index] == nil,
      !resolver.definition.codes[index].codes.contains(where: { Int128($0.value) == number })
    else { return }
    diagnostics.error(
      node.position(of: attribute),
      "\(attribute)=\"\(number)\": \(resolver.definition.codes[index].name) is closed and has no name for it")
  }

  /// Every bit set in a value of a closed set has a name.
  private func requireNames(_ value: UInt64, _ node: Node, _ attribute: String, _ flags: FlagsDefinition, _ index: Int) {
    let nameless = value & ~flags.known
    guard !flags.isOpen, nameless != 0, resolver.losses.flags[index] == nil else { return }
    diagnostics.error(
      node.position(of: attribute),
      "\(attribute)=\"\(value)\": \(flags.name) is closed and has no name for bit \(nameless.trailingZeroBitCount)")
  }

  /// A number, or for codes a name.
  private func number(_ text: String, _ shape: IntegerShape) -> Int128? {
    if let index = shape.codes, let code = resolver.definition.codes[index].codes.first(where: { $0.name == text }) {
      return Int128(code.value)
    }
    return parseInteger(text)
  }

  /// Value of an attribute of `<match>`.
  func matchValue(_ node: Node, _ attribute: String, _ shape: IntegerShape) -> Int128? {
    guard let text = node[attribute] else { return nil }
    if shape.isBoolean {
      if let flag = ["false": Int128(0), "true": 1][text] { return flag }
      diagnostics.error(node.position(of: attribute), "\(attribute)=\"\(text)\": a bit is true or false")
      return nil
    }
    return value(node, attribute, shape)
  }

  /// The tag or the length of a header.
  func tag(_ node: Node) -> Member? {
    guard let type = node["type"], let shape = integer(type, node) else { return nil }
    return make(node, .integer(shape))
  }
}

extension IntegerShape {
  /// What the width alone allows.
  var widthBounds: ClosedRange<Int128> {
    isSigned ? -(Int128(1) << (bits - 1))...(Int128(1) << (bits - 1)) - 1 : 0...(Int128(1) << bits) - 1
  }
}

// MARK: - Bits and reserved

extension MemberResolver {
  mutating func bits(_ node: Node) {
    guard let size = resolver.number(node, "size", in: 1...8) else { return }
    var group: [Member] = []
    var width = 0
    var isComplete = node.refused.isEmpty
    for lost in node.refused { lose(lost) }
    for child in node.children where child.name != "doc" {
      guard child.isSound, let member = bitMember(child) else {
        lose(child)
        isComplete = false
        continue
      }
      width += member.bitWidth
      if !member.name.isEmpty {
        guard claim(member.name, child) else { continue }
        resolver.document("\(body).\(member.name)", child)
      }
      group.append(member)
    }
    if isComplete, width != size * 8 {
      let hint =
        width < size * 8 ? "; fill it with <reserved width=\"\(Int(size) * 8 - width)\"/>" : ""
      diagnostics.error(node.position, "the group has \(size * 8) bits, but its members have \(width)\(hint)")
    }
    if size == 1 { refuse(node, ["byteOrder"], on: "a group of one octet") }
    members.append(
      Member(
        name: "", label: "", kind: .bits(octets: Int(size), isLittleEndian: isLittleEndian(node) && size > 1, members: group),
        code: context.code))
  }

  private mutating func bitMember(_ node: Node) -> Member? {
    switch node.name {
    case "tag": return tagBits(node)
    case "operation": return operationBits(node)
    case "bit": return bit(node)
    case "bitField": return bitField(node)
    default: return reservedBits(node)
    }
  }

  private func bit(_ node: Node) -> Member {
    var shape = IntegerShape(bits: 1, isBoolean: true)
    shape.constant = node["const"].map { $0 == "true" ? 1 : 0 }
    shape.defaultValue = node["default"].map { $0 == "true" ? 1 : 0 }
    if node["const"] != nil {
      refuse(node, ["default"], on: "a constant")
    } else {
      refuseWarning(node, on: "a bit without const=")
    }
    return make(node, .integer(shape))
  }

  func bitField(_ node: Node) -> Member? {
    guard let width = resolver.number(node, "width", in: 1...64).map({ Int($0) }) else { return nil }
    var shape = IntegerShape(bits: width)
    if let type = node["type"] {
      guard let index = codes(type) else {
        if !resolver.losses.types.contains(type) {
          let known = resolver.types.filter { $0.value.node.name == "codes" }.keys.sorted()
          diagnostics.error(
            node.position(of: "type"), "there are no <codes> named '\(type)'\(suggestion(for: type, among: known))")
        }
        return nil
      }
      shape.codes = index
      let bits = resolver.definition.codes[index].bits
      if bits != width, resolver.types[type]?.node.isSound == true {
        diagnostics.error(node.position(of: "width"), "width is \(width), but '\(type)' has \(bits) bits; they must agree")
      }
      refuse(node, ["unit"], on: "codes")
    }
    values(of: node, &shape)
    return make(node, .integer(shape))
  }

  private func reservedBits(_ node: Node) -> Member? {
    guard let width = resolver.number(node, "width", in: 1...64).map({ Int($0) }) else { return nil }
    let send = resolver.number(node, "send", in: 0...CodeSpaceLimit.largest(bits: width)) ?? 0
    guard let isKept = keeps(node) else { return nil }
    if isKept { return make(node, .integer(IntegerShape(bits: width, defaultValue: Int128(send)))) }
    return reservedMember(node, .reserved(size: width, send: send, isChecked: node["receive"] == "zero"))
  }

  mutating func reserved(_ node: Node) {
    let send = node["send"].flatMap { parseNumber($0) } ?? 0
    let size = node["size"].flatMap { parseNumber($0) }.map { Int($0) }
    guard let isKept = keeps(node) else { return lose(node) }
    if isKept {
      let extent = size.map { Extent.fixed($0) } ?? .rest
      return add(make(node, .octets(OctetsShape(extent, fill: UInt8(truncatingIfNeeded: send)))), node)
    }
    let isChecked = node["receive"] == "zero"
    append(
      reservedMember(
        node,
        size.map { .reserved(size: $0, send: send, isChecked: isChecked) } ?? .reservedRest(send: send, isChecked: isChecked)))
  }

  /// Whether reserved octets or bits are kept, in a member of their own; nil when what is said of it does not agree.
  private func keeps(_ node: Node) -> Bool? {
    let isKept = node["receive"] == "keep"
    if node["receive"] != "zero" {
      refuseJudgement(node, on: isKept ? "octets and bits that are kept" : "reserved octets and bits without receive=\"zero\"")
    }
    if isKept, node["name"] == nil {
      diagnostics.error(node.position(of: "receive"), "receive=\"keep\" needs name=, the member they are kept in")
      return nil
    }
    if !isKept, node["name"] != nil {
      diagnostics.error(node.position(of: "name"), "'name' goes with receive=\"keep\"; what is not kept has no name")
    }
    return isKept
  }

  private func reservedMember(_ node: Node, _ kind: MemberKind) -> Member {
    Member(
      name: "", label: "reserved", kind: kind, code: code(node), isWarning: node["severity"] == "warning",
      inheritsCode: inheritsCode(node))
  }
}
