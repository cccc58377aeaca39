import WireText

/// Looks up every name of a loaded schema, works out sizes and codes, and checks what the grammar cannot.
public final class Resolver: ExpressionWorld {
  let diagnostics: Diagnostics
  var definition = ProtocolDefinition(name: "")
  var documentation: [String: ResolvedSchema.Documentation] = [:]
  var classifications: [Int: ResolvedSchema.Classification] = [:]
  var samples: [ResolvedSchema.Sample] = []
  var addedElements: [ResolvedSchema.AddedElement] = []
  var addedCodes: [ResolvedSchema.AddedCode] = []
  var addedFlags: [ResolvedSchema.AddedFlag] = []
  var addedUses: [ResolvedSchema.AddedUse] = []
  /// Name of the extension being resolved, when its protocol is another module's; nil for what merges.
  var addition: String?
  /// Index of the first body that is the extension's own, or the schema's.
  var firstOwnBody = 0
  /// What lists allow besides, until all is there that it may ask for.
  var allowances: [Allowance] = []

  /// Every type's name, what it is, and where it is declared.
  var types: [String: Declaration] = [:]
  /// Names of generated types that no declaration has: what each is, and where it comes from.
  var generated: [String: (what: String, node: Node)] = [:]
  /// What could not be resolved and has been reported.
  var losses = Losses()
  /// By index in `definition.bodies`.
  var bodyStates: [BodyState] = []
  var definitionsUnderWay = 0
  let knownSizes = Sizes.Known()
  /// Arrays of structs, and lists: what is asked of them when all bodies are there.
  var containments: [Containment] = []
  /// Bodies in which, or in what they need, something is wrong.
  var faultyBodies: Set<Int> = []
  /// Bodies that have their members, in that order; their rules come later, when all bodies have theirs.
  var unfinished: [(index: Int, members: MemberResolver)] = []
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
  /// Numbers taken in each type of codes, for an extension to respect.
  var codeSpaces: [Int: CodeSpace] = [:]
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
    guard schema.isComplete, schema.chain.allSatisfy({ $0.root["language"] == "1" }) else { return nil }
    let resolver = Resolver(diagnostics: diagnostics)
    guard let addition = resolver.add(schema) else { return nil }
    guard !diagnostics.hasErrors else { return nil }
    resolver.forgetInheritance()
    return ResolvedSchema(
      definition: resolver.definition, documentation: resolver.documentation,
      classifications: resolver.classifications, samples: resolver.samples, files: schema.files, addition: addition.last)
  }

  /// Adds a protocol, or an extension behind what it extends.
  ///
  /// - Returns: what each extension adds, the last one's last; nil when there is nothing to extend.
  private func add(_ schema: LoadedSchema) -> [ResolvedSchema.Addition]? {
    guard schema.root.name == "extension" else {
      addProtocol(schema)
      return []
    }
    guard let base = schema.base.first, let earlier = add(base) else { return nil }
    return earlier + [addExtension(schema)]
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
    if root["byteOrder"] == "little" { littleEndianFiles.formUnion(schema.merged.map(\.position.file)) }
    rootLimits = root
    document(definition.name, root)
    reserveTypeName("\(definition.name)Protocol", "the enum of what all types of \(definition.name) share", root)
    for file in [root] + schema.included + schema.merged { for node in file.refused { losses.types.insert(node) } }
    declare(schema.declarations)
    checkTargets(schema.declarations)
    resolveErrorCodes(root, schema.declarations)
    checkLimits(of: root)
    define(schema.declarations)
    let kinds: Set = ["message", "struct", "codes", "flags", "tlvs"]
    if root.refused.isEmpty, !schema.declarations.contains(where: { kinds.contains($0.name) }) {
      diagnostics.error(root.position, "the schema describes nothing; it needs a <message>, <struct> or <codes>")
    }
  }

  private func addExtension(_ schema: LoadedSchema) -> ResolvedSchema.Addition {
    let root = schema.root
    if littleEndianFiles.contains(schema.base[0].root.position.file) {
      littleEndianFiles.formUnion([root.position.file] + schema.merged.map(\.position.file))
    }
    let (codes, flags, bodies) = (definition.codes.count, definition.flags.count, definition.bodies.count)
    let name = root["name"] ?? ""
    if name == definition.name {
      diagnostics.error(root.position(of: "name"), "'\(name)' is the protocol that is extended; choose another name")
    } else {
      reserveTypeName(name, "the enum of what the extension has", root)
    }
    document(name, root)
    for file in [root] + schema.merged { for node in file.refused { losses.types.insert(node) } }
    (samples, addedElements, addedCodes, addedFlags, addedUses) = ([], [], [], [], [])
    addition = name
    firstOwnBody = bodies
    declare(schema.declarations)
    checkTargets(schema.declarations)
    define(schema.declarations)
    if root.refused.isEmpty, schema.declarations.allSatisfy({ $0.name == "doc" }) {
      diagnostics.error(root.position, "the extension adds nothing; it needs an <extend>, <struct> or <codes>")
    }
    refuseIdleElements(bodies..<definition.bodies.count)
    return ResolvedSchema.Addition(
      name: name, base: root["of"] ?? "", bases: schema.chain.compactMap { $0.root["of"] },
      codes: codes..<definition.codes.count, flags: flags..<definition.flags.count, bodies: bodies..<definition.bodies.count,
      elements: addedElements, addedCodes: addedCodes, addedFlags: addedFlags, addedUses: addedUses)
  }

  private func resolveErrorCodes(_ root: Node, _ nodes: [Node]) {
    // The codes themselves are needed before anything that names an error.
    for index in definition.codes.indices {
      if let node = types[definition.codes[index].name]?.node, node.name == "codes" { defineCodes(node, index) }
    }
    extendCodes(nodes)
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

  /// What `plus` says: octets that a length counts besides, or does not count.
  func lengthPlus(_ node: Node) -> Int {
    guard let text = node["plus"], let value = parseInteger(text) else { return 0 }
    guard (-65535...65535).contains(value) else {
      diagnostics.error(node.position(of: "plus"), "plus=\"\(text)\": must be from -65535 to 65535")
      return 0
    }
    return Int(value)
  }

  /// Where another node is, as read from this one: its line, with the file when that is another.
  func place(of other: Node, from node: Node) -> String {
    other.position.file == node.position.file ? "line \(other.position.line)" : "\(other.position)"
  }
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
