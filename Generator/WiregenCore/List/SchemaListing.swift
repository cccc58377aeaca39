import WireText

/// What a schema has, for people and for programs: messages, structs, families of elements, codes.
///
/// It is one JSON document; the text is a view of it, so that both say the same. Of an extension, what it adds.
public struct SchemaListing {
  /// `Schemas/README.md` says what its keys are; what a thing does not have has no key.
  public let document: JSONValue

  public init(_ schema: ResolvedSchema, loaded: LoadedSchema) {
    document = ListingBuilder(schema, loaded).document()
  }

  /// The document as JSON text, keys in their documented order, with a line end.
  public var json: String { document.text(isPretty: true) + "\n" }

  /// The document for people.
  public var text: String { ListingText(document).text }
}

/// Makes the document.
struct ListingBuilder {
  let schema: ResolvedSchema
  /// Policies of ranges, which resolved codes do not have: by name of the codes, then by the first number.
  let policies: [String: [UInt64: String]]
  /// Version of the description.
  private let version: String?

  init(_ schema: ResolvedSchema, _ loaded: LoadedSchema) {
    self.schema = schema
    policies = Self.policies(in: loaded)
    version = loaded.root["version"]
  }

  /// A builder for the words of single parts, which say nothing of policies.
  init(_ schema: ResolvedSchema) {
    self.schema = schema
    policies = [:]
    version = nil
  }

  var definition: ProtocolDefinition { schema.definition }

  private static func policies(in loaded: LoadedSchema) -> [String: [UInt64: String]] {
    var policies: [String: [UInt64: String]] = [:]
    for node in loaded.declarations + loaded.base.flatMap(\.declarations) {
      guard let name = node["name"], ["codes", "flags", "tlvs"].contains(node.name) else { continue }
      for range in node.children("range") {
        guard let policy = range["policy"], let first = range["from"].flatMap({ parseNumber($0) }) else { continue }
        policies[node.name == "tlvs" ? "\(name)Code" : name, default: [:]][first] = policy
      }
    }
    return policies
  }

  func document() -> JSONValue {
    let name = schema.addition?.name ?? definition.name
    var entries: [JSONValue.Entry] = [
      .init(schema.addition == nil ? "protocol" : "extension", .string(name))
    ]
    if schema.addition != nil { entries.append(.init("of", .string(definition.name))) }
    if let version { entries.append(.init("version", .string(version))) }
    entries += described(name)
    if schema.addition == nil {
      if let index = definition.errorCodes { entries.append(.init("errors", .string(definition.codes[index].name))) }
      entries.append(.init("directions", .array(definition.directions.indices.map(direction))))
      entries.append(.init("framings", .array(definition.framings.indices.map(framing))))
      entries.append(.init("messages", .array(definition.messages.map { message($0) })))
    }
    entries.append(.init("structs", .array(structs.map { .object(body($0)) })))
    entries.append(.init("families", .array(definition.families.indices.compactMap(family))))
    entries.append(.init("codes", .array(codes.map { codes($0) } + addedCodes)))
    let flags = schema.addition?.flags ?? definition.flags.indices
    entries.append(.init("flags", .array(flags.map { self.flags(definition.flags[$0]) } + addedFlags)))
    return .object(entries)
  }

  /// What the schema says about something in words: `spec`, `doc`, `since` and `deprecated`.
  func described(_ key: String) -> [JSONValue.Entry] {
    guard let documentation = schema.documentation[key] else { return [] }
    return [
      documentation.reference.map { .init("spec", .string($0)) }, documentation.text.map { .init("doc", .string($0)) },
      documentation.since.map { .init("since", .string($0)) },
      documentation.deprecated.map { .init("deprecated", .string($0)) },
    ].compactMap { $0 }
  }

  private func direction(_ index: Int) -> JSONValue {
    let name = definition.directions[index]
    let ports = definition.ports.filter { $0.direction == index }.map {
      JSONValue.string("\($0.transport.rawValue)/\($0.number)")
    }
    return .object(
      [.init("name", .string(name))] + (ports.isEmpty ? [] : [.init("ports", .array(ports))])
        + described("direction.\(name)"))
  }

  private func framing(_ index: Int) -> JSONValue {
    let framing = definition.framings[index]
    let header = definition.bodies[framing.header]
    return .object(
      [.init("header", .string(header.name)), .init("size", .string(text(framing.size, header.members)))]
        + [.init("min", number(framing.minimum)), .init("max", number(framing.maximum))]
        + (framing.direction.map { [.init("direction", .string(definition.directions[$0]))] } ?? [])
        + error("error", framing.code)
        + (framing.multiple > 1 ? [.init("sizeMultiple", number(framing.multiple))] : []) + described("framing.\(index)"))
  }

  /// Indices of the bodies that are neither messages nor elements nor cases of a choice; of an extension, its own.
  var structs: [Int] {
    var others = Set(definition.families.flatMap { $0.elements.map(\.body) })
    for case .choice(let choice) in definition.bodies.flatMap({ $0.members.map(\.kind) }) {
      others.formUnion(choice.allCases.compactMap(\.body))
    }
    return (schema.addition?.bodies ?? definition.bodies.indices).filter {
      definition.bodies[$0].message == nil && !others.contains($0)
    }
  }

  /// Indices of the codes that are not those of a family; of an extension, its own.
  var codes: [Int] {
    let tags = Set(definition.families.map(\.codes))
    return (schema.addition?.codes ?? definition.codes.indices).filter { !tags.contains($0) }
  }

  /// A protocol code by its name, or as its number.
  func error(_ key: String, _ code: UInt64?) -> [JSONValue.Entry] {
    guard let code else { return [] }
    return [.init(key, definition.errorCodes.flatMap { name(of: Int128(code), in: $0) } ?? number(code))]
  }

  /// The name of a code.
  func name(of value: Int128, in codes: Int) -> JSONValue? {
    definition.codes[codes].codes.first { Int128($0.value) == value }.map { .string($0.name) }
  }

  /// A number; as a string of digits where JSON readers may lose some of it.
  func number(_ value: some BinaryInteger) -> JSONValue {
    let exact = Int128(1) << 53
    let wide = Int128(value)
    return (1 - exact...exact - 1).contains(wide) ? .integer(wide) : .string("\(wide)")
  }
}

// MARK: - Codes

extension ListingBuilder {
  private func codes(_ index: Int) -> JSONValue {
    let codes = definition.codes[index]
    var entries: [JSONValue.Entry] = [
      .init("name", .string(codes.name)), .init("bits", number(codes.bits)), .init("open", .boolean(codes.isOpen)),
    ]
    entries += described(codes.name)
    entries.append(.init("codes", .array(codes.codes.map { code($0, index) })))
    entries.append(.init("ranges", .array(ranges(codes.ranges, of: codes.name))))
    return .object(entries)
  }

  func code(_ code: CodesDefinition.Code, _ index: Int) -> JSONValue {
    var entries: [JSONValue.Entry] = [
      .init("value", number(code.value)), .init("name", .string(code.name)), .init("label", .string(code.label)),
    ]
    if let className = schema.classifications[index]?.members[code.name] {
      entries.append(.init("class", .string(className)))
    }
    return .object(entries + described("\(definition.codes[index].name).\(code.name)"))
  }

  private func flags(_ flags: FlagsDefinition) -> JSONValue {
    let entries: [JSONValue.Entry] = [
      .init("name", .string(flags.name)), .init("bits", number(flags.bits)), .init("open", .boolean(flags.isOpen)),
    ]
    return .object(
      entries + described(flags.name)
        + [
          .init("flags", .array(flags.flags.map { flag($0, of: flags) })),
          .init("ranges", .array(ranges(flags.ranges, of: flags.name))),
        ])
  }

  func flag(_ flag: FlagsDefinition.Flag, of flags: FlagsDefinition) -> JSONValue {
    .object(
      [.init("bit", number(flag.bit)), .init("name", .string(flag.name)), .init("label", .string(flag.label))]
        + described("\(flags.name).\(flag.name)"))
  }

  /// - Parameter name: of the codes, or flags, that have the ranges.
  func ranges(_ ranges: [CodesDefinition.CodeRange], of name: String) -> [JSONValue] {
    ranges.map { range in
      var entries: [JSONValue.Entry] = [
        .init("from", number(range.first)), .init("to", number(range.last)), .init("use", .string(range.use)),
      ]
      if let policy = policies[name]?[range.first] { entries.append(.init("policy", .string(policy))) }
      return .object(entries + described("\(name).range.\(range.first)"))
    }
  }
}
