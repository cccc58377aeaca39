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
  /// In document order, likewise.
  var derived: [RuleNode] = []
  var tagIndex: Int?
  var tagName: String?
  /// Of a header: the extra tag and what it is where it is absent, and the operation.
  var extraTag: (name: String, standard: UInt64)?
  var operation: String?
  private(set) var lengthIndex: Int?
  /// Members computed from one that is still to come.
  var pending: [Pending] = []
  /// Names taken, and what takes each.
  var names: [String: Node] = [:]
  /// The `requiredWhen` of lists, which are read once all is there.
  var requirements: [Requirement] = []
  /// Types that are nested in the body's: what each is, by name.
  var nestedTypes: [NestedType] = []
  /// Names of members that could not be resolved.
  var ownLosses = Losses.Names()
  /// The `<use>` whose struct's members are being taken in; the outermost.
  var use: Node?
  /// Names of members still to come, for messages.
  var later: Set<String> = []
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
    /// Code of the rule when it names none, and whether that of the `<allow>` goes before it.
    var code: UInt64?
    var isOfElement: Bool
  }

  /// An `<allow>` that may call for its element.
  struct Requirement {
    var node: Node
    /// Index of the list in the members, and of the element among those it allows.
    var list: Int
    var allowed: Int
  }

  struct NestedType {
    var name: String
    /// What has it: "list" or "choice".
    var what: String
    var node: Node
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
    for type in nestedTypes { refuseHiding(type) }
  }

  /// Names of the members that a node makes.
  private static func names(in node: Node) -> [String] {
    if node.name == "bits" { return node.children.compactMap { $0["name"] } }
    return ["rule", "derive", "sample", "match", "allow", "use"].contains(node.name) ? [] : [node["name"]].compactMap { $0 }
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
      rules.append(RuleNode(node: node, use: use, code: context.code, isOfElement: context.isOfElement))
      return
    case "derive":
      derive(node)
      return
    case "sample", "doc", "allow": return
    default: break
    }
    for name in Self.names(in: node) { later.remove(name) }
    if let open {
      let position = (use ?? node).position
      diagnostics.error(
        position,
        "nothing can follow '\(open.name.isEmpty ? "reserved" : open.name)', which takes all that is left of its container")
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
      (tagIndex, tagName) = (members.count, node["name"])
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
    case "reserved": reserved(node)
    case "array": add(array(node), node)
    case "list": list(node)
    case "use": use(node)
    case "choice": choice(node)
    case "checksum": checksum(node)
    case "extraTag": extraTag(node)
    case "operation": operation(node)
    default: break
    }
    if isHeader, let open {
      let name = open.name.isEmpty ? "reserved" : open.name
      diagnostics.error(node.position, "'\(name)' takes all that is left, but a header ends before the value")
      self.open = nil
    }
  }

  /// A header has one tag and one length.
  func refuseSecond(_ node: Node, isFirst: Bool) -> Bool {
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
    append(member)
    resolver.document("\(body).\(member.name)", node)
  }

  mutating func append(_ member: Member) {
    members.append(member)
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

  /// Whether the code of what a node describes may be that of the `<allow>` of the element it is in.
  func inheritsCode(_ node: Node) -> Bool { context.isOfElement && node["error"] == nil }

  func code(_ node: Node) -> UInt64? { resolver.errorCode(node, "error", inherited: context.code) }

  func isLittleEndian(_ node: Node) -> Bool {
    node["byteOrder"].map { $0 == "little" } ?? resolver.littleEndianFiles.contains(node.position.file)
  }

  func expression(_ node: Node, _ attribute: String, _ use: ExpressionUse) -> WireExpression? {
    let scope = ExpressionScope(
      own: members, world: resolver, later: later, derived: derivedNames, isHeader: isHeader, ownLosses: ownLosses)
    return expression(node, attribute, use, scope)
  }

  /// An expression that reads the members of a scope; nil when there is none, or when it is wrong.
  func expression(
    _ node: Node, _ attribute: String, _ use: ExpressionUse, _ scope: ExpressionScope
  ) -> WireExpression? {
    guard let text = node[attribute] else { return nil }
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
      condition: expression(node, "when", .when), code: code(node), isWarning: node["severity"] == "warning",
      inheritsCode: inheritsCode(node))
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
