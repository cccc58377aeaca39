import WireText

/// Compares expressions of two versions: they are the same when they read the same members, whatever those are called.
struct PairedExpression {
  let pairing: SchemaPairing
  /// The members that the expressions see.
  let members: MemberPairing

  /// Whether the expressions say the same.
  func isSame(_ old: WireExpression?, _ new: WireExpression?) -> Bool {
    guard let old, let new else { return old == nil && new == nil }
    let before = Names(rename: { ($0, nil) }, descend: { _, path in path })
    let after = Names(rename: { translate($0, members) }, descend: { descend($0, $1).path })
    return before.apply(to: old) == after.apply(to: new)
  }

  /// What a path of the new version ends at, in both versions.
  typealias End = (old: MemberKind, new: MemberKind)

  /// A path of the new version under the names of the old one.
  private func translate(_ path: [String], _ members: MemberPairing) -> (path: [String], end: End?) {
    guard let first = path.first, let place = members.new.firstIndex(where: { $0.name == first }),
      let partner = members.oldOfNew[place]
    else { return (path, nil) }
    let ends = (members.old[partner].member.kind, members.new[place].member.kind)
    let rest = descend(ends, Array(path.dropFirst()))
    return ([members.old[partner].name] + rest.path, rest.end)
  }

  /// The steps of a path behind a member.
  private func descend(_ end: End, _ path: [String]) -> (path: [String], end: End?) {
    guard let step = path.first else { return (path, end) }
    switch (end.old, end.new) {
    case (.array(let before), .array(let after)): return descend((before.element.kind, after.element.kind), path)
    case (.structure(let before), .structure(let after)): return translate(path, pairing.members(before, after))
    case (.list(let before), .list(let after)):
      let elements = pairing.new.families[after.family].elements
      guard let place = elements.firstIndex(where: { $0.name == step }),
        let partner = pairing.oldElement(place, family: after.family), partner.family == before.family
      else { return (path, nil) }
      let element = pairing.old.families[partner.family].elements[partner.element]
      let rest = descend((.structure(element.body), .structure(elements[place].body)), Array(path.dropFirst()))
      return ([element.name] + rest.path, rest.end)
    case (.choice(let before), .choice(let after)):
      guard let pair = SchemaPairing.cases(before, after).pairs.first(where: { $0.new.name == step }) else { return (path, nil) }
      guard let left = pair.old.body, let right = pair.new.body else { return ([pair.old.name] + path.dropFirst(), nil) }
      let rest = descend((.structure(left), .structure(right)), Array(path.dropFirst()))
      return ([pair.old.name] + rest.path, rest.end)
    default: return (path, nil)
    }
  }

  /// Gives the paths of an expression other names, and its variables names by how deep they are.
  private struct Names {
    let rename: (_ path: [String]) -> (path: [String], end: End?)
    /// The steps behind what something ends at.
    let descend: (End, [String]) -> [String]
    /// What variables are called instead, and what they walk over.
    var variables: [String: (name: String, end: End?)] = [:]

    private func path(_ path: [String]) -> [String] {
      guard let first = path.first, let variable = variables[first] else { return rename(path).path }
      let rest = Array(path.dropFirst())
      return [variable.name] + (variable.end.map { descend($0, rest) } ?? rest)
    }

    func apply(to expression: WireExpression) -> WireExpression {
      switch expression {
      case .number, .boolean, .address, .remaining, .text: expression
      case .path(let path): .path(self.path(path))
      case .size(let path): .size(self.path(path))
      case .count(let path): .count(self.path(path))
      case .present(let path): .present(self.path(path))
      case .item(let path): .item(self.path(path))
      case .flag(let path, let bit): .flag(self.path(path), bit: bit)
      case .not(let operand): .not(apply(to: operand))
      case .binary(let operation, let left, let right): .binary(operation, apply(to: left), apply(to: right))
      case .inPrefix(let operand, let address, let length): .inPrefix(apply(to: operand), address: address, length: length)
      case .inRanges(let operand, let ranges): .inRanges(apply(to: operand), ranges)
      case .over(let quantifier, let walk): .over(quantifier, apply(to: walk))
      case .among(let first, let second): .among(apply(to: first), apply(to: second))
      }
    }

    private func apply(to walk: WireExpression.Walk) -> WireExpression.Walk {
      let (path, end) = rename(walk.path)
      var inner = self
      let name = "$\(variables.count)"
      inner.variables[walk.variable] = (name, end)
      return WireExpression.Walk(variable: name, path: path, expression: inner.apply(to: walk.expression))
    }
  }
}
