import WireText

/// Resolves the members of one body in wire order.
struct MemberResolver {
  let resolver: Resolver
  /// The body's name, for documentation and messages.
  let body: String
  /// What the body inherits; that of a struct while its members are taken in.
  var context: Resolver.BodyContext
  /// Whether the members are a family's header, where tag and length are.
  var isHeader = false

  var members: [Member] = []
  var matches: [MatchNode] = []
  /// In document order, those of used structs in the place of their use.
  var rules: [RuleNode] = []
  private(set) var tagIndex: Int?
  private(set) var lengthIndex: Int?
  /// Members computed from one that is still to come.
  var pending: [Pending] = []
  /// Names taken, and what takes each.
  var names: [String: Node] = [:]
  /// Names of members that could not be resolved.
  var ownLosses = Losses.Names()
  /// The `<use>` whose struct's members are being taken in; the outermost.
  var use: Node?
  /// Names of members still to come, for messages.
  private var later: Set<String> = []
  /// The member that takes all that is left, once there is one.
  private var open: Member?

  /// A `<match>` and, in a `<use>`, the names it can speak of.
  struct MatchNode {
    var node: Node
    var use: Node?
  }

  struct RuleNode {
    var node: Node
    var use: Node?
    /// Code of the rule when it names none.
    var code: UInt64?
  }

  /// A `<length>` or `<count>` whose member is still to come.
  struct Pending {
    var target: String
    var node: Node
    /// Its name as a member.
    var name: String
    var computation: IntegerShape.Computed
    var use: Node?
  }

  init(resolver: Resolver, body: String, context: Resolver.BodyContext) {
    self.resolver = resolver
    self.body = body
    self.context = context
    if let index = context.body, let lost = resolver.losses.members[index] { ownLosses = lost }
  }

  var diagnostics: Diagnostics { resolver.diagnostics }

  mutating func resolve(_ nodes: [Node]) {
    later = Set(nodes.flatMap { Self.names(in: $0) })
    for node in nodes { resolve(node) }
    // Those of a used struct have been refused where the struct is.
    for entry in pending where entry.use == nil {
      if names[entry.target] != nil || !ownLosses.contains(entry.target) { refuseTarget(entry) }
    }
  }

  /// Names of the members that a node makes.
  private static func names(in node: Node) -> [String] {
    if node.name == "bits" { return node.children.compactMap { $0["name"] } }
    return ["rule", "sample", "match", "allow", "use"].contains(node.name) ? [] : [node["name"]].compactMap { $0 }
  }

  private func refuseTarget(_ entry: Pending) {
    let what = entry.node.name == "count" ? "array" : "field of octets or text"
    let position = entry.node.position(of: "of")
    if let other = names[entry.target] {
      let place = resolver.place(of: other, from: entry.node)
      diagnostics.error(
        position,
        "of=\"\(entry.target)\" (\(place)) is not a later \(what) that nothing else counts")
      return
    }
    let hint = suggestion(for: entry.target, among: names.keys.sorted())
    diagnostics.error(position, "of=\"\(entry.target)\": this body has no later \(what) of that name\(hint)")
  }

  mutating func resolve(_ node: Node) {
    switch node.name {
    case "match":
      matches.append(MatchNode(node: node, use: nil))
      return
    case "rule":
      rules.append(RuleNode(node: node, use: use, code: context.code))
      return
    case "sample", "doc", "allow": return
    default: break
    }
    for name in Self.names(in: node) { later.remove(name) }
    if let open {
      let position = (use ?? node).position
      diagnostics.error(position, "nothing can follow '\(open.name)', which takes all that is left of its container")
      self.open = nil
    }
    guard node.isSound else {
      lose(node)
      return
    }
    resolveMember(node)
  }

  private mutating func resolveMember(_ node: Node) {
    switch node.name {
    case "field": add(field(node), node)
    case "tag":
      if refuseSecond(node, isFirst: tagIndex == nil) { return }
      tagIndex = members.count
      add(tag(node), node)
    case "length":
      if isHeader {
        if refuseSecond(node, isFirst: lengthIndex == nil) { return }
        lengthIndex = members.count
        add(tag(node), node)
      } else {
        length(node)
      }
    case "count": count(node)
    case "bits": bits(node)
    case "reserved": members.append(reserved(node))
    case "array": add(array(node), node)
    case "list": add(list(node), node)
    case "use": use(node)
    default: break
    }
  }

  /// A header has one tag and one length.
  private func refuseSecond(_ node: Node, isFirst: Bool) -> Bool {
    if !isFirst { diagnostics.error(node.position, "a second <\(node.name)> in <header>; there is one in each") }
    return !isFirst
  }

  /// Notes that a node's names are missing for a reason that has been reported.
  mutating func lose(_ node: Node) { ownLosses.insert(node) }

  mutating func add(_ member: Member?, _ node: Node) {
    guard let member else {
      lose(node)
      return
    }
    guard claim(member.name, node) else { return }
    members.append(member)
    resolver.document("\(body).\(member.name)", node)
    if open == nil, resolver.sizes.takesTheRest(member) { open = member }
  }

  /// Names that generated types have for themselves.
  private static let generatedNames: Set = ["encodedSize", "hash", "hashValue", "definition", "wireName"]

  /// Takes a name within the body.
  mutating func claim(_ name: String, _ node: Node) -> Bool {
    let place = use ?? node
    let position = use?.position(of: "struct") ?? node.position(of: "name")
    if let other = names[name] {
      diagnostics.error(
        position, "a second member '\(name)'; the first is in \(resolver.place(of: other, from: place))")
      return false
    }
    names[name] = place
    if let reason = reservation(of: name), use == nil || name == "message" {
      diagnostics.error(position, "'\(name)' is \(reason); choose another name")
    }
    return true
  }

  private func reservation(of name: String) -> String? {
    if Resolver.expressionWords.contains(name) { return "a word of the expressions" }
    if Self.generatedNames.contains(name) { return "what generated types have for themselves" }
    if name == "message", context.isMessage { return "the key of a message's name in JSON" }
    if name == "reserved" { return "what reserved octets are called in paths" }
    if isHeader, name == "padding" { return "what padding is called in paths" }
    return nil
  }

  func code(_ node: Node) -> UInt64? { resolver.errorCode(node, "error", inherited: context.code) }

  func isLittleEndian(_ node: Node) -> Bool {
    node["byteOrder"].map { $0 == "little" } ?? resolver.littleEndianFiles.contains(node.position.file)
  }

  func expression(_ node: Node, _ attribute: String, _ use: ExpressionUse) -> WireExpression? {
    guard let text = node[attribute] else { return nil }
    let scope = ExpressionScope(
      own: members, definition: resolver.definition, later: later, losses: resolver.losses, ownLosses: ownLosses)
    do throws(ExpressionFault) {
      return try ExpressionChecker.check(text, scope, use)
    } catch {
      if !error.isEcho {
        diagnostics.error(node.position(of: attribute, at: error.offset), error.message)
      }
      return nil
    }
  }

  func make(_ node: Node, _ kind: MemberKind) -> Member {
    let name = node["name"] ?? ""
    // Of a <length>, unit= is a number of octets.
    return Member(
      name: name, label: node["label"] ?? name, unit: node.name == "length" ? nil : node["unit"], kind: kind,
      condition: expression(node, "when", .when), code: code(node), isWarning: node["severity"] == "warning")
  }

  /// Says of attributes that they mean nothing here.
  func refuse(_ node: Node, _ attributes: [String], on what: String) {
    for name in attributes where node[name] != nil {
      diagnostics.error(node.position(of: name), "'\(name)' means nothing on \(what); leave it out")
    }
  }

  /// Says so when there is nothing that an `error` or a `severity` could be about.
  func refuseJudgement(_ node: Node, on what: String) {
    if node["error"] != nil {
      diagnostics.error(
        node.position(of: "error"),
        "'error' is for what is wrong with a value, and nothing can be with \(what); octets that are missing earn the code "
          + "of the body")
    }
    refuseWarning(node, on: what)
  }

  func refuseWarning(_ node: Node, on what: String) {
    if node["severity"] == "warning" {
      diagnostics.error(
        node.position(of: "severity"), "'severity' is for checks of a value, and there are none on \(what)")
    }
  }
}

// MARK: - Fields

extension MemberResolver {
  private mutating func field(_ node: Node) -> Member? {
    guard let type = node["type"] else { return nil }
    switch type {
    case "ipv4": return address(node, .ipv4)
    case "ipv6": return address(node, .ipv6)
    case "mac": return address(node, .mac)
    case "octets", "text": return sized(node, isText: type == "text")
    default: break
    }
    if let shape = integer(type, node) {
      refuse(node, ["size", "encoding", "invalid", "nul"], on: "a number")
      if node["when"] != nil, node["default"] != nil {
        diagnostics.error(node.position(of: "default"), "a member with when= is absent by default; leave 'default' out")
      }
      return make(node, .integer(shape))
    }
    return structure(node, type)
  }

  private func address(_ node: Node, _ kind: MemberKind) -> Member {
    refuse(
      node, ["size", "min", "max", "const", "default", "unit", "encoding", "invalid", "nul", "byteOrder"],
      on: "an address")
    refuseJudgement(node, on: "an address")
    return make(node, kind)
  }

  private func structure(_ node: Node, _ type: String) -> Member? {
    guard let declared = resolver.types[type] else {
      refuseType(type, node)
      return nil
    }
    guard case .body(let index) = declared.kind, declared.node.name == "struct" else {
      if case .codes = declared.kind { return nil }  // said by integer()
      diagnostics.error(
        node.position(of: "type"),
        "'\(type)' is a <\(declared.node.name)>; a field's type is a number, an address, octets, text, <codes> or <struct>")
      return nil
    }
    refuse(
      node, ["size", "min", "max", "const", "default", "unit", "encoding", "invalid", "nul", "byteOrder"],
      on: "a struct")
    refuseJudgement(node, on: "a struct as such; its members have their own codes")
    guard resolver.isDefined(index, neededBy: node, "type") else { return nil }
    return make(node, .structure(index))
  }

  private func refuseType(_ type: String, _ node: Node) {
    if resolver.losses.types.contains(type) { return }
    let known = resolver.types.filter { ["codes", "struct"].contains($0.value.node.name) }.keys.sorted()
    let builtIn = ValueGrammar.unsignedTypes + ValueGrammar.signedTypes + ["ipv4", "ipv6", "mac", "octets", "text"]
    diagnostics.error(
      node.position(of: "type"), "there is no type '\(type)'\(suggestion(for: type, among: known + builtIn))")
  }

  private mutating func sizedTarget(_ node: Node) -> Pending? {
    guard let index = pending.firstIndex(where: { $0.target == node["name"] && $0.node.name == "length" }) else {
      return nil
    }
    return pending.remove(at: index)
  }

  private mutating func sized(_ node: Node, isText: Bool) -> Member? {
    refuse(node, ["const", "default", "unit", "byteOrder"], on: "octets and text")
    if !isText { refuse(node, ["encoding", "invalid", "nul"], on: "octets") }
    guard let extent = extent(node) else { return nil }
    let limits = bounds(node)
    if case .fixed = extent {
      refuse(node, ["min", "max"], on: "a field whose size is a number")
      if !isText || node["invalid"] == "keep" && node["nul"] != "error" {
        refuseJudgement(node, on: "octets of fixed number")
      }
    } else if limits.low == 0, limits.high == nil, !isText || node["invalid"] == "keep" && node["nul"] != "error" {
      refuseJudgement(node, on: "octets without min= and max=")
    }
    guard isText else { return make(node, .octets(OctetsShape(extent, minimum: limits.low, maximum: limits.high))) }
    return make(
      node,
      .text(
        TextShape(
          extent, minimum: limits.low, maximum: limits.high, keepsInvalid: node["invalid"] == "keep",
          refusesNUL: node["nul"] == "error")))
  }

  /// Bounds of a count of octets or values.
  func bounds(_ node: Node) -> (low: Int, high: Int?) {
    let low = resolver.number(node, "min", in: 0...UInt64(UInt32.max)) ?? 0
    let high = resolver.number(node, "max", in: 0...UInt64(UInt32.max))
    for name in ["min", "max"] where node[name]?.first == "-" {
      diagnostics.error(node.position(of: name), "\(name)=\"\(node[name] ?? "")\": a count is not negative")
    }
    if let high, high < low {
      diagnostics.error(node.position(of: "max"), "max=\"\(high)\" is below min=\"\(low)\"")
    }
    return (Int(low), high.map { Int($0) })
  }

  /// From size=, or from a `<length>` before that names this field.
  private mutating func extent(_ node: Node) -> Extent? {
    if let length = sizedTarget(node) {
      if node["size"] != nil {
        diagnostics.error(
          node.position(of: "size"),
          "the size is what '\(length.name)' (\(resolver.place(of: length.node, from: node))) says; leave size= out")
      }
      guard case .size(_, let unit, let plus) = length.computation else { return nil }
      var result = WireExpression.path([length.name])
      if unit != 1 { result = .binary(.multiply, result, .number(Int128(unit))) }
      if plus != 0 { result = .binary(.subtract, result, .number(Int128(plus))) }
      return .expression(result)
    }
    guard let text = node["size"] else {
      // Perhaps a <length> that could not be resolved says it.
      if !ownLosses.counted.contains(node["name"] ?? "") {
        diagnostics.error(
          node.position, "octets and text need size=: a number, \"rest\" or an expression; or a <length> of them before")
      }
      return nil
    }
    if text == "rest" { return .rest }
    if let number = parseNumber(text) {
      guard (1...UInt64(Resolver.maximumFixedSize)).contains(number) else {
        diagnostics.error(
          node.position(of: "size"), "size=\"\(text)\": must be from 1 to \(Resolver.maximumFixedSize)")
        return nil
      }
      return .fixed(Int(number))
    }
    return expression(node, "size", .size).map { .expression($0) }
  }
}
