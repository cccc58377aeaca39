import WireText

/// What stands before everything else: what the protocol is, its directions, framing, and how a message is picked.
extension DocumentBuilder {
  func overview() -> HTML {
    let root = loaded.root
    let limits: [HTML] = [
      root["maxSize"].map { "at most \($0)" }.orNothing, root["sizeMultiple"].map { "a multiple of \($0)" }.orNothing,
    ]
    let errors = definition.errorCodes.map { type(definition.codes[$0].name) }.orNothing
    let order = root["byteOrder"] == "little" ? "little-endian" : "big-endian"
    let facts = facts([
      ("Extension of", isExtension ? HTML(escaping: definition.name) : ""),
      ("Specification", specification(name)),
      ("Version of this description", HTML(escaping: root["version"] ?? "")),
      ("Byte order", isExtension ? "" : HTML(escaping: order)),
      ("Octets of a message", isExtension ? "" : limits.listed),
      ("Protocol errors", errors),
    ])
    return """
      <header id="overview">
      <h1>\(name)</h1>
      \(prose(name, class: "lead"))\(facts)<p class="note">Offsets count octets from 0; what stands behind a dot counts bits from the
      most significant of their group. “Else” is followed by the protocol error that is earned.</p>
      </header>
      \(isExtension ? "" : directions() + framings() + picking())
      """
  }

  private func directions() -> HTML {
    let rows = definition.directions.indices.map { index -> Row in
      let name = definition.directions[index]
      let ports = definition.ports.filter { $0.direction == index }.map { "\($0.transport.rawValue)/\($0.number)" as HTML }
      let count = definition.messages.count { definition.bodies[$0].message?.direction == index }
      let words: HTML = count == 1 ? "1 message" : "\(count) messages"
      let messages: HTML = count == 0 ? "none" : "<a href=\"#messages.\(name)\">\(words)</a>"
      return Row(
        attributes: " id=\"direction.\(name)\"", cells: ["\(name)", ports.listed, messages, remarks("direction.\(name)")])
    }
    if rows.isEmpty { return "" }
    return "<h2 id=\"directions\">Directions</h2>\n"
      + table("plain", [("m", "Direction"), ("", "Ports"), ("", "Messages"), ("", "Meaning")], rows)
  }

  private func framings() -> HTML {
    if definition.framings.isEmpty { return "" }
    let rows = definition.framings.enumerated().map { index, framing -> Row in
      let direction = framing.direction.map { definition.directions[$0] } ?? "every one"
      let bounds: HTML = "\(framing.minimum) to \(octets(framing.maximum))"
      let multiple: HTML = framing.multiple > 1 ? ", a multiple of \(framing.multiple)" : ""
      return Row(
        attributes: " id=\"framing:\(index)\"",
        cells: [
          "\(direction)", type(definition.bodies[framing.header].name),
          "<code>\(expression(framing.size, in: framing.header))</code>", bounds + multiple + otherwise(framing.code),
          remarks("framing.\(index)"),
        ])
    }
    return """
      <h2 id="framing">Framing</h2>
      <p>How messages are cut out of a byte stream: when the header is there, the size of the whole message is known.</p>

      """
        + table(
          "plain", [("m", "Direction"), ("", "Header"), ("", "Octets of the message"), ("", "Bounds"), ("", "Meaning")], rows)
  }

  // MARK: Picking

  private func picking() -> HTML {
    if definition.messages.isEmpty { return "" }
    return """
      <h2 id="picking">How a message is picked</h2>
      <p>The first message of the direction that fits in every column is the one; it is then checked alone.</p>

      """ + definition.directions.indices.map(picking).joined()
  }

  private func picking(_ direction: Int) -> HTML {
    let messages = definition.messages.filter { definition.bodies[$0].message?.direction == direction }
    if messages.isEmpty { return "" }
    let traits = messages.compactMap { definition.bodies[$0].message }
    var places: [MessageTraits.Match] = []
    for match in traits.flatMap(\.matches) where !places.contains(where: { Self.isSamePlace($0, match) }) {
      places.append(match)
    }
    places.sort { ($0.offset * 8 - $0.shift, $0.member) < ($1.offset * 8 - $1.shift, $1.member) }
    let heads = places.map { (class: "", words: "\($0.member), \(Self.place($0))") }
    let rows = messages.map { index -> Row in
      let body = definition.bodies[index]
      let cells = places.map { place -> HTML in
        guard let match = body.message?.matches.first(where: { Self.isSamePlace($0, place) }) else {
          return "<span class=\"soft\">any</span>"
        }
        let member = body.members.flatMap(\.flattened).first { $0.name == match.member }
        return range(match, member)
      }
      return Row(attributes: "", cells: cells + [type(body.name)])
    }
    return "<h4>\(definition.directions[direction])</h4>\n"
      + table("plain", heads + [("", "Message")], rows) + refusals(places, traits)
  }

  private static func isSamePlace(_ one: MessageTraits.Match, _ other: MessageTraits.Match) -> Bool {
    (one.member, one.offset, one.size, one.shift, one.bits) == (other.member, other.offset, other.size, other.shift, other.bits)
  }

  /// "octet 0", "bits 1 to 7 of octet 1".
  private static func place(_ match: MessageTraits.Match) -> String {
    let octets = match.size == 1 ? "octet \(match.offset)" : "octets \(match.offset) to \(match.offset + match.size - 1)"
    if match.bits == match.size * 8 { return octets }
    let first = match.size * 8 - match.shift - match.bits
    return match.bits == 1 ? "bit \(first) of \(octets)" : "bits \(first) to \(first + match.bits - 1) of \(octets)"
  }

  /// What a value earns that no message has.
  private func refusals(_ places: [MessageTraits.Match], _ traits: [MessageTraits]) -> HTML {
    let words = places.compactMap { place -> HTML? in
      let codes = Set(traits.flatMap(\.matches).filter { Self.isSamePlace($0, place) }.map(\.code))
      guard codes.count == 1, let code = protocolCode(codes.first ?? nil) else { return nil }
      return "<span><span class=\"m\">\(place.member)</span> \(code)</span>"
    }
    return words.isEmpty ? "" : "<p class=\"note\">A value that no message has earns: \(words.listed).</p>\n"
  }
}
