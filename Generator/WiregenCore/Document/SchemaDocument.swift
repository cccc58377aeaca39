import WireText

/// The reference of a protocol, or of what an extension adds to one: one page that needs nothing else.
///
/// The page is HTML that is well-formed XML too. Everything on it that the schema names has an anchor, which stays while the
/// name does: `#MapRequest`, `#MapRequest.nonce`, `#ResultCode.17`; `Schemas/README.md` says which.
public struct SchemaDocument {
  /// The whole page, with a line end. The same schema gives the same octets.
  public let page: String

  public init(_ schema: ResolvedSchema, loaded: LoadedSchema) {
    page = DocumentBuilder(schema, loaded).page().text
  }
}

/// Makes the page; its parts are in the extensions beside this file.
struct DocumentBuilder {
  let schema: ResolvedSchema
  let loaded: LoadedSchema
  /// Has the schema's expressions and words already.
  let listing: ListingBuilder
  let sizes: Sizes
  let interpreter: Interpreter
  let places: DocumentPlaces
  /// By the family, the lists of its elements.
  let takers: [[DocumentTaker]]

  init(_ schema: ResolvedSchema, _ loaded: LoadedSchema) {
    self.schema = schema
    self.loaded = loaded
    listing = ListingBuilder(schema, loaded)
    sizes = Sizes(schema.definition)
    interpreter = Interpreter(schema.definition)
    places = DocumentPlaces(schema, structs: listing.structs, codes: listing.codes)
    takers = DocumentTaker.all(schema.definition)
  }

  var definition: ProtocolDefinition { schema.definition }
  var isExtension: Bool { schema.addition != nil }
  /// Of the protocol or the extension.
  var name: String { schema.addition?.name ?? definition.name }

  func page() -> HTML {
    let parts = [
      overview(), messages(), families(), structs(), codeTypes(), flagTypes(), isExtension ? errorTable() : "",
    ]
    return """
      <!DOCTYPE html>
      <html xmlns="http://www.w3.org/1999/xhtml" lang="en">
      <head>
      <meta charset="utf-8"/>
      <meta name="viewport" content="width=device-width, initial-scale=1"/>
      <title>\(name) reference</title>
      <style>
      \(HTML(stringLiteral: DocumentStyle.text))</style>
      </head>
      <body>
      <a class="skip" href="#overview">To the text</a>
      \(index())<main>
      \(parts)</main>
      <script>//<![CDATA[
      \(HTML(stringLiteral: DocumentScript.text))//]]></script>
      </body>
      </html>

      """
  }
}

// MARK: - Words of the schema

extension DocumentBuilder {
  /// The `<doc>` of something as paragraphs, with what comes with it.
  func prose(_ key: String, class name: String = "") -> HTML {
    guard let words = schema.documentation[key] else { return "" }
    let text = words.text.map { text -> HTML in
      name.isEmpty ? "<p>\(ReferenceText.linked(text))</p>\n" : "<p class=\"\(name)\">\(ReferenceText.linked(text))</p>\n"
    }
    let age = ages(words)
    return text.orNothing + (age.isEmpty ? "" : "<p>\(age)</p>\n")
  }

  /// The `<doc>` of something with its reference, for the cell of a table.
  func remarks(_ key: String) -> HTML {
    guard let words = schema.documentation[key] else { return "" }
    let parts = [words.text.map(ReferenceText.linked).orNothing, specification(key), ages(words)]
    return parts.filter { !$0.isEmpty }.joined(" ")
  }

  /// Since when it is there, and why not to use it any more.
  private func ages(_ words: ResolvedSchema.Documentation) -> HTML {
    let since = words.since.map { "<span class=\"since\">Since \($0).</span>" as HTML }
    let gone = words.deprecated.map { "<span class=\"gone\">Deprecated: \($0)</span>" as HTML }
    return [since, gone].compactMap { $0 }.joined(" ")
  }

  /// The reference of something, linked where its document has an address.
  func specification(_ key: String) -> HTML {
    guard let reference = schema.documentation[key]?.reference else { return "" }
    let linked = ReferenceText.linked(reference)
    return linked == HTML(escaping: reference) ? "<span class=\"spec\">\(reference)</span>" : linked
  }
}

// MARK: - Common parts

extension DocumentBuilder {
  /// The section of a type: its name as an anchor, what it is, its reference and its words.
  ///
  /// - Parameters:
  ///   - words: what search finds it by besides its name.
  ///   - key: of its words in the schema, when it is not the name.
  func section(
    _ name: String, title: HTML? = nil, kind: String, about: HTML, words: [String] = [], number: String? = nil,
    key: String? = nil, _ content: HTML
  ) -> HTML {
    let spec = specification(key ?? name)
    return """
      <section class="type" id="\(name)"\(found(kind, [name] + words, number: number))>
      <div class="title"><h3><a href="#\(name)">\(title ?? HTML(escaping: name))</a></h3>\
      <span class="about">\(about)</span>\(spec)</div>
      \(prose(key ?? name))\(content)</section>

      """
  }

  /// What makes search find something: attributes for its element.
  ///
  /// - Parameter number: the code, `17`, or the codes, `27-127`, that it is.
  func found(_ kind: String, _ words: [String], number: String? = nil) -> HTML {
    let names = words.enumerated().filter { index, word in !word.isEmpty && !words[..<index].contains(word) }.map(\.element)
    let value = number.map { " data-v=\"\($0)\"" as HTML }
    return " data-k=\"\(kind)\" data-n=\"\(names.map(\.unbroken).joined(separator: " "))\"\(value.orNothing)"
  }

  /// Facts in two columns; those without a value are left out.
  func facts(_ facts: [(String, HTML)]) -> HTML {
    let shown = facts.filter { !$0.1.isEmpty }
    if shown.isEmpty { return "" }
    let rows = shown.map { "<dt>\($0.0)</dt><dd>\($0.1)</dd>\n" as HTML }
    return "<dl class=\"facts\">\n\(rows)</dl>\n"
  }

  /// A row of a table: attributes of its element, and the content of its cells.
  struct Row {
    var attributes: HTML
    var cells: [HTML]
  }

  /// A table without the columns that have nothing in them.
  ///
  /// - Parameter heads: a class and words for each column; the class is that of its cells too.
  func table(_ name: String, _ heads: [(class: String, words: String)], _ rows: [Row]) -> HTML {
    let used = heads.indices.filter { column in rows.contains { !$0.cells[column].isEmpty } }
    let lines = rows.map { row -> HTML in
      let cells = used.map { column -> HTML in
        let style = heads[column].class
        return style.isEmpty ? "<td>\(row.cells[column])</td>" : "<td class=\"\(style)\">\(row.cells[column])</td>"
      }
      return "<tr\(row.attributes)>\(cells)</tr>\n"
    }
    return table(name, used.map { heads[$0] }, lines)
  }

  /// A table that scrolls by itself where it is too wide.
  ///
  /// - Parameter heads: a class and words each.
  func table(_ name: String, _ heads: [(class: String, words: String)], _ rows: [HTML]) -> HTML {
    let cells = heads.map { head -> HTML in
      head.class.isEmpty ? "<th>\(head.words)</th>" : "<th class=\"\(head.class)\">\(head.words)</th>"
    }
    return """
      <div class="wide"><table class="\(name)">
      <thead><tr>\(cells)</tr></thead>
      <tbody>
      \(rows)</tbody>
      </table></div>

      """
  }

  /// A protocol code by the document's spelling; nil when there is none.
  func protocolCode(_ code: UInt64?) -> HTML? {
    guard let code else { return nil }
    guard let index = definition.errorCodes,
      let entry = definition.codes[index].codes.first(where: { $0.value == code })
    else { return "<span class=\"bad\">\(code)</span>" }
    return link("\(definition.codes[index].name).\(entry.name)", entry.label, class: "bad")
  }

  /// ", else MALFORMED": what is earned by something else.
  func otherwise(_ code: UInt64?) -> HTML { protocolCode(code).map { ", else \($0)" }.orNothing }

  /// "4 octets".
  func octets(_ count: Int) -> HTML { count == 1 ? "1 octet" : "\(count) octets" }
}

extension String {
  /// With no-break blanks, so that words stay one among others.
  fileprivate var unbroken: String { String(UnicodeScalarView(unicodeScalars.map { $0 == " " ? "\u{A0}" : $0 })) }
}
