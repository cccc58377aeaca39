import WireText

/// Resolves the members of one body in wire order.
struct MemberResolver {
  let resolver: Resolver
  /// The body's name, for documentation and messages.
  let body: String
  let context: Resolver.BodyContext
  /// Whether the members are a family's header, where tag and length are.
  var isHeader = false

  private(set) var members: [Member] = []
  private(set) var matches: [MatchNode] = []
  /// Rules of structs whose members were taken over; they hold here as well.
  private(set) var usedRules: [RuleDefinition] = []
  private(set) var tagIndex: Int?
  private(set) var lengthIndex: Int?
  /// Members computed from one that is still to come: its name, the node, and the member's index.
  private var pending: [(target: String, node: Node, index: Int)] = []
  private var names: [String: Node] = [:]

  /// A `<match>` with what it may inherit.
  struct MatchNode {
    var node: Node
    var name: String
  }

  init(resolver: Resolver, body: String, context: Resolver.BodyContext) {
    self.resolver = resolver
    self.body = body
    self.context = context
  }

  var diagnostics: Diagnostics { resolver.diagnostics }

  mutating func resolve(_ nodes: [Node]) {
    for node in nodes { resolve(node) }
    for entry in pending {
      resolver.diagnostics.error(
        entry.node.position(of: "of"), "of=\"\(entry.target)\": no later member of this body has that name")
    }
  }

  private mutating func resolve(_ node: Node) {
    if let open = members.last(where: { takesTheRest($0) }), isMember(node) {
      diagnostics.error(
        node.position, "nothing can follow '\(open.name)', which takes all that is left of its container")
    }
    switch node.name {
    case "field": add(field(node), node)
    case "tag":
      tagIndex = members.count
      add(tag(node), node)
    case "length": length(node)
    case "count": computed(node, .count(of: node["of"] ?? ""), target: node["of"] ?? "")
    case "bits": bits(node)
    case "reserved": reserved(node)
    case "array": add(array(node), node)
    case "list": add(list(node), node)
    case "use": use(node)
    case "match": match(node)
    default: break
    }
  }

  private func isMember(_ node: Node) -> Bool { !["rule", "sample", "doc", "match", "allow"].contains(node.name) }

  private func takesTheRest(_ member: Member) -> Bool {
    switch member.kind {
    case .octets(.rest, _, _), .text(.rest, _, _, _, _), .list: true
    case .array(let shape): shape.countedBy == nil
    default: false
    }
  }

  private mutating func add(_ member: Member?, _ node: Node) {
    guard let member, claim(member.name, node) else { return }
    members.append(member)
    resolver.document("\(body).\(member.name)", node)
    settle(member.name)
  }

  /// Words that expressions, JSON or paths need for themselves.
  private static let reservedNames: Set = [
    "and", "or", "not", "implies", "lt", "le", "gt", "ge", "in", "true", "false", "remaining", "rest", "message",
    "padding", "reserved",
  ]

  /// Takes a name within the body.
  private mutating func claim(_ name: String, _ node: Node) -> Bool {
    if Self.reservedNames.contains(name) {
      diagnostics.error(node.position(of: "name"), "'\(name)' is a word of the language; choose another name")
      return false
    }
    if let other = names[name] {
      diagnostics.error(node.position(of: "name"), "a second '\(name)'; the first is at \(other.position)")
      return false
    }
    names[name] = node
    return true
  }

  private mutating func settle(_ name: String) { pending.removeAll { $0.target == name } }

  private func code(_ node: Node) -> UInt64? { resolver.errorCode(node, "error", inherited: context.code) }

  private func scope() -> ExpressionScope { ExpressionScope(members: members, definition: resolver.definition) }

  private func expression(
    _ node: Node, _ attribute: String, as kind: ExpressionType.Wanted
  ) -> WireExpression? {
    guard let text = node[attribute] else { return nil }
    do throws(ExpressionFault) {
      return try ExpressionChecker.check(text, scope(), wanted: kind)
    } catch {
      diagnostics.error(node.position(of: attribute), "\(attribute)=\"\(text)\": \(error.message)")
      return nil
    }
  }

  private func make(_ node: Node, _ kind: MemberKind) -> Member {
    let name = node["name"] ?? ""
    return Member(
      name: name, label: node["label"] ?? name, unit: node["unit"], kind: kind,
      condition: expression(node, "when", as: .boolean), code: code(node), isWarning: node["severity"] == "warning")
  }
}

// MARK: - Fields

extension MemberResolver {
  private func field(_ node: Node) -> Member? {
    guard let type = node["type"] else { return nil }
    switch type {
    case "ipv4": return plain(node, .ipv4)
    case "ipv6": return plain(node, .ipv6)
    case "mac": return plain(node, .mac)
    case "octets", "text": return sized(node, isText: type == "text")
    default: break
    }
    refuse(node, ["size", "encoding", "invalid", "nul"], on: "a field of type '\(type)'")
    if let shape = integer(type, node, mustBeOctets: true) { return make(node, .integer(shape)) }
    return structure(node, type)
  }

  private func plain(_ node: Node, _ kind: MemberKind) -> Member {
    refuse(
      node, ["size", "min", "max", "const", "default", "encoding", "invalid", "nul", "byteOrder"],
      on: "an address")
    return make(node, kind)
  }

  /// Says of attributes that they mean nothing here.
  private func refuse(_ node: Node, _ attributes: [String], on what: String) {
    for name in attributes where node[name] != nil {
      diagnostics.error(node.position(of: name), "'\(name)' means nothing on \(what)")
    }
  }

  private func structure(_ node: Node, _ type: String) -> Member? {
    refuse(node, ["min", "max", "const", "default", "unit", "byteOrder", "severity"], on: "a field that is a struct")
    guard case .body(let index)? = resolver.types[type]?.kind, resolver.types[type]?.node.name == "struct" else {
      let known = ["ipv4", "ipv6", "mac", "octets", "text", "u8", "u16", "u24", "u32", "u64"] + resolver.types.keys
      diagnostics.error(
        node.position(of: "type"),
        "there is no type '\(type)'; a field's type is u8 to u64, i8 to i64, ipv4, ipv6, mac, octets, text, <codes> or "
          + "<struct>\(suggestion(for: type, among: known))")
      return nil
    }
    resolver.defineBody(index)
    return make(node, .structure(index))
  }

  private func sized(_ node: Node, isText: Bool) -> Member? {
    refuse(node, ["const", "default", "byteOrder"], on: "octets and text")
    if !isText { refuse(node, ["encoding", "invalid", "nul"], on: "octets") }
    let extent = extent(node)
    let minimum = resolver.number(node, "min", in: 0...UInt64(UInt32.max)) ?? 0
    let maximum = resolver.number(node, "max", in: 0...UInt64(UInt32.max))
    if let maximum, maximum < minimum { diagnostics.error(node.position(of: "max"), "max= is less than min=") }
    if case .fixed = extent { refuse(node, ["min", "max"], on: "a field whose size is a number") }
    guard let extent else { return nil }
    let (low, high) = (Int(minimum), maximum.map { Int($0) })
    guard isText else { return make(node, .octets(extent, minimum: low, maximum: high)) }
    return make(
      node,
      .text(
        extent, minimum: low, maximum: high, keepsInvalid: node["invalid"] == "keep",
        refusesNUL: node["nul"] == "error"))
  }

  /// From size=, or from a `<length>` before that names this field.
  private func extent(_ node: Node) -> Extent? {
    if let length = pending.first(where: { $0.target == node["name"] && $0.node.name == "length" }) {
      if node["size"] != nil {
        diagnostics.error(
          node.position(of: "size"), "the size is what '\(length.node["name"] ?? "")' says; leave size= out")
      }
      return .expression(sizeExpression(length.node, members[length.index].name))
    }
    guard let text = node["size"] else {
      diagnostics.error(
        node.position, "octets and text need size=: a number, \"rest\" or an expression; or a <length> of them before")
      return nil
    }
    if text == "rest" { return .rest }
    if let number = parseNumber(text) {
      guard number <= 1 << 24 else {
        diagnostics.error(node.position(of: "size"), "size=\"\(text)\": at most \(1 << 24) octets")
        return nil
      }
      return .fixed(Int(number))
    }
    return expression(node, "size", as: .number).map { .expression($0) }
  }

  /// What a `<length>` says about octets: value * unit - plus.
  private func sizeExpression(_ node: Node, _ name: String) -> WireExpression {
    var result = WireExpression.path([name])
    let unit = resolver.number(node, "unit", in: 1...64) ?? 1
    let plus = resolver.number(node, "plus", in: 0...65535) ?? 0
    if unit != 1 { result = .binary(.multiply, result, .number(Int128(unit))) }
    if plus != 0 { result = .binary(.subtract, result, .number(Int128(plus))) }
    return result
  }
}

// MARK: - Integers

extension MemberResolver {
  /// The shape of a number of a built-in or codes type; nil, without a diagnostic, when it is neither.
  private func integer(_ type: String, _ node: Node, mustBeOctets: Bool) -> IntegerShape? {
    var shape: IntegerShape
    if let bits = unsignedWidth(type) {
      shape = IntegerShape(bits: bits)
    } else if type.first == "i", let bits = unsignedWidth("u" + type.dropFirst()) {
      shape = IntegerShape(bits: bits, isSigned: true)
    } else if case .codes(let index)? = resolver.types[type]?.kind {
      shape = IntegerShape(bits: resolver.definition.codes[index].bits, codes: index)
    } else {
      return nil
    }
    if mustBeOctets, shape.bits % 8 != 0 {
      diagnostics.error(
        node.position(of: "type"), "'\(type)' has \(shape.bits) bits; outside of <bits> a number takes whole octets")
      return nil
    }
    shape.isLittleEndian = (node["byteOrder"].map { $0 == "little" } ?? resolver.isLittleEndian) && shape.bits > 8
    values(of: node, &shape)
    return shape
  }

  /// min, max, const and default, each within the width and each other.
  private func values(of node: Node, _ shape: inout IntegerShape) {
    let bounds = shape.widthBounds
    func value(_ attribute: String) -> Int128? {
      guard let text = node[attribute] else { return nil }
      guard let number = number(text, shape) else {
        let what = shape.codes.map { "a number or a name of \(resolver.definition.codes[$0].name)" } ?? "a whole number"
        diagnostics.error(node.position(of: attribute), "\(attribute)=\"\(text)\": must be \(what)")
        return nil
      }
      guard bounds.contains(number) else {
        diagnostics.error(
          node.position(of: attribute),
          "\(attribute)=\"\(text)\" does not fit in \(shape.bits) bits, \(bounds.lowerBound) to \(bounds.upperBound)")
        return nil
      }
      return number
    }
    shape.minimum = value("min")
    shape.maximum = value("max")
    shape.constant = value("const")
    shape.defaultValue = value("default")
    if let low = shape.minimum, let high = shape.maximum, low > high {
      diagnostics.error(node.position(of: "max"), "max= is less than min=")
    }
    if let codes = shape.codes, !resolver.definition.codes[codes].isOpen, node["severity"] == "warning" {
      diagnostics.error(
        node.position(of: "severity"), "\(resolver.definition.codes[codes].name) is closed: a number without a name has no value to pass on")
    }
    if shape.constant != nil, shape.minimum ?? shape.maximum ?? shape.defaultValue != nil {
      diagnostics.error(node.position(of: "const"), "a constant has no min=, max= or default=")
    }
    let range = (shape.minimum ?? bounds.lowerBound)...max(shape.minimum ?? bounds.lowerBound, shape.maximum ?? bounds.upperBound)
    if let value = shape.defaultValue, !range.contains(value) {
      diagnostics.error(node.position(of: "default"), "the default is outside min= and max=")
    }
  }

  /// A number, or for codes a name.
  private func number(_ text: String, _ shape: IntegerShape) -> Int128? {
    if let index = shape.codes, let code = resolver.definition.codes[index].codes.first(where: { $0.name == text }) {
      return Int128(code.value)
    }
    return parseInteger(text)
  }

  private func tag(_ node: Node) -> Member? {
    guard let type = node["type"], let shape = integer(type, node, mustBeOctets: true), !shape.isSigned else {
      diagnostics.error(node.position(of: "type"), "a tag is an unsigned number, u8 to u64")
      return nil
    }
    return make(node, .integer(shape))
  }

  private mutating func length(_ node: Node) {
    if isHeader {
      lengthIndex = members.count
      guard let type = node["type"], let shape = integer(type, node, mustBeOctets: true), !shape.isSigned else {
        diagnostics.error(node.position(of: "type"), "a length is an unsigned number, u8 to u64")
        return
      }
      add(make(node, .integer(shape)), node)
      return
    }
    guard let target = node["of"] else {
      diagnostics.error(node.position, "<length> needs of=, the member whose octets it counts")
      return
    }
    if ["rest", "message"].contains(target) {
      diagnostics.error(node.position(of: "of"), "of=\"\(target)\" is not implemented yet in this version of wiregen")
      return
    }
    if node["counts"] != nil {
      diagnostics.error(node.position(of: "counts"), "counts= goes with the length of a <header>")
    }
    let unit = Int(resolver.number(node, "unit", in: 1...64) ?? 1)
    let plus = Int(resolver.number(node, "plus", in: 0...65535) ?? 0)
    computed(node, .size(of: target, unit: unit, plus: plus), target: target)
  }

  private mutating func computed(_ node: Node, _ computation: IntegerShape.Computed, target: String) {
    guard let type = node["type"], var shape = integer(type, node, mustBeOctets: true), !shape.isSigned else {
      diagnostics.error(node.position(of: "type"), "it is an unsigned number of whole octets, u8 to u64")
      return
    }
    shape.computed = computation
    let index = members.count
    add(make(node, .integer(shape)), node)
    pending.append((target, node, index))
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
  private mutating func bits(_ node: Node) {
    guard let size = resolver.number(node, "size", in: 1...8) else { return }
    var group: [Member] = []
    var width = 0
    for child in node.children where child.name != "doc" {
      guard let (member, bits) = bitMember(child) else { continue }
      if !member.name.isEmpty {
        guard claim(member.name, child) else { continue }
        resolver.document("\(body).\(member.name)", child)
      }
      group.append(member)
      width += bits
    }
    if width != size * 8, !diagnostics.hasErrors {
      diagnostics.error(
        node.position, "the group has \(size * 8) bits, but its members have \(width); fill it with <reserved width=\"…\"/>")
    }
    let isLittle = (node["byteOrder"].map { $0 == "little" } ?? resolver.isLittleEndian) && size > 1
    members.append(
      Member(
        name: "", label: "", kind: .bits(octets: Int(size), isLittleEndian: isLittle, members: group),
        code: context.code))
  }

  private func bitMember(_ node: Node) -> (Member, Int)? {
    switch node.name {
    case "bit":
      var shape = IntegerShape(bits: 1, isBoolean: true)
      shape.constant = node["const"].flatMap { boolean($0, node, "const") }
      shape.defaultValue = node["default"].flatMap { boolean($0, node, "default") }
      return (make(node, .integer(shape)), 1)
    case "reserved":
      guard let width = resolver.number(node, "width", in: 1...64) else {
        diagnostics.error(node.position, "<reserved> in <bits> needs width=, in bits")
        return nil
      }
      let send = resolver.number(node, "send", in: 0...CodeSpaceLimit.largest(bits: Int(width))) ?? 0
      let kind = MemberKind.reserved(size: Int(width), send: send, isChecked: node["receive"] == "zero")
      return (Member(name: "", label: "reserved", kind: kind, code: code(node), isWarning: node["severity"] == "warning"), Int(width))
    case "bit-field":
      guard let width = resolver.number(node, "width", in: 1...64) else { return nil }
      let type = node["type"] ?? "u\(width)"
      guard let shape = integer(type, node, mustBeOctets: false), !shape.isSigned else {
        diagnostics.error(node.position(of: "type"), "there are no <codes> named '\(type)'")
        return nil
      }
      guard shape.bits == Int(width) else {
        diagnostics.error(
          node.position(of: "width"), "width is \(width), but '\(type)' has \(shape.bits) bits; they must agree")
        return nil
      }
      return (make(node, .integer(shape)), Int(width))
    default: return nil
    }
  }

  private func boolean(_ text: String, _ node: Node, _ attribute: String) -> Int128? {
    switch text {
    case "true", "1": return 1
    case "false", "0": return 0
    default:
      diagnostics.error(node.position(of: attribute), "\(attribute)=\"\(text)\": a bit is true or false")
      return nil
    }
  }

  private mutating func reserved(_ node: Node) {
    guard let size = resolver.number(node, "size", in: 1...4096) else {
      if node["size"] == nil { diagnostics.error(node.position, "<reserved> needs size=, in octets") }
      return
    }
    if node["width"] != nil { diagnostics.error(node.position(of: "width"), "'width' is for <reserved> in <bits>") }
    let send = resolver.number(node, "send", in: 0...255) ?? 0
    members.append(
      Member(
        name: "", label: "reserved", kind: .reserved(size: Int(size), send: send, isChecked: node["receive"] == "zero"),
        code: code(node), isWarning: node["severity"] == "warning"))
  }
}

// MARK: - Arrays, lists, uses

extension MemberResolver {
  private mutating func array(_ node: Node) -> Member? {
    guard let type = node["of"], let element = arrayElement(type, node) else { return nil }
    let count = pending.first { $0.target == node["name"] && $0.node.name == "count" }
    if count == nil, node["until"] != "end" {
      diagnostics.error(
        node.position, "<array> needs a <count of=\"\(node["name"] ?? "")\"/> before it, or until=\"end\"")
    } else if count != nil, node["until"] != nil {
      diagnostics.error(node.position(of: "until"), "the array is counted already; leave until= out")
    }
    let minimum = Int(resolver.number(node, "min", in: 0...UInt64(UInt32.max)) ?? 0)
    let maximum = resolver.number(node, "max", in: 0...UInt64(UInt32.max)).map { Int($0) }
    if let maximum, maximum < minimum { diagnostics.error(node.position(of: "max"), "max= is less than min=") }
    return make(
      node,
      .array(
        ArrayShape(
          element: element, countedBy: count.map { members[$0.index].name }, minimum: minimum, maximum: maximum)))
  }

  private func arrayElement(_ type: String, _ node: Node) -> Member? {
    let kind: MemberKind
    switch type {
    case "ipv4": kind = .ipv4
    case "ipv6": kind = .ipv6
    case "mac": kind = .mac
    default:
      // The array's own min and max bound its count, not its elements.
      let bare = Node(name: "field", attributes: node.attributes.filter { $0.name == "byteOrder" }, position: node.position)
      if let shape = integer(type, bare, mustBeOctets: true) {
        kind = .integer(shape)
      } else if case .body(let index)? = resolver.types[type]?.kind, resolver.types[type]?.node.name == "struct" {
        resolver.defineBody(index)
        guard Sizes(resolver.definition).minimum(ofBody: index) > 0 else {
          diagnostics.error(node.position(of: "of"), "'\(type)' may have no octets at all; an array of it has no end")
          return nil
        }
        kind = .structure(index)
      } else {
        diagnostics.error(
          node.position(of: "of"),
          "there is no type '\(type)' that an array can hold\(suggestion(for: type, among: resolver.types.keys))")
        return nil
      }
    }
    return Member(name: "", label: "", kind: kind, code: code(node), isWarning: node["severity"] == "warning")
  }

  private func list(_ node: Node) -> Member? {
    guard context.isMessage else {
      diagnostics.error(node.position, "a <list> outside of a <message> is not implemented yet in this version of wiregen")
      return nil
    }
    guard let name = node["of"], case .family(let family)? = resolver.types[name]?.kind else {
      let known = resolver.definition.families.map(\.name)
      diagnostics.error(
        node.position(of: "of"),
        "there are no <tlvs name=\"\(node["of"] ?? "")\">\(suggestion(for: node["of"] ?? "", among: known))")
      return nil
    }
    var allowed: [ListShape.Allowed] = []
    for child in node.children("allow") {
      guard let use = allow(child, family) else { continue }
      if allowed.contains(where: { $0.element == use.element }) {
        diagnostics.error(child.position, "'\(child["tlv"] ?? "")' is allowed twice")
      }
      allowed.append(use)
    }
    return make(node, .list(ListShape(family: family, allowed: allowed)))
  }

  private func allow(_ node: Node, _ family: Int) -> ListShape.Allowed? {
    let elements = resolver.definition.families[family].elements
    guard let name = node["tlv"], let element = elements.firstIndex(where: { $0.name == name }) else {
      let hint = suggestion(for: node["tlv"] ?? "", among: elements.map(\.name))
      diagnostics.error(
        node.position(of: "tlv"),
        "<tlvs name=\"\(resolver.definition.families[family].name)\"> has no '\(node["tlv"] ?? "")'\(hint)")
      return nil
    }
    guard let occurs = node["occurs"], let (minimum, maximum) = resolver.occurrence(occurs, node) else { return nil }
    let inherited = resolver.errorCode(node, "error", inherited: elements[element].code ?? context.code)
    return ListShape.Allowed(
      element: element, minimum: minimum, maximum: maximum,
      missingCode: resolver.errorCode(node, "missing", inherited: inherited),
      excessCode: resolver.errorCode(node, "excess", inherited: inherited))
  }

  /// Takes over the members of a struct.
  private mutating func use(_ node: Node) {
    guard let name = node["struct"] else { return }
    guard let declared = resolver.types[name], case .body(let index) = declared.kind, declared.node.name == "struct"
    else {
      let hint = suggestion(for: name, among: resolver.types.keys)
      diagnostics.error(node.position(of: "struct"), "there is no <struct name=\"\(name)\">\(hint)")
      return
    }
    resolver.defineBody(index)
    let structure = resolver.definition.bodies[index]
    usedRules += structure.rules
    for member in structure.members {
      for inner in named(member) {
        _ = claim(inner.name, node)
        if let documentation = resolver.documentation["\(name).\(inner.name)"] {
          resolver.documentation["\(body).\(inner.name)"] = documentation
        }
      }
      members.append(member)
    }
    for child in node.children("match") { match(child) }
  }

  /// A member with a name, or the named ones of a group of bits.
  private func named(_ member: Member) -> [Member] {
    if case .bits(_, _, let group) = member.kind { return group.filter { !$0.name.isEmpty } }
    return member.name.isEmpty ? [] : [member]
  }

  private mutating func match(_ node: Node) {
    guard context.isMessage else {
      diagnostics.error(node.position, "<match> tells messages apart; it stands in a <message>, or in a <use> there")
      return
    }
    guard let name = node["field"] else { return }
    matches.append(MatchNode(node: node, name: name))
  }

  /// Makes a member the constant that a `<match value=…>` calls for.
  mutating func fix(_ name: String, to value: Int128) {
    for index in members.indices {
      if members[index].name == name, case .integer(var shape) = members[index].kind {
        shape.constant = value
        members[index].kind = .integer(shape)
      }
      guard case .bits(let octets, let isLittle, var group) = members[index].kind else { continue }
      for place in group.indices where group[place].name == name {
        guard case .integer(var shape) = group[place].kind else { continue }
        shape.constant = value
        group[place].kind = .integer(shape)
      }
      members[index].kind = .bits(octets: octets, isLittleEndian: isLittle, members: group)
    }
  }

  /// Names of members, those of groups of bits among them.
  var memberNames: [String] { members.flatMap { named($0) }.map(\.name) }

  /// Value of an attribute that is a number or a name of codes.
  func matchValue(_ node: Node, _ attribute: String, _ shape: IntegerShape) -> UInt64? {
    guard let text = node[attribute] else { return nil }
    let known = shape.codes.map { resolver.definition.codes[$0].codes.map(\.name) } ?? []
    if shape.isBoolean, let flag = ["false": UInt64(0), "true": 1][text] { return flag }
    guard let number = number(text, shape), shape.widthBounds.contains(number) else {
      diagnostics.error(
        node.position(of: attribute),
        "\(attribute)=\"\(text)\" is not a value of '\(node["field"] ?? "")'\(suggestion(for: text, among: known))")
      return nil
    }
    return UInt64(truncatingIfNeeded: number)
  }
}

// MARK: - Rules

extension MemberResolver {
  func resolveRules(_ nodes: [Node]) -> [RuleDefinition] {
    var names: [String: Node] = [:]
    var rules: [RuleDefinition] = []
    if let used = usedRules.first(where: { rule in nodes.contains { $0["name"] == rule.name } }) {
      diagnostics.error(nodes[0].position, "a second rule '\(used.name)'; the first came with a <use>")
    }
    for node in nodes {
      guard let name = node["name"], node["test"] != nil else { continue }
      if let other = names[name] {
        diagnostics.error(node.position(of: "name"), "a second rule '\(name)'; the first is at \(other.position)")
      }
      names[name] = node
      resolver.document("\(body).rule.\(name)", node)
      guard let test = expression(node, "test", as: .boolean) else { continue }
      rules.append(
        RuleDefinition(name: name, test: test, code: code(node), isWarning: node["severity"] == "warning"))
    }
    return rules
  }
}
