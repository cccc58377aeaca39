import WireText

/// Looks up every name of a loaded schema, works out sizes and codes, and checks what the grammar cannot.
public final class Resolver {
  let diagnostics: Diagnostics
  var definition = ProtocolDefinition(name: "")
  var documentation: [String: ResolvedSchema.Documentation] = [:]
  var classifications: [Int: ResolvedSchema.Classification] = [:]
  var samples: [ResolvedSchema.Sample] = []
  var addedElements: [ResolvedSchema.AddedElement] = []

  /// Every type's name, what it is, and where it is declared.
  var types: [String: Declaration] = [:]
  /// By index in `definition.bodies`.
  var bodyStates: [BodyState] = []
  /// Code of an error that nothing nearer names.
  var defaultCode: UInt64?
  var isLittleEndian = false
  /// The family that the element of a `<tlv>` belongs to.
  var elementFamilies: [ObjectIdentifier: Int] = [:]
  /// Codes taken in each family, for an extension to respect.
  var elementSpaces: [Int: CodeSpace] = [:]
  /// Limits of messages that the root gives.
  var rootLimits: Node?

  struct Declaration {
    enum Kind {
      case codes(Int)
      case body(Int)
      case family(Int)
      /// Generated beside what the schema names: the messages of a direction, what all types share.
      case implied
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
    var isMessage = false
  }

  private init(diagnostics: Diagnostics) { self.diagnostics = diagnostics }

  /// - Returns: nil when there were errors; `diagnostics` has them.
  public static func resolve(_ schema: LoadedSchema, diagnostics: Diagnostics) -> ResolvedSchema? {
    let resolver = Resolver(diagnostics: diagnostics)
    var addition: ResolvedSchema.Addition?
    if schema.root.name == "extension" {
      guard let base = schema.base.first else { return nil }
      resolver.addProtocol(base)
      resolver.samples = []
      addition = resolver.addExtension(schema)
    } else {
      resolver.addProtocol(schema)
    }
    guard !diagnostics.hasErrors else { return nil }
    return ResolvedSchema(
      definition: resolver.definition, documentation: resolver.documentation,
      classifications: resolver.classifications, samples: resolver.samples, files: schema.files, addition: addition)
  }

  private func addProtocol(_ schema: LoadedSchema) {
    let root = schema.root
    checkLanguage(root)
    definition.name = root["name"] ?? ""
    isLittleEndian = root["byteOrder"] == "little"
    rootLimits = root
    document(definition.name, root)
    declare(schema.declarations)
    resolveErrorCodes(root)
    define(schema.declarations)
    if !schema.declarations.contains(where: { $0.name == "message" || $0.name == "struct" || $0.name == "codes" }) {
      diagnostics.error(root.position, "the schema describes nothing; it needs a <message>, <struct> or <codes>")
    }
  }

  private func addExtension(_ schema: LoadedSchema) -> ResolvedSchema.Addition {
    let root = schema.root
    checkLanguage(root)
    let (codes, bodies) = (definition.codes.count, definition.bodies.count)
    let name = root["name"] ?? ""
    document(name, root)
    if name == definition.name {
      diagnostics.error(root.position(of: "name"), "'\(name)' is the protocol that is extended; choose another name")
    }
    declare(schema.declarations)
    define(schema.declarations)
    return ResolvedSchema.Addition(
      name: name, base: root["of"] ?? "", codes: codes..<definition.codes.count,
      bodies: bodies..<definition.bodies.count, elements: addedElements)
  }

  private func checkLanguage(_ root: Node) {
    if let language = root["language"], language != "1" {
      diagnostics.error(
        root.position(of: "language"),
        "language \"\(language)\": this version of wiregen reads language 1; a newer version is needed")
    }
  }

  private func resolveErrorCodes(_ root: Node) {
    if let name = root["errors"] {
      if case .codes(let index)? = types[name]?.kind {
        definition.errorCodes = index
      } else {
        let known = types.filter { if case .codes = $0.value.kind { true } else { false } }.keys
        diagnostics.error(
          root.position(of: "errors"), "there are no <codes> named '\(name)'\(suggestion(for: name, among: known))")
      }
    }
    // The codes themselves are needed before anything that names an error.
    for index in definition.codes.indices {
      if let node = types[definition.codes[index].name]?.node, node.name == "codes" { defineCodes(node, index) }
    }
    defaultCode = errorCode(root, "error", inherited: nil)
  }

  func document(_ key: String, _ node: Node) {
    documentation[key] = ResolvedSchema.Documentation(
      text: node.documentation, reference: node["spec"], position: node.position)
  }

  /// The protocol code an attribute names, or the inherited one when it is not there.
  func errorCode(_ node: Node, _ attribute: String, inherited: UInt64?) -> UInt64? {
    guard let name = node[attribute] else { return inherited }
    guard let index = definition.errorCodes else {
      diagnostics.error(
        node.position(of: attribute), "the protocol has no error codes; name them with errors= on the root")
      return inherited
    }
    let codes = definition.codes[index]
    guard let code = codes.codes.first(where: { $0.name == name }) else {
      let hint = suggestion(for: name, among: codes.codes.map(\.name))
      diagnostics.error(node.position(of: attribute), "<codes name=\"\(codes.name)\"> has no '\(name)'\(hint)")
      return inherited
    }
    return code.value
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
}

/// Types of Swift and of the runtime that generated code names.
enum RuntimeNames {
  static let all: Set = [
    "Bool", "Int", "Int8", "Int16", "Int32", "Int64", "Int128", "UInt8", "UInt16", "UInt32", "UInt64", "UInt128", "String",
    "StaticString", "Array", "Optional", "Result", "Error", "Never", "Void", "Self", "Type", "Protocol", "Any", "Hasher",
    "Hashable", "Sendable", "Range", "RawSpan", "OutputRawSpan", "Borrowed", "Check", "CodeRegistration", "ElementOrder",
    "ElementRange", "FixedLayout", "IPv4Address", "IPv6Address", "KeptElement", "Layout", "MACAddress", "Occurrence",
    "Octets", "ProtocolCode", "View", "WireBody", "WireDefinition", "WireError", "WireLayout", "WireMessages", "WireName",
    "WirePath", "WireString", "CaseIterable", "RawRepresentable", "BitwiseCopyable", "CustomStringConvertible",
  ]
}

// MARK: - Declaring: every type gets its index before anything refers to one.

extension Resolver {
  private func declare(_ nodes: [Node]) {
    // Directions first: the names of their types are taken wherever they stand.
    for node in nodes where node.name == "direction" { declareDirection(node) }
    for node in nodes {
      switch node.name {
      case "codes": declareType(node["name"], node) { .codes(self.appendCodes($0, node)) }
      case "struct", "message":
        declareType(node["name"], node) { .body(self.appendBody($0, node, self.context(of: node))) }
      case "tlvs": declareFamily(node)
      default: break
      }
    }
  }

  private func context(of node: Node) -> BodyContext { BodyContext(code: nil, isMessage: node.name == "message") }

  private func declareDirection(_ node: Node) {
    guard let name = node["name"] else { return }
    if definition.directions.contains(name) {
      diagnostics.error(node.position(of: "name"), "a second <direction name=\"\(name)\">")
    } else {
      definition.directions.append(name)
      document("direction.\(name)", node)
      let messages = definition.name + name.prefix(1).uppercased() + name.dropFirst()
      if types[messages] == nil { types[messages] = Declaration(kind: .implied, node: node) }
    }
  }

  /// Notes a type, or says where another of its name is.
  func declareType(_ name: String?, _ node: Node, _ kind: (String) -> Declaration.Kind) {
    guard let name else { return }
    if RuntimeNames.all.contains(name) || name == "\(definition.name)Protocol" {
      diagnostics.error(node.position(of: "name"), "'\(name)' is a type that generated code needs; choose another name")
      return
    }
    if let other = types[name] {
      let what =
        other.node.name == "direction"
        ? "'\(name)' is the type of the messages of the direction" : "'\(name)' is declared a second time; the first is"
      diagnostics.error(node.position(of: "name"), "\(what) at \(other.node.position)")
      return
    }
    types[name] = Declaration(kind: kind(name), node: node)
    document(name, node)
  }

  private func appendCodes(_ name: String, _ node: Node) -> Int {
    definition.codes.append(CodesDefinition(name: name, bits: 8, isOpen: true, codes: []))
    return definition.codes.count - 1
  }

  func appendBody(_ name: String, _ node: Node, _ context: BodyContext) -> Int {
    definition.bodies.append(BodyDefinition(name: name, members: []))
    bodyStates.append(.declared(node, context))
    if context.isMessage { definition.messages.append(definition.bodies.count - 1) }
    return definition.bodies.count - 1
  }

  private func declareFamily(_ node: Node) {
    guard let name = node["name"] else { return }
    let index = definition.families.count
    declareType(name, node) { _ in .family(index) }
    guard case .family(index)? = types[name]?.kind else { return }
    definition.families.append(
      FamilyDefinition(name: name, header: [], tag: 0, length: 0, unknown: [], elements: [], codes: 0))
    declareType("\(name)Code", node) { .codes(self.appendCodes($0, node)) }
    if case .codes(let codes)? = types["\(name)Code"]?.kind { definition.families[index].codes = codes }
    for tlv in node.children("tlv") { declareElement(tlv, family: index) }
  }

  /// The body of an element gets a type name of its own: FilterOption.
  func declareElement(_ tlv: Node, family: Int) {
    guard let name = tlv["name"] else { return }
    let typeName = name.prefix(1).uppercased() + name.dropFirst() + definition.families[family].name
    declareType(typeName, tlv) { .body(self.appendBody($0, tlv, BodyContext(code: nil))) }
    guard case .body(let body)? = types[typeName]?.kind, types[typeName]?.node === tlv else { return }
    elementFamilies[ObjectIdentifier(tlv)] = family
    definition.families[family].elements.append(
      FamilyDefinition.Element(name: name, label: tlv["label"] ?? name, tag: 0, body: body, code: nil))
  }
}

// MARK: - Defining: what the types are.

extension Resolver {
  private func define(_ nodes: [Node]) {
    for node in nodes where node.name == "tlvs" {
      if case .family(let index)? = types[node["name"] ?? ""]?.kind { defineFamily(node, index) }
    }
    for node in nodes where isAdded(node) {
      if case .codes(let index)? = types[node["name"] ?? ""]?.kind { defineCodes(node, index) }
    }
    for node in nodes where node.name == "extend" { extendFamily(node) }
    for index in definition.bodies.indices { defineBody(index) }
    defineSamples()
  }

  /// Codes that `resolveErrorCodes` has not seen: an extension's.
  private func isAdded(_ node: Node) -> Bool {
    guard node.name == "codes", case .codes(let index)? = types[node["name"] ?? ""]?.kind else { return false }
    return definition.codes[index].codes.isEmpty
  }

  /// Resolves a body, once; a body within itself is refused.
  func defineBody(_ index: Int) {
    guard case .declared(let node, var context) = bodyStates[index] else {
      if case .underWay(let node) = bodyStates[index] {
        diagnostics.error(
          node.position, "'\(definition.bodies[index].name)' contains itself; recursion (maxDepth) is not implemented yet")
      }
      return
    }
    bodyStates[index] = .underWay(node)
    context.code = inheritedCode(of: node)
    definition.bodies[index].code = context.code
    var resolver = MemberResolver(resolver: self, body: definition.bodies[index].name, context: context)
    resolver.resolve(node.children)
    definition.bodies[index].members = resolver.members
    if context.isMessage {
      definition.bodies[index].message = messageTraits(node, resolver, context)
    }
    definition.bodies[index].rules = resolver.usedRules + resolver.resolveRules(node.children("rule"))
    bodyStates[index] = .done
  }

  /// Code of errors in a body that nothing in it names: its own, its family's, the protocol's.
  private func inheritedCode(of node: Node) -> UInt64? {
    let family = elementFamilies[ObjectIdentifier(node)]
    let inherited = family.flatMap { definition.families[$0].code } ?? defaultCode
    return errorCode(node, "error", inherited: inherited)
  }
}
