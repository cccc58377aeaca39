import Wire
import WireText

/// Holds a generated value against what the interpreter read from the same octets, member by member and by name.
///
/// Encoding again is not enough: a number that is read and written in the wrong order of octets comes back as it was. Here
/// the stored properties themselves are looked at.
struct Reflection {
  let definition: ProtocolDefinition

  /// The path of the first member whose property says something else than the tree; nil when all say the same.
  func difference(_ value: any WireBody, _ node: WireTree.Node, body: Int) -> String? {
    difference(value as Any, node.children, definition.bodies[body].members, "")
  }

  private func difference(_ value: Any, _ nodes: [WireTree.Node], _ members: [Member], _ path: String) -> String? {
    let properties = Self.properties(of: value)
    for member in members {
      if case .bits(_, _, let fields) = member.kind {
        let inner = nodes.flatMap { node -> [WireTree.Node] in
          if case .bits = node.value { return node.children }
          return []
        }
        if let found = difference(value, inner, fields, path) { return found }
        continue
      }
      guard !member.name.isEmpty else { continue }
      let node = nodes.first { $0.name == member.name && $0.role != .header }
      let place = path.isEmpty ? member.name : "\(path).\(member.name)"
      guard let node, node.role == .member else {
        if let property = properties[member.name], node == nil, !Self.isNothing(property) { return "\(place) is there" }
        continue
      }
      guard let property = properties[member.name] else { return "\(place) has no property" }
      if let found = difference(Self.unwrapped(property), node, member.kind, place) { return found }
    }
    return nil
  }

  private func difference(_ value: Any?, _ node: WireTree.Node, _ kind: MemberKind, _ path: String) -> String? {
    guard let value else { return "\(path) is nil" }
    switch kind {
    case .structure(let index): return difference(value, node.children, definition.bodies[index].members, path)
    case .array(let shape):
      let items = Mirror(reflecting: value).children.map(\.value)
      guard items.count == node.children.count else { return "\(path) has \(items.count) values" }
      for (index, item) in items.enumerated() {
        if let found = difference(item, node.children[index], shape.element.kind, "\(path)[\(index)]") { return found }
      }
      return nil
    case .list(let shape): return difference(value, node, shape, path)
    case .choice(let shape): return difference(value, node, shape, path)
    case .integer, .bits, .reserved, .reservedRest, .ipv4, .ipv6, .mac, .octets, .text:
      let text = Self.text(of: value, definition, kind)
      let expected = Self.text(of: node)
      return text == expected ? nil : "\(path) is \(text ?? "of an unknown type"), not \(expected ?? "nothing")"
    }
  }

  /// The properties of a list, each kind's occurrences in the order of the wire; and what is kept.
  private func difference(_ value: Any, _ list: WireTree.Node, _ shape: ListShape, _ path: String) -> String? {
    let properties = Self.properties(of: value)
    let family = definition.families[shape.family]
    for allowed in shape.allowed {
      let element = family.elements[allowed.element]
      let nodes = list.children.filter { $0.isElement(named: element.name) }
      guard let property = properties[element.name] else {
        if allowed.maximum == 0 && nodes.isEmpty { continue }
        return "\(path).\(element.name) has no property"
      }
      let items = Self.occurrences(in: property)
      guard items.count == nodes.count else { return "\(path).\(element.name) occurs \(items.count) times" }
      for (item, node) in zip(items, nodes) where !(item is Bool) {
        let members = definition.bodies[element.body].members
        if let found = difference(item, node.children, members, "\(path).\(element.name)") { return found }
      }
    }
    let kept = list.children.compactMap { node -> KeptElement? in
      if case .unknownElement(let kept) = node.value, node.role == .member { return kept }
      return nil
    }
    return properties["unknown"] as? [KeptElement] == kept ? nil : "\(path).unknown"
  }

  private func difference(_ value: Any, _ node: WireTree.Node, _ shape: ChoiceShape, _ path: String) -> String? {
    let mirror = Mirror(reflecting: value)
    let name = mirror.children.first?.label ?? "\(value)"
    guard let chosen = node.children.first, Self.plain(name) == chosen.name else { return "\(path) is \(name)" }
    guard let body = shape.allCases.first(where: { $0.name == chosen.name })?.body else { return nil }
    guard let payload = mirror.children.first?.value else { return "\(path).\(name) has nothing in it" }
    return difference(payload, chosen.children, definition.bodies[body].members, "\(path).\(chosen.name)")
  }
}

extension Reflection {
  /// Stored properties by the schema's name: the generator escapes some names, and stores what would contain itself in an array.
  private static func properties(of value: Any) -> [String: Any] {
    var properties: [String: Any] = [:]
    for child in Mirror(reflecting: value).children {
      guard let label = child.label else { continue }
      properties[plain(label)] = child.value
    }
    return properties
  }

  private static func plain(_ label: String) -> String {
    for ending in ["_", "Stored"] where label.hasSuffix(ending) { return String(label.dropLast(ending.count)) }
    return label
  }

  private static func isNothing(_ value: Any) -> Bool { unwrapped(value) == nil }

  private static func unwrapped(_ value: Any) -> Any? {
    let mirror = Mirror(reflecting: value)
    guard mirror.displayStyle == .optional else { return value }
    return mirror.children.first?.value
  }

  /// The occurrences that a list's property has: of `[T]` all, of `T?` and `T` one or none, of `Bool` one when it is set.
  private static func occurrences(in property: Any) -> [Any] {
    if let isThere = property as? Bool { return isThere ? [isThere] : [] }
    guard let value = unwrapped(property) else { return [] }
    return Mirror(reflecting: value).displayStyle == .collection ? Mirror(reflecting: value).children.map(\.value) : [value]
  }

  /// A value in the words that nodes have: `scalarText`, numbers for what has names.
  private static func text(of value: Any, _ definition: ProtocolDefinition, _ kind: MemberKind) -> String? {
    switch value {
    case let flag as Bool: return flag ? "true" : "false"
    case let text as String: return text
    case let date as WireDate: return date.description
    case let octets as [UInt8]: return hexadecimalText(octets)
    case let text as WireString: return text.string ?? hexadecimalText(text.octets)
    case let number as any BinaryInteger: return "\(number)"
    case let code as any RawRepresentable:
      return (code.rawValue as? any BinaryInteger).map { "\($0)" }
    case let span as Duration: return durationText(span, kind)
    default: return "\(value)"
    }
  }

  private static func durationText(_ span: Duration, _ kind: MemberKind) -> String? {
    guard case .integer(let shape) = kind, case .duration(let unit)? = shape.time else { return nil }
    let scale: [IntegerShape.TimeUnit: Int128] = [
      .nanoseconds: 1, .microseconds: 1000, .milliseconds: 1_000_000, .seconds: 1_000_000_000, .minutes: 60_000_000_000,
      .hours: 3_600_000_000_000, .days: 86_400_000_000_000,
    ]
    let (seconds, fraction) = span.components
    let nanoseconds = Int128(seconds) * 1_000_000_000 + Int128(fraction) / 1_000_000_000
    return scale[unit].map { "\(nanoseconds / $0)" }
  }

  private static func text(of node: WireTree.Node) -> String? {
    switch node.value {
    case .integer(let number, _, _): "\(number)"
    default: node.scalarText
    }
  }

  private static func hexadecimalText(_ octets: [UInt8]) -> String {
    octets.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}

extension WireTree.Node {
  /// Whether it is a known element of that name.
  fileprivate func isElement(named name: String) -> Bool {
    if case .element = value { return self.name == name }
    return false
  }
}
