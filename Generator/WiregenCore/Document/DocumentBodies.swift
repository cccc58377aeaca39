import WireText

/// Messages, structs, and what all bodies have.
extension DocumentBuilder {
  func messages() -> HTML {
    if isExtension { return "" }
    let parts = definition.directions.indices.map { direction -> HTML in
      let own = definition.messages.filter { definition.bodies[$0].message?.direction == direction }
      if own.isEmpty { return "" }
      let name = definition.directions[direction]
      return "<h2 id=\"messages.\(name)\">Messages: \(name)</h2>\n\(prose("direction.\(name)"))\(own.map(message))"
    }
    return parts.joined()
  }

  private func message(_ index: Int) -> HTML {
    let body = definition.bodies[index]
    guard let traits = body.message else { return "" }
    let picked = traits.matches.map { match -> HTML in
      let member = body.members.flatMap(\.flattened).first { $0.name == match.member }
      let words = [range(match, member), remarks("\(body.name).match.\(match.member)")].filter { !$0.isEmpty }.joined(" ")
      return "<span>\(link("\(body.name).\(match.member)", match.member, class: "m")) \(words)</span>"
    }
    let limits: [HTML] = [
      traits.maximumSize.map { "at most \(octets($0))" }.orNothing,
      traits.sizeMultiple > 1 ? "a multiple of \(traits.sizeMultiple)" : "",
    ]
    let size = limits.listed
    let facts = facts([
      ("Picked when", picked.listed), ("Size", size.isEmpty ? "" : size + otherwise(traits.sizeCode)),
      ("Any other error", protocolCode(body.code).orNothing),
    ])
    let about: HTML = "message, \(definition.directions[traits.direction])"
    return section(body.name, kind: "message", about: about, facts + content(of: index))
  }

  /// "= 2", "1 to 255".
  func range(_ match: MessageTraits.Match, _ member: Member?) -> HTML {
    guard match.first == match.last else { return "\(match.first) to \(match.last)" }
    guard case .integer(let shape)? = member?.kind else { return "= \(match.first)" }
    return "= \(value(Int128(match.first), shape))"
  }

  func structs() -> HTML {
    let own = listing.structs
    if own.isEmpty { return "" }
    return "<h2 id=\"structures\">Structures</h2>\n\(own.map(structure))"
  }

  private func structure(_ index: Int) -> HTML {
    let body = definition.bodies[index]
    let facts = facts([
      ("Size", sizes.fixed(ofBody: index).map(octets).orNothing),
      ("Used in", users(of: body.name)), ("Taken in by", takers(of: body.name)),
      ("In itself", body.maximumDepth.map { "at most \($0) deep" }.orNothing),
      ("Any other error", protocolCode(body.code).orNothing),
    ])
    return section(body.name, kind: "structure", about: "structure", facts + content(of: index))
  }

  /// The bodies that have `<use>` of a struct: its members are their own.
  private func takers(of name: String) -> HTML {
    var names: [String] = []
    for node in loaded.declarations {
      switch node.name {
      case "struct", "message": if takes(name, node), let taker = node["name"] { names.append(taker) }
      case "tlvs", "extend":
        let family = node[node.name == "tlvs" ? "name" : "tlvs"] ?? ""
        for element in node.children("tlv") where takes(name, element) {
          names.append((element["name"].map { $0.prefix(1).uppercased() + $0.dropFirst() } ?? "") + family)
        }
      default: break
      }
    }
    return names.map(type).listed
  }

  private func takes(_ name: String, _ node: Node) -> Bool { node.children("use").contains { $0["struct"] == name } }

  /// What every body has: the diagram, members, lists, cases, derived properties, rules, samples.
  func content(of index: Int) -> HTML {
    let body = definition.bodies[index]
    let own = Array(body.members.dropFirst(body.headerCount))
    let header = headerSize(of: index)
    let parts: [HTML] = [
      diagram(of: index),
      memberTable(own, of: body.name, in: index, scopeMembers: body.members, base: header ?? 0),
      own.isEmpty || places.elements[index] == nil ? "" : offsetNote(header),
      own.map { lists(in: $0, of: index) }.joined(), own.map { cases(of: $0, in: index) }.joined(),
      derived(index), rules(index), samples(of: index),
    ]
    return parts.joined()
  }

  /// - Parameter header: octets of the header; nil when that varies.
  private func offsetNote(_ header: Int?) -> HTML {
    let start: HTML = header.map { "of the header, which has \(octets($0))" } ?? "of the value"
    return "<p class=\"note\">Offsets count from the first octet \(start).</p>\n"
  }

  /// Octets of the header before an element's value; nil where that varies, and for what is no element.
  private func headerSize(of index: Int) -> Int? {
    guard let place = places.elements[index] else { return nil }
    let body = definition.bodies[index]
    let family = definition.families[place.family]
    let header = family.headerIsInBody ? Array(body.members.prefix(body.headerCount)) : family.header
    return header.reduce(0) { sum, member in sum.flatMap { sum in sizes.fixed(member).map { sum + $0 } } }
  }

  private func cases(of member: Member, in index: Int) -> HTML {
    guard case .choice(let choice) = member.kind else { return "" }
    let owner = "\(definition.bodies[index].name).\(member.name)"
    let decider = deciderShape(choice, index)
    let parts = choice.allCases.map { entry -> HTML in
      let anchor = "\(owner).\(entry.name)"
      let isRest = entry == choice.otherwise
      let range: HTML =
        isRest
        ? "every other value"
        : entry.first == entry.last
          ? decider.map { value(Int128(entry.first), $0) } ?? "\(entry.first)" : "\(entry.first) to \(entry.last)"
      let inner = entry.body.map { body -> HTML in
        let name = definition.bodies[body].name
        let words = name == anchor ? "" : prose(name)
        return "<div id=\"\(name)\">\(words)\(content(of: body))</div>"
      }
      return """
        <div class="case" id="\(anchor)"\(found("case", [entry.name]))><h4><a class="self m" href="#\(anchor)">\(entry.name)</a> \
        <span>when <code>\(expression(choice.on, in: index))</code> is \(range)</span></h4>
        \(prose(anchor))\(inner ?? "<p class=\"note\">No members.</p>\n")</div>

        """
    }
    return "<h4>Cases of <span class=\"m\">\(member.name)</span></h4>\n\(parts)"
  }

  /// The number that a choice is made by, where it is a member.
  private func deciderShape(_ choice: ChoiceShape, _ index: Int) -> IntegerShape? {
    guard case .path(let path) = choice.on,
      case .integer(let shape)? = ListingBuilder.member(path, in: definition.bodies[index].members, definition)?.kind
    else { return nil }
    return shape
  }

  private func derived(_ index: Int) -> HTML {
    let body = definition.bodies[index]
    if body.derived.isEmpty { return "" }
    let items = body.derived.map { derived -> HTML in
      let anchor = "\(body.name).\(derived.name)"
      return """
        <li id="\(anchor)"\(found("property", [derived.name]))>\
        <div class="top"><a class="self m" href="#\(anchor)">\(derived.name)</a></div>\
        <span class="test"><code>\(expression(derived.test, in: index))</code></span><p>\(remarks(anchor))</p></li>

        """
    }
    return "<h4>Properties computed from members, on no wire</h4>\n<ul class=\"rules\">\n\(items)</ul>\n"
  }

  private func rules(_ index: Int) -> HTML {
    let body = definition.bodies[index]
    let early = (body.message?.earlyRules ?? []).map { rule($0.rule, isEarly: true, index) }
    let items = early + body.rules.map { rule($0, isEarly: false, index) }
    return items.isEmpty ? "" : "<h4>Rules, in the order they are checked</h4>\n<ul class=\"rules\">\n\(items)</ul>\n"
  }

  private func rule(_ rule: RuleDefinition, isEarly: Bool, _ index: Int) -> HTML {
    let body = definition.bodies[index].name
    let anchor = "\(body):rule:\(rule.name)"
    let key = "\(body).rule.\(rule.name)"
    var about: [HTML] = [protocolCode(rule.code).map { "<span>else \($0)</span>" }.orNothing]
    if rule.isWarning { about.append("<span class=\"warn\">a warning: lenient decoding passes over it</span>") }
    if isEarly { about.append("<span class=\"soft\">before size and members</span>") }
    let text = remarks(key)
    return """
      <li id="\(anchor)"\(found("rule", [rule.name]))>\
      <div class="top"><a class="self m" href="#\(anchor)">\(rule.name)</a>\(about)</div>\
      <span class="test"><code>\(expression(rule.test, in: index))</code></span>\(text.isEmpty ? "" : "<p>\(text)</p>")</li>

      """
  }
}
