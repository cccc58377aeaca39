@testable import WiregenCore

/// An attribute, or an element, of one type of the grammar.
struct GrammarPart: Hashable, Comparable, CustomStringConvertible {
  /// Key in `Grammar.types`.
  var type: String
  /// Nil for the element itself.
  var attribute: String?
  /// One of the few values the attribute has; nil where there are many, or for all of them.
  var value: String?

  var description: String {
    guard let attribute else { return type }
    return value.map { "\(type) \(attribute)=\"\($0)\"" } ?? "\(type) \(attribute)"
  }

  static func < (left: Self, right: Self) -> Bool { left.description < right.description }
}

/// An attribute where it stands in a schema.
struct AttributeUse {
  var part: GrammarPart
  var grammar: AttributeGrammar
  var value: String
  var position: SourcePosition
}

/// Walks schemas with the grammar beside them.
enum GrammarWalk {
  /// Types that stand for text alone.
  private static let textTypes: Set = ["xs:string", "hex"]

  /// Every element, attribute and value that the grammar has, those of extensions as well.
  static var everything: Set<GrammarPart> {
    var parts: Set<GrammarPart> = []
    for (type, grammar) in Grammar.types where !textTypes.contains(type) {
      parts.insert(GrammarPart(type: type))
      for attribute in grammar.attributes {
        parts.insert(GrammarPart(type: type, attribute: attribute.name))
        for value in attribute.value.choices ?? [] {
          parts.insert(GrammarPart(type: type, attribute: attribute.name, value: value))
        }
      }
    }
    for attribute in Grammar.common { parts.insert(GrammarPart(type: "any", attribute: attribute.name)) }
    return parts
  }

  /// Calls `visit` for every node of our namespace, with its type.
  static func walk(_ root: Node, _ visit: (Node, String) -> Void) {
    guard let type = Grammar.roots[root.name] else { return }
    walk(root, type, visit)
  }

  private static func walk(_ node: Node, _ type: String, _ visit: (Node, String) -> Void) {
    guard let grammar = Grammar.types[type], !textTypes.contains(type) else { return }
    visit(node, type)
    for child in node.children + node.refused {
      if let next = grammar.allChildren.first(where: { $0.name == child.name }) { walk(child, next.type, visit) }
    }
  }

  /// The attributes of a file, and the elements they stand in.
  static func uses(in root: Node) -> (elements: Set<GrammarPart>, attributes: [AttributeUse]) {
    var elements: Set<GrammarPart> = []
    var attributes: [AttributeUse] = []
    walk(root) { node, type in
      elements.insert(GrammarPart(type: type))
      for attribute in node.attributes {
        guard let grammar = Grammar.types[type]?.allAttributes.first(where: { $0.name == attribute.name }) else { continue }
        let isCommon = Grammar.common.contains { $0.name == attribute.name }
        let part = GrammarPart(type: isCommon ? "any" : type, attribute: attribute.name)
        attributes.append(
          AttributeUse(part: part, grammar: grammar, value: attribute.value, position: attribute.position))
      }
    }
    return (elements, attributes)
  }

  /// What a file uses: elements, attributes, and values where there are few.
  static func parts(in octets: [UInt8], file: String) -> Set<GrammarPart> {
    guard let root = XMLParser.parse(octets, file: file, Diagnostics()) else { return [] }
    let (elements, attributes) = uses(in: root)
    var parts = elements
    for use in attributes {
      parts.insert(use.part)
      guard use.grammar.value.choices != nil else { continue }
      parts.insert(GrammarPart(type: use.part.type, attribute: use.part.attribute, value: use.value))
    }
    return parts
  }
}
