import WireText

/// Where on the page things are, and where they are used.
struct DocumentPlaces {
  /// Names of the types that have a section of the page, those of families and cases among them.
  private(set) var types: Set<String> = []
  /// By index of the body: the element that it is the value of.
  private(set) var elements: [Int: (family: Int, element: Int)] = [:]
  /// By index of the body: the choice that it is a case of.
  private(set) var cases: Set<Int> = []
  /// By name of a type: the members that are of it.
  private(set) var users: [String: [Use]] = [:]

  /// A member of a body.
  struct Use: Hashable {
    var body: Int
    var member: String
  }

  /// - Parameters:
  ///   - structs: indices of the bodies that are structs of the schema's own.
  ///   - codes: indices of the codes that are.
  init(_ schema: ResolvedSchema, structs: [Int], codes: [Int]) {
    let definition = schema.definition
    for (index, family) in definition.families.enumerated() {
      for (place, element) in family.elements.enumerated() where elements[element.body] == nil {
        elements[element.body] = (index, place)
      }
    }
    for case .choice(let choice) in definition.bodies.flatMap({ $0.members.map(\.kind) }) {
      cases.formUnion(choice.allCases.compactMap(\.body))
    }
    let bodies = schema.addition?.bodies ?? definition.bodies.indices
    types = Set(bodies.map { definition.bodies[$0].name } + codes.map { definition.codes[$0].name })
    let flags = schema.addition?.flags ?? definition.flags.indices
    types.formUnion(flags.map { definition.flags[$0].name })
    if schema.addition == nil {
      types.formUnion(definition.families.flatMap { [$0.name, definition.codes[$0.codes].name] })
    }
    for body in bodies { for member in definition.bodies[body].members { note(member, body, definition) } }
    if schema.addition == nil { for family in definition.families { noteHeader(family, definition) } }
  }

  private mutating func note(_ member: Member, _ body: Int, _ definition: ProtocolDefinition) {
    if case .bits(_, _, let group) = member.kind {
      for inner in group { note(inner, body, definition) }
    } else if let name = member.kind.typeName(definition) {
      let use = Use(body: body, member: member.name)
      if users[name]?.last != use { users[name, default: []].append(use) }
    }
  }

  /// Types that only a header has a member of are used by the family.
  private mutating func noteHeader(_ family: FamilyDefinition, _ definition: ProtocolDefinition) {
    for member in family.header.flatMap(\.flattened) {
      guard let name = member.kind.typeName(definition) else { continue }
      headerUsers[name, default: []].append("\(family.name).\(member.name)")
    }
  }

  /// By name of a type: anchors of the members of headers that are of it.
  private(set) var headerUsers: [String: [String]] = [:]
}

extension Member {
  /// The member, or those of a group of bits.
  var flattened: [Member] {
    if case .bits(_, _, let group) = kind { return group }
    return [self]
  }
}

extension MemberKind {
  /// Name of the type that the schema defines, of each value of an array, and of the family of a list; nil when there is none.
  func typeName(_ definition: ProtocolDefinition) -> String? {
    switch self {
    case .integer(let shape):
      shape.codes.map { definition.codes[$0].name } ?? shape.flags.map { definition.flags[$0].name }
    case .structure(let index): definition.bodies[index].name
    case .array(let shape): shape.element.kind.typeName(definition)
    case .list(let shape): definition.families[shape.family].name
    case .bits, .reserved, .reservedRest, .ipv4, .ipv6, .mac, .octets, .text, .choice: nil
    }
  }
}

// MARK: - Links

extension DocumentBuilder {
  /// Whether an anchor starts with a type that the page has.
  private func isHere(_ anchor: String) -> Bool {
    places.types.contains(String(anchor.prefix { $0 != "." && $0 != ":" }))
  }

  /// A link to an anchor; the words alone when what it is about is on another page.
  func link(_ anchor: String, _ words: String, class name: String = "") -> HTML {
    let style: HTML = name.isEmpty ? "" : " class=\"\(name)\""
    guard isHere(anchor) else { return name.isEmpty ? HTML(escaping: words) : "<span\(style)>\(words)</span>" }
    return "<a\(style) href=\"#\(anchor)\">\(words)</a>"
  }

  /// A type by its name.
  func type(_ name: String) -> HTML { link(name, name, class: "m") }

  /// The anchor of what a path leads to, as paths are in expressions and errors; nil when it is not on the page.
  func anchor(of path: ArraySlice<String>, in body: Int) -> String? {
    let owner = definition.bodies[body]
    guard let name = path.first, places.types.contains(owner.name) else { return nil }
    guard let place = owner.members.firstIndex(where: { $0.flattened.contains { $0.name == name } }) else {
      return owner.derived.contains { $0.name == name } && path.count == 1 ? "\(owner.name).\(name)" : nil
    }
    if place < owner.headerCount, let family = places.elements[body]?.family {
      return path.count == 1 ? headerAnchor(name, family) : nil
    }
    let own = "\(owner.name).\(name)"
    return path.count == 1 ? own : inner(owner.members[place].kind, path.dropFirst(), own)
  }

  /// - Parameter own: anchor of the member that the path goes through.
  private func inner(_ kind: MemberKind, _ path: ArraySlice<String>, _ own: String) -> String? {
    guard let name = path.first else { return own }
    switch kind {
    case .structure(let index): return anchor(of: path, in: index) ?? own
    case .array(let shape): return inner(shape.element.kind, path, own)
    case .list(let shape):
      let family = definition.families[shape.family]
      guard let element = family.elements.firstIndex(where: { $0.name == name }) else {
        return headerAnchor(name, shape.family) ?? own
      }
      let isAllowed = shape.allowed.contains { $0.element == element }
      if path.count == 1 { return isAllowed ? "\(own).\(name)" : own }
      return anchor(of: path.dropFirst(), in: family.elements[element].body) ?? own
    case .choice(let choice):
      guard let entry = choice.allCases.first(where: { $0.name == name }) else { return own }
      return path.count == 1 ? "\(own).\(name)" : entry.body.flatMap { anchor(of: path.dropFirst(), in: $0) } ?? own
    case .integer, .bits, .reserved, .reservedRest, .ipv4, .ipv6, .mac, .octets, .text: return own
    }
  }

  private func headerAnchor(_ member: String, _ family: Int) -> String? {
    let family = definition.families[family]
    let isThere = !isExtension && family.header.flatMap(\.flattened).contains { $0.name == member }
    return isThere ? "\(family.name).\(member)" : nil
  }

  /// An expression with the members in it linked.
  func expression(_ expression: WireExpression, in body: Int) -> HTML {
    self.expression(expression, definition.bodies[body].members) { self.anchor(of: $0[...], in: body) }
  }

  /// - Parameters:
  ///   - members: those in scope.
  ///   - anchor: of the member at a path.
  func expression(_ expression: WireExpression, _ members: [Member], anchor: ([String]) -> String?) -> HTML {
    let octets = Array(listing.text(expression, members).utf8)
    var result: HTML = ""
    var rest = octets[...]
    while let first = rest.first {
      if first == UInt8(ascii: "'") {
        let end = rest.dropFirst().firstIndex(of: first) ?? rest.endIndex - 1
        result += HTML(escaping: String(decoding: rest[...end], as: UTF8.self))
        rest = rest[(end + 1)...]
        continue
      }
      let word = rest.prefix { Self.isPartOfPath($0) == Self.isPartOfPath(first) && $0 != UInt8(ascii: "'") }
      let text = String(decoding: word, as: UTF8.self)
      let steps = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
      let target = Self.isPartOfPath(first) && !steps.contains("") ? anchor(steps) : nil
      result += target.map { "<a href=\"#\($0)\">\(text)</a>" } ?? HTML(escaping: text)
      rest = rest[word.endIndex...]
    }
    return result
  }

  private static func isPartOfPath(_ octet: UInt8) -> Bool {
    switch octet {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
      UInt8(ascii: "."), UInt8(ascii: "_"):
      true
    default: false
    }
  }

  /// Where values of a type are members, linked.
  func users(of name: String) -> HTML {
    let members = (places.users[name] ?? []).map { use -> HTML in
      let path = "\(definition.bodies[use.body].name).\(use.member)"
      let target = anchor(of: [use.member], in: use.body)
      return link(target ?? path, target ?? path, class: "m")
    }
    let headers = (places.headerUsers[name] ?? []).map { link($0, $0, class: "m") }
    var seen: Set<HTML> = []
    return (members + headers).filter { seen.insert($0).inserted }.listed
  }
}
