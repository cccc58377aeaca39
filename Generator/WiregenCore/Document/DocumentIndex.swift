import WireText

/// The index at the side, with the search.
extension DocumentBuilder {
  /// An entry: anchor, words, and the code in front of them.
  private struct Entry {
    var anchor: String
    var words: String
    var code: String = ""
    var hasCode = false
  }

  func index() -> HTML {
    let parts = isExtension ? extensionParts() : protocolParts()
    let lists = parts.filter { !$0.entries.isEmpty }.map { part -> HTML in
      "<a class=\"part\" href=\"#\(part.anchor)\">\(part.title)</a>\n<ul>\n\(part.entries.map(entry))</ul>\n"
    }
    return """
      <aside class="side">
      <div class="head"><a href="#overview">\(name)</a>
      <div class="find"><input id="find" type="search" role="combobox" aria-label="Search names, codes and labels" \
      aria-expanded="false" aria-controls="found" aria-autocomplete="list" autocomplete="off" spellcheck="false" \
      placeholder="Name, code, label"/><kbd aria-hidden="true">/</kbd>\
      <ul id="found" class="found" role="listbox" hidden=""></ul></div></div>
      <details class="opener"><summary>Index</summary></details>
      <div class="scroll"><nav aria-label="Index">
      \(lists)</nav></div>
      </aside>

      """
  }

  private func entry(_ entry: Entry) -> HTML {
    let code: HTML = entry.hasCode ? "<span class=\"c\">\(entry.code)</span>" : ""
    return "<li><a href=\"#\(entry.anchor)\">\(code)<span class=\"t\">\(entry.words)</span></a></li>\n"
  }

  private typealias Part = (anchor: String, title: String, entries: [Entry])

  private func protocolParts() -> [Part] {
    var first: [Entry] = []
    if !definition.directions.isEmpty { first.append(Entry(anchor: "directions", words: "Directions")) }
    if !definition.framings.isEmpty { first.append(Entry(anchor: "framing", words: "Framing")) }
    if !definition.messages.isEmpty { first.append(Entry(anchor: "picking", words: "How a message is picked")) }
    var parts: [Part] = [("overview", "Overview", first)]
    for (index, direction) in definition.directions.enumerated() {
      let own = definition.messages.filter { definition.bodies[$0].message?.direction == index }
      parts.append(("messages.\(direction)", "Messages: \(direction)", own.map(entry)))
    }
    for family in definition.families {
      let head = Entry(anchor: family.name, words: "header and codes", hasCode: true)
      parts.append(("elements.\(family.name)", "Elements: \(family.name)", [head] + family.elements.map(entry)))
    }
    return parts + typeParts()
  }

  private func extensionParts() -> [Part] {
    let parts = definition.families.indices.map { index -> Part in
      let family = definition.families[index]
      let own = (schema.addition?.elements ?? []).filter { $0.family == index }.map { entry(family.elements[$0.element]) }
      let uses = (schema.addition?.addedUses ?? []).contains { $0.family == index }
      let more = uses ? [Entry(anchor: "elements.\(family.name)", words: "more lists")] : []
      return ("elements.\(family.name)", "Elements: \(family.name)", more + own)
    }
    return parts + typeParts()
  }

  private func typeParts() -> [Part] {
    let structs = listing.structs.map(entry)
    let codes =
      listing.codes.map { definition.codes[$0].name }
      + added(schema.addition?.addedCodes.map { definition.codes[$0.codes].name })
    let flags =
      (schema.addition?.flags ?? definition.flags.indices).map { definition.flags[$0].name }
      + added(schema.addition?.addedFlags.map { definition.flags[$0.flags].name })
    return [
      ("structures", "Structures", structs), ("codes", "Codes", codes.map { Entry(anchor: $0, words: $0) }),
      ("flags", "Flags", flags.map { Entry(anchor: $0, words: $0) }),
    ]
  }

  /// The names, each once.
  private func added(_ names: [String]?) -> [String] {
    var seen: Set<String> = []
    return (names ?? []).filter { seen.insert($0).inserted }
  }

  private func entry(_ body: Int) -> Entry { Entry(anchor: definition.bodies[body].name, words: definition.bodies[body].name) }

  private func entry(_ element: FamilyDefinition.Element) -> Entry {
    Entry(anchor: definition.bodies[element.body].name, words: element.name, code: "\(element.tag)", hasCode: true)
  }
}
