import WireText

/// Looks up every name of a loaded schema, works out sizes and codes, and checks what the grammar cannot.
public final class Resolver: ExpressionWorld {
  let diagnostics: Diagnostics
  var definition = ProtocolDefinition(name: "")
  var documentation: [String: ResolvedSchema.Documentation] = [:]
  var classifications: [Int: ResolvedSchema.Classification] = [:]
  var samples: [ResolvedSchema.Sample] = []
  var addedElements: [ResolvedSchema.AddedElement] = []

  /// Every type's name, what it is, and where it is declared.
  var types: [String: Declaration] = [:]
  /// Names of generated types that no declaration has: what each is, and where it comes from.
  var generated: [String: (what: String, node: Node)] = [:]
  /// What could not be resolved and has been reported.
  var losses = Losses()
  /// By index in `definition.bodies`.
  var bodyStates: [BodyState] = []
  private var definitionsUnderWay = 0
  private let knownSizes = Sizes.Known()
  /// Arrays of structs, and lists: what is asked of them when all bodies are there.
  var containments: [Containment] = []
  /// Bodies in which, or in what they need, something is wrong.
  var faultyBodies: Set<Int> = []
  /// Bodies that have their members, in that order; their rules come later, when all bodies have theirs.
  private var unfinished: [(index: Int, members: MemberResolver)] = []
  /// Rules in which something is wrong.
  var faultyRules: Set<ObjectIdentifier> = []
  /// Bodies of elements whose errors have another code in some list.
  var judgedBodies: Set<Int> = []
  /// Code of an error that nothing nearer names.
  var defaultCode: UInt64?
  /// The protocol's own error codes by name.
  var errorValues: [String: UInt64] = [:]
  /// Files whose numbers are little-endian.
  var littleEndianFiles: Set<String> = []
  /// The family that the element of a `<tlv>` belongs to.
  var elementFamilies: [ObjectIdentifier: Int] = [:]
  /// Codes taken in each family, for an extension to respect.
  var elementSpaces: [ElementSpace: CodeSpace] = [:]
  /// What elements need to know of the header of their family.
  var headers: [Int: FamilyHeader] = [:]
  /// Bits taken in each set, likewise.
  var flagSpaces: [Int: CodeSpace] = [:]
  /// For each family, where in its `elements` each is.
  var elementPlaces: [[String: Int]] = []
  /// Limits of messages that the root gives.
  var rootLimits: Node?

  struct Declaration {
    enum Kind {
      case codes(Int)
      case flags(Int)
      case body(Int)
      case family(Int)
    }
    var kind: Kind
    var node: Node
  }

  /// How far a body has been resolved; bodies refer to each other in any order.
  enum BodyState {
    case declared(Node, BodyContext)
    case underWay(Node)
    case done
  }

  /// What a body inherits from around it.
  struct BodyContext {
    /// Code of errors in it that nothing nearer names.
    var code: UInt64?
    /// What it is, and where its type stands: "message", "struct", "tlv" or "header".
    var kind: String
    /// Index in `definition.bodies`; nil for a header.
    var body: Int?

    /// Whether errors in it may have the code of an `<allow>`: in an element, and in the cases of its choices.
    var isOfElement = false

    var isMessage: Bool { kind == "message" }
  }

  private init(diagnostics: Diagnostics) { self.diagnostics = diagnostics }

  /// - Returns: nil when there were errors; `diagnostics` has them.
  public static func resolve(_ schema: LoadedSchema, diagnostics: Diagnostics) -> ResolvedSchema? {
    // Names that are not there because a file is not, or because the language is another, say nothing.
    guard schema.isComplete, schema.root["language"] == "1" else { return nil }
    let resolver = Resolver(diagnostics: diagnostics)
    var addition: ResolvedSchema.Addition?
    if schema.root.name == "extension" {
      guard let base = schema.base.first else { return nil }
      resolver.addProtocol(base)
      addition = resolver.addExtension(schema)
    } else {
      resolver.addProtocol(schema)
    }
    guard !diagnostics.hasErrors else { return nil }
    resolver.forgetInheritance()
    return ResolvedSchema(
      definition: resolver.definition, documentation: resolver.documentation,
      classifications: resolver.classifications, samples: resolver.samples, files: schema.files, addition: addition)
  }

  /// Only where some list gives errors another code does it matter which members have none of their own.
  private func forgetInheritance() {
    var judged = judgedBodies
    var open = Array(judged)
    while let index = open.popLast() {
      for case .choice(let choice) in definition.bodies[index].members.map(\.kind) {
        open += choice.allCases.compactMap(\.body).filter { judged.insert($0).inserted }
      }
    }
    for index in definition.bodies.indices where !judged.contains(index) {
      definition.bodies[index].members = definition.bodies[index].members.map(\.withoutInheritance)
      for rule in definition.bodies[index].rules.indices { definition.bodies[index].rules[rule].inheritsCode = false }
    }
  }

  private func addProtocol(_ schema: LoadedSchema) {
    let root = schema.root
    definition.name = root["name"] ?? ""
    for file in [root] + schema.included where file["byteOrder"] == "little" {
      littleEndianFiles.insert(file.position.file)
    }
    rootLimits = root
    document(definition.name, root)
    reserveTypeName("\(definition.name)Protocol", "the enum of what all types of \(definition.name) share", root)
    for file in [root] + schema.included { for node in file.refused { losses.types.insert(node) } }
    declare(schema.declarations)
    resolveErrorCodes(root)
    define(schema.declarations)
    let kinds: Set = ["message", "struct", "codes", "flags", "tlvs"]
    if root.refused.isEmpty, !schema.declarations.contains(where: { kinds.contains($0.name) }) {
      diagnostics.error(root.position, "the schema describes nothing; it needs a <message>, <struct> or <codes>")
    }
  }

  private func addExtension(_ schema: LoadedSchema) -> ResolvedSchema.Addition {
    let root = schema.root
    if littleEndianFiles.contains(schema.base[0].root.position.file) {
      littleEndianFiles.insert(root.position.file)
    }
    let (codes, bodies) = (definition.codes.count, definition.bodies.count)
    let name = root["name"] ?? ""
    if name == definition.name {
      diagnostics.error(root.position(of: "name"), "'\(name)' is the protocol that is extended; choose another name")
    } else {
      reserveTypeName(name, "the enum of what the extension has", root)
    }
    document(name, root)
    for node in root.refused { losses.types.insert(node) }
    samples = []
    declare(schema.declarations)
    define(schema.declarations)
    if root.refused.isEmpty, schema.declarations.allSatisfy({ $0.name == "doc" }) {
      diagnostics.error(root.position, "the extension adds nothing; it needs an <extend>, <struct> or <codes>")
    }
    return ResolvedSchema.Addition(
      name: name, base: root["of"] ?? "", codes: codes..<definition.codes.count,
      bodies: bodies..<definition.bodies.count, elements: addedElements)
  }

  private func resolveErrorCodes(_ root: Node) {
    // The codes themselves are needed before anything that names an error.
    for index in definition.codes.indices {
      if let node = types[definition.codes[index].name]?.node, node.name == "codes" { defineCodes(node, index) }
    }
    if let name = root["errors"] { chooseErrorCodes(name, root) }
    defaultCode = errorCode(root, "error", inherited: nil)
  }

  private func chooseErrorCodes(_ name: String, _ root: Node) {
    guard case .codes(let index)? = types[name]?.kind, types[name]?.node.name == "codes" else {
      if losses.types.contains(name) { return }
      let known = types.filter { $0.value.node.name == "codes" }.keys.sorted()
      diagnostics.error(
        root.position(of: "errors"), "there are no <codes> named '\(name)'\(suggestion(for: name, among: known))")
      return
    }
    definition.errorCodes = index
    let codes = definition.codes[index]
    errorValues = Dictionary(codes.codes.map { ($0.name, $0.value) }) { first, _ in first }
    if codes.bits > 32 {
      diagnostics.error(
        root.position(of: "errors"), "'\(name)' has \(codes.bits) bits; error codes have at most 32")
    }
  }

  func document(_ key: String, _ node: Node) {
    documentation[key] = ResolvedSchema.Documentation(
      text: node.documentation, reference: node["spec"], since: node["since"], deprecated: node["deprecated"],
      position: node.position)
  }

  /// The protocol code an attribute names, or the inherited one when it is not there.
  func errorCode(_ node: Node, _ attribute: String, inherited: UInt64?) -> UInt64? {
    guard let name = node[attribute] else { return inherited }
    guard let index = definition.errorCodes else {
      // A root whose errors= leads nowhere has been told so.
      if rootLimits?["errors"] == nil {
        diagnostics.error(
          node.position(of: attribute), "the protocol has no error codes; name them with errors= on <protocol>")
      }
      return inherited
    }
    if let value = errorValues[name] { return value }
    if losses.codes[index]?.contains(name) != true, node.isSound {
      let codes = definition.codes[index]
      let hint = suggestion(for: name, among: codes.codes.map(\.name))
      diagnostics.error(node.position(of: attribute), "<codes name=\"\(codes.name)\"> has no '\(name)'\(hint)")
    }
    return inherited
  }

  /// A number attribute, within bounds.
  func number(_ node: Node, _ attribute: String, in bounds: ClosedRange<UInt64>) -> UInt64? {
    guard let text = node[attribute], let value = parseNumber(text) else { return nil }
    guard bounds.contains(value) else {
      diagnostics.error(
        node.position(of: attribute),
        "\(attribute)=\"\(text)\": must be from \(bounds.lowerBound) to \(bounds.upperBound)")
      return nil
    }
    return value
  }

  /// Where another node is, as read from this one: its line, with the file when that is another.
  func place(of other: Node, from node: Node) -> String {
    other.position.file == node.position.file ? "line \(other.position.line)" : "\(other.position)"
  }
}

// MARK: - Declaring: every type gets its index before anything refers to one.

extension Resolver {
  private func declare(_ nodes: [Node]) {
    for node in nodes where node.name == "direction" { declareDirection(node) }
    for node in nodes {
      switch node.name {
      case "codes": declareType(node["name"], node) { .codes(self.appendCodes($0)) }
      case "flags": declareType(node["name"], node) { .flags(self.appendFlags($0)) }
      case "struct", "message":
        declareType(node["name"], node) { .body(self.appendBody($0, node, kind: node.name)) }
      case "tlvs": declareFamily(node)
      default: break
      }
    }
  }

  private func declareDirection(_ node: Node) {
    guard let name = node["name"] else { return }
    if !node.isSound { losses.directions.insert(name) }
    let key = "direction.\(name)"
    if let other = documentation[key], definition.directions.contains(name) {
      let line = other.position.file == node.position.file ? "line \(other.position.line)" : "\(other.position)"
      diagnostics.error(node.position(of: "name"), "a second <direction name=\"\(name)\">; the first is in \(line)")
      return
    }
    definition.directions.append(name)
    document(key, node)
    if node.isSound { declarePorts(node, definition.directions.count - 1) }
    let type = definition.name + name.prefix(1).uppercased() + name.dropFirst()
    reserveTypeName(type, "the enum of the messages of direction '\(name)'", node)
  }

  private func declarePorts(_ node: Node, _ direction: Int) {
    var seen: Set<Substring> = []
    for text in (node["port"] ?? "").split(separator: " ") {
      if !seen.insert(text).inserted {
        diagnostics.error(node.position(of: "port"), "port=\"\(node["port"] ?? "")\" has \(text) twice")
      }
      let parts = text.split(separator: "/")
      guard let transport = PortDefinition.Transport(rawValue: String(parts[0])), let number = UInt16(parts[1]) else { continue }
      definition.ports.append(PortDefinition(direction: direction, transport: transport, number: number))
    }
  }

  /// Takes a name for a type that is generated without a declaration of its own.
  private func reserveTypeName(_ name: String, _ what: String, _ node: Node) {
    if let other = types[name]?.node ?? generated[name]?.node {
      diagnostics.error(
        node.position(of: "name"), "\(what) would be named '\(name)', which is taken in \(place(of: other, from: node))")
    }
    generated[name] = (what, node)
  }

  /// Notes a type, or says where another of its name is.
  func declareType(_ name: String?, _ node: Node, _ kind: (String) -> Declaration.Kind) {
    guard let name else { return }
    let position = node.position(of: "name")
    if let other = types[name]?.node {
      let from = place(of: other, from: node)
      diagnostics.error(
        position,
        node["name"] == name && other["name"] == name
          ? "'\(name)' is declared a second time; the first is in \(from)"
          : "the type '\(name)' would be made a second time; the first comes from \(from)")
      return
    }
    if let (what, other) = generated[name] {
      diagnostics.error(position, "'\(name)' is the name of \(what) (\(place(of: other, from: node))); choose another")
    } else if SwiftTypes.names.contains(name) {
      diagnostics.error(position, "'\(name)' is a type that generated code uses; choose another name")
    }
    types[name] = Declaration(kind: kind(name), node: node)
    document(name, node)
  }

  private func appendCodes(_ name: String) -> Int {
    definition.codes.append(CodesDefinition(name: name, bits: 8, isOpen: true, codes: []))
    return definition.codes.count - 1
  }

  private func appendFlags(_ name: String) -> Int {
    definition.flags.append(FlagsDefinition(name: name, bits: 8, isOpen: true, flags: []))
    return definition.flags.count - 1
  }

  func appendBody(_ name: String, _ node: Node, kind: String) -> Int {
    let index = definition.bodies.count
    definition.bodies.append(BodyDefinition(name: name, members: []))
    bodyStates.append(.declared(node, BodyContext(code: nil, kind: kind, body: index, isOfElement: kind == "tlv")))
    if kind == "message" { definition.messages.append(index) }
    return index
  }

  /// The members of a case of a choice.
  func appendCase(_ name: String, _ node: Node, code: UInt64?, isOfElement: Bool) -> Int {
    let index = appendBody(name, node, kind: "case")
    bodyStates[index] = .declared(node, BodyContext(code: code, kind: "case", body: index, isOfElement: isOfElement))
    return index
  }

  private func declareFamily(_ node: Node) {
    guard let name = node["name"] else { return }
    let index = definition.families.count
    declareType(name, node) { _ in .family(index) }
    guard types[name]?.node === node else { return }
    definition.families.append(
      FamilyDefinition(name: name, header: [], tag: 0, length: 0, unknown: [], elements: [], codes: 0))
    elementPlaces.append([:])
    reserveTypeName("\(definition.name)\(name)", "what the elements of '\(name)' share", node)
    declareType("\(name)Code", node) { .codes(self.appendCodes($0)) }
    if case .codes(let codes)? = types["\(name)Code"]?.kind { definition.families[index].codes = codes }
    for tlv in node.children("tlv") { declareElement(tlv, family: index) }
    for lost in node.refused { losses.elements[index, default: .init()].insert(lost) }
  }

  /// The body of an element gets a type name of its own: FilterOption.
  func declareElement(_ tlv: Node, family: Int) {
    guard let name = tlv["name"] else {
      losses.elements[family, default: .init()].open()
      return
    }
    if let other = elementPlaces[family][name] {
      let node = types[definition.bodies[definition.families[family].elements[other].body].name]?.node ?? tlv
      diagnostics.error(
        tlv.position(of: "name"), "a second element '\(name)'; the first is in \(place(of: node, from: tlv))")
      return
    }
    let typeName = name.prefix(1).uppercased() + name.dropFirst() + definition.families[family].name
    declareType(typeName, tlv) { .body(self.appendBody($0, tlv, kind: "tlv")) }
    guard case .body(let body)? = types[typeName]?.kind, types[typeName]?.node === tlv else {
      losses.elements[family, default: .init()].insert(name)
      return
    }
    elementFamilies[ObjectIdentifier(tlv)] = family
    elementPlaces[family][name] = definition.families[family].elements.count
    definition.families[family].elements.append(
      FamilyDefinition.Element(name: name, label: tlv["label"] ?? name, tag: 0, body: body, code: nil))
  }
}

// MARK: - Defining: what the types are.

extension Resolver {
  private func define(_ nodes: [Node]) {
    for node in nodes where node.name == "codes" {
      // Those of a protocol are there already; those of an extension are not.
      guard let declared = types[node["name"] ?? ""], declared.node === node, case .codes(let index) = declared.kind
      else { continue }
      if definition.codes[index].codes.isEmpty, losses.codes[index] == nil { defineCodes(node, index) }
    }
    for node in nodes where node.name == "flags" {
      guard let declared = types[node["name"] ?? ""], declared.node === node, case .flags(let index) = declared.kind
      else { continue }
      defineFlags(node, index)
    }
    for node in nodes where node.name == "tlvs" {
      guard let declared = types[node["name"] ?? ""], declared.node === node, case .family(let index) = declared.kind
      else { continue }
      defineFamily(node, index)
    }
    for node in nodes where node.name == "extend" { declareAdditions(node) }
    for index in definition.bodies.indices { defineBody(index) }
    for node in nodes where node.name == "extend" { resolveUses(node) }
    for (index, members) in unfinished { finishBody(index, members) }
    unfinished = []
    checkArrays()
    checkRecursion()
    defineFramings(nodes)
    checkChecksums()
    checkChoice()
    defineSamples(nodes)
  }

  /// Resolves a body, once; a body within itself is refused.
  func defineBody(_ index: Int) {
    guard case .declared(let node, var context) = bodyStates[index] else { return }
    bodyStates[index] = .underWay(node)
    let diagnosticsBefore = diagnostics.all.count
    if context.kind != "case" { context.code = inheritedCode(of: node) }
    definition.bodies[index].code = context.code
    for lost in node.refused { losses.members[index, default: .init()].insert(lost) }
    var resolver = MemberResolver(resolver: self, body: definition.bodies[index].name, context: context)
    if let family = elementFamilies[ObjectIdentifier(node)] {
      if definition.families[family].headerIsInBody {
        resolver.takeHeader(family, of: node)
        definition.bodies[index].headerCount = resolver.members.count
      } else {
        resolver.refuseMatches(family, of: node)
      }
    }
    resolver.resolve(node.children.filter { $0.name != "match" || context.isMessage })
    definition.bodies[index].members = resolver.members
    if context.isMessage {
      definition.bodies[index].message = messageTraits(node, &resolver, context)
      definition.bodies[index].members = resolver.members
    }
    unfinished.append((index, resolver))
    if !resolver.ownLosses.isEmpty { losses.members[index] = resolver.ownLosses }
    checkNesting(index, node)
    let isWhole = node.isSound && losses.members[index] == nil && diagnostics.all.count == diagnosticsBefore
    if !isWhole { faultyBodies.insert(index) }
    bodyStates[index] = .done
  }

  /// What of a body may read every other: when elements must be there, and rules.
  private func finishBody(_ index: Int, _ members: MemberResolver) {
    var resolver = members
    resolver.members = definition.bodies[index].members
    resolver.resolveRequirements()
    definition.bodies[index].members = resolver.members
    let (rules, early) = resolver.resolveRules()
    definition.bodies[index].rules = rules
    definition.bodies[index].message?.earlyRules = early
    definition.bodies[index].derived = resolver.resolveDerived()
  }

  /// Bodies that are in a body: structs, cases of choices and elements.
  func parts(of index: Int) -> [Int] {
    definition.bodies[index].members.flatMap { parts(of: $0) }
  }

  private func parts(of member: Member) -> [Int] {
    switch member.kind {
    case .structure(let index): [index]
    case .array(let shape): parts(of: shape.element)
    case .choice(let shape): shape.allCases.compactMap(\.body)
    case .list(let shape): shape.allowed.map { definition.families[shape.family].elements[$0.element].body }
    case .integer, .bits, .reserved, .reservedRest, .ipv4, .ipv6, .mac, .octets, .text: []
    }
  }

  /// A body that another needs: resolved now when it has not been yet.
  ///
  /// - Returns: false when it is the one under way, or contains that one.
  func isDefined(_ index: Int, neededBy node: Node, _ attribute: String) -> Bool {
    if case .underWay = bodyStates[index] {
      diagnostics.error(
        node.position(of: attribute),
        "'\(definition.bodies[index].name)' contains itself without end; let an <array> or a <list> hold what it contains")
      return false
    }
    // Far beyond what is allowed: no schema exhausts the stack.
    if case .declared = bodyStates[index], definitionsUnderWay > Self.maximumNesting {
      diagnostics.error(node.position(of: attribute), "structs are nested deeper than \(Self.maximumNesting) here")
      return false
    }
    definitionsUnderWay += 1
    defineBody(index)
    definitionsUnderWay -= 1
    return true
  }

  func prepare(body index: Int) -> Bool {
    if case .underWay = bodyStates[index] { return false }
    defineBody(index)
    return true
  }

  /// How large bodies are that have been resolved.
  var sizes: Sizes { Sizes(definition, known: knownSizes) }

  /// Most structs within each other; decoders go no deeper either.
  static let maximumNesting = 16
  /// Most octets of a body of fixed size.
  static let maximumFixedSize = 1 << 24

  private func checkNesting(_ index: Int, _ node: Node) {
    if node.name == "struct", node["maxDepth"] != nil {
      definition.bodies[index].maximumDepth = Int(number(node, "maxDepth", in: 1...64) ?? 1)
    }
    let depth = sizes.depth(ofBody: index)
    if depth > Self.maximumNesting {
      // Said once: what contains this one is deeper still. It is emptied, so that nobody follows it down.
      if depth == Self.maximumNesting + 1 {
        diagnostics.error(node.position, "structs are nested deeper than \(Self.maximumNesting) here")
      }
      definition.bodies[index].members = []
      losses.members[index, default: .init()].open()
    } else if let size = sizes.fixed(ofBody: index), size > Self.maximumFixedSize {
      diagnostics.error(node.position, "'\(definition.bodies[index].name)' has more than \(Self.maximumFixedSize) octets")
    }
  }

  /// Code of errors in a body that nothing in it names: its own, its family's, the protocol's.
  private func inheritedCode(of node: Node) -> UInt64? {
    let family = elementFamilies[ObjectIdentifier(node)]
    let inherited = family.flatMap { definition.families[$0].code } ?? defaultCode
    return errorCode(node, "error", inherited: inherited)
  }
}

/// Types of Swift and of Wire that generated code names; a type of a schema must not hide them.
enum SwiftTypes {
  static let names: Set = [
    "Int", "Int8", "Int16", "Int32", "Int64", "Int128", "UInt", "UInt8", "UInt16", "UInt32", "UInt64", "UInt128", "Bool",
    "String", "StaticString", "Array", "ArraySlice", "Optional", "Void", "Sendable", "Hashable", "Hasher", "Equatable",
    "RawRepresentable", "CaseIterable", "CustomStringConvertible", "Span", "RawSpan", "OutputRawSpan", "Swift",
    "IPv4Address", "IPv6Address", "MACAddress", "Octets", "WireString", "Wire", "WireBody", "WireMessages",
    "WireDefinition", "WireLayout", "WireError", "WirePath", "ProtocolCode", "CodeRegistration", "KeptElement",
    "ElementOrder", "ElementRange", "FixedLayout", "Borrowed", "Check", "Occurrence", "Layout", "Known", "Errors",
    "WireDate", "Duration", "OptionSet", "Frame", "MessageBound", "ExtensionRegistry", "ExtensionClash",
  ]
}

extension Member {
  /// The same with its code as it is, whatever an `<allow>` says.
  fileprivate var withoutInheritance: Member {
    var copy = self
    copy.inheritsCode = false
    switch kind {
    case .bits(let octets, let isLittle, let group):
      copy.kind = .bits(octets: octets, isLittleEndian: isLittle, members: group.map(\.withoutInheritance))
    case .array(var shape):
      shape.element.inheritsCode = false
      copy.kind = .array(shape)
    default: break
    }
    return copy
  }
}
