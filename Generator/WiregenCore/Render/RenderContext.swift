import WireText

/// What every part of the rendering needs: the schema, the plans, and how to write small things in Swift.
struct RenderContext {
  let schema: ResolvedSchema
  let lowering: Lowering
  /// "public ", "package " or "".
  var access: String
  /// The enum that holds the definition's text and the error codes: PCPProtocol, or AcmePCP for an extension.
  let namespace: String
  /// The functions that expressions over many values become.
  let walks = WalkFunctions()
  /// By index in `definition.bodies`.
  let plans: [BodyPlan]
  /// What bodies within bodies need to know.
  let nesting: Nesting
  /// By name of the family: headers that have members of their own, as bodies.
  let headers: [String: HeaderPlans]

  var definition: ProtocolDefinition { schema.definition }

  init(_ schema: ResolvedSchema, access: String) {
    self.schema = schema
    self.access = access == "internal" ? "" : "\(access) "
    lowering = Lowering(schema.definition)
    namespace = schema.addition?.name ?? "\(schema.definition.name)Protocol"
    nesting = Nesting(schema.definition)
    headers = HeaderPlans.all(of: schema.definition)
    var codes: [Int: UInt64?] = [:]
    for family in schema.definition.families {
      for element in family.elements { codes[element.body] = element.code }
    }
    plans = schema.definition.bodies.indices.map { [lowering] index in
      lowering.plan(body: index, trailingCode: codes[index] ?? nil)
    }
  }

  /// What stands before a property that other modules read and only the check beside it sets: no setters for others to compile.
  var stored: String { "\(access)fileprivate(set) " }

  /// The comment of a type or a part of one.
  func comment(_ key: String, fallback: String, _ source: inout SwiftSource) {
    let documentation = schema.documentation[key]
    var text = documentation?.text ?? fallback
    if let reference = documentation?.reference { text += "\n\nSee \(reference)." }
    if let since = documentation?.since { text += "\n\nSince \(since)." }
    if let deprecated = documentation?.deprecated { text += "\n\nDeprecated: \(deprecated)" }
    source.comment(text)
  }

  /// A protocol code in Swift.
  func code(_ value: UInt64?) -> String {
    guard let value else { return ".none" }
    guard let codes = definition.errorCodes,
      let code = definition.codes[codes].codes.first(where: { $0.value == value })
    else { return ".none" }
    return "\(namespace).Errors.\(SwiftName.code(code.name))"
  }

  /// The Swift type of what the elements of a family share: PCPOption.
  func typeName(of family: FamilyDefinition) -> String { "\(definition.name)\(family.name)" }

  /// What names a list in extensions of its protocol: "PCP.MapRequest.options".
  func listName(_ list: String, in body: BodyPlan) -> String { "\(definition.name).\(body.name).\(list)" }

  /// Octets before the value of an element of a family.
  func headerSize(_ family: FamilyDefinition) -> Int { family.header.reduce(0) { $0 + (lowering.sizes.fixed($1) ?? 0) } }
}

/// A string literal of names and labels.
func literal(_ text: String) -> String {
  var result = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"", "\\": result += "\\\(scalar)"
    case "\n": result += "\\n"
    default: result += scalar.value < 32 || scalar.value == 127 ? "\\u{\(String(scalar.value, radix: 16))}" : String(scalar)
    }
  }
  return result + "\""
}
