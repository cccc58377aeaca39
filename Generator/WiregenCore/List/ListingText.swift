import WireText

/// The listing for people: a view of its document.
struct ListingText {
  private let document: JSONValue
  private var lines: [String] = []

  init(_ document: JSONValue) { self.document = document }

  var text: String {
    var copy = self
    copy.write()
    return copy.lines.joined(separator: "\n") + "\n"
  }

  private mutating func write() {
    let kind = document["extension"] == nil ? "protocol" : "extension"
    let of = string(document, "of").map { ", extension of \($0)" } ?? ""
    head("\(kind) \(string(document, kind) ?? "")\(of)", document)
    if let errors = string(document, "errors") { lines.append("  protocol errors: \(errors)") }
    writeDirections()
    writeFramings()
    for message in items(document, "messages") {
      begin("message \(string(message, "name") ?? ""), \(string(message, "direction") ?? "")", message)
      writeLimits(message)
      writeBody(message, indentation: 2)
    }
    for body in items(document, "structs") {
      begin("struct \(string(body, "name") ?? "")", body)
      writeError(body, indentation: 2)
      writeBody(body, indentation: 2)
    }
    for family in items(document, "families") { writeFamily(family) }
    for codes in items(document, "codes") { writeCodes(codes, "codes", numbers: "value") }
    for flags in items(document, "flags") { writeCodes(flags, "flags", numbers: "bit") }
  }

  // MARK: Reading the document

  private func items(_ value: JSONValue, _ key: String) -> [JSONValue] {
    guard case .array(let items)? = value[key]?.content else { return [] }
    return items
  }

  /// The value of a key as text; nil when it is not there.
  private func string(_ value: JSONValue, _ key: String) -> String? { value[key].map(plain) }

  private func plain(_ value: JSONValue) -> String {
    if case .string(let text) = value.content { return text }
    return value.text()
  }

  /// The value as text; several with commas.
  private func inLine(_ value: JSONValue) -> String {
    if case .array(let items) = value.content { return "(\(items.map(plain).joined(separator: ", ")))" }
    return plain(value)
  }

  // MARK: Parts

  /// A title with the reference in parentheses, and the words below it.
  private mutating func head(_ title: String, _ value: JSONValue, indentation: Int = 0) {
    let blanks = String(repeating: " ", count: indentation)
    lines.append(blanks + title + (string(value, "spec").map { " (\($0))" } ?? ""))
    if let text = string(value, "doc") { lines += wrapped(text, indentation: indentation + 2) }
  }

  private mutating func begin(_ title: String, _ value: JSONValue) {
    lines.append("")
    head(title, value)
  }

  private func wrapped(_ text: String, indentation: Int) -> [String] {
    let blanks = String(repeating: " ", count: indentation)
    var result: [String] = []
    var line = ""
    for word in text.split(separator: " ") {
      if !line.isEmpty, indentation + line.count + 1 + word.count > 110 {
        result.append(blanks + line)
        line = ""
      }
      line += (line.isEmpty ? "" : " ") + word
    }
    return line.isEmpty ? result : result + [blanks + line]
  }

  private mutating func writeDirections() {
    var table = TextTable()
    for direction in items(document, "directions") {
      table.add(
        string(direction, "name") ?? "", items(direction, "ports").map(plain).joined(separator: " "),
        string(direction, "doc") ?? "", string(direction, "spec") ?? "")
    }
    let rows = table.lines(indentation: 2)
    if !rows.isEmpty { lines += ["", "directions"] + rows }
  }

  private mutating func writeFramings() {
    var table = TextTable()
    for framing in items(document, "framings") {
      table.add(
        string(framing, "direction") ?? "", "header \(string(framing, "header") ?? "")",
        "size \(string(framing, "size") ?? "")",
        "\(string(framing, "min") ?? "")..\(string(framing, "max") ?? "") octets"
          + (string(framing, "sizeMultiple").map { ", a multiple of \($0)" } ?? ""),
        string(framing, "error") ?? "")
    }
    let rows = table.lines(indentation: 2)
    if !rows.isEmpty { lines += ["", "framing"] + rows }
  }

  private mutating func writeError(_ body: JSONValue, indentation: Int) {
    guard let error = string(body, "error") else { return }
    lines.append(String(repeating: " ", count: indentation) + "error: \(error)")
  }

  private mutating func writeLimits(_ message: JSONValue) {
    let matches = items(message, "matches").map { match in
      let value = string(match, "value") ?? "\(string(match, "from") ?? "")..\(string(match, "to") ?? "")"
      return "\(string(match, "member") ?? "") \(value)"
    }
    if !matches.isEmpty { lines.append("  matches: \(matches.joined(separator: ", "))") }
    let limits = [
      string(message, "maxSize").map { "at most \($0) octets" },
      string(message, "sizeMultiple").map { "a multiple of \($0)" },
    ].compactMap { $0 }
    if !limits.isEmpty {
      let error = string(message, "sizeError").map { ", else \($0)" } ?? ""
      lines.append("  size: \(limits.joined(separator: ", "))\(error)")
    }
    writeError(message, indentation: 2)
  }

  private mutating func writeBody(_ body: JSONValue, indentation: Int) {
    writeMembers(items(body, "members"), indentation: indentation)
    var rules = TextTable()
    for derived in items(body, "derived") {
      rules.add("derive \(string(derived, "name") ?? ""):", string(derived, "test") ?? "")
    }
    for rule in items(body, "rules") {
      let words = [
        string(rule, "error"), string(rule, "severity") == "warning" ? "warning" : nil, rule["early"].map { _ in "early" },
      ]
      rules.add(
        "rule \(string(rule, "name") ?? ""):", string(rule, "test") ?? "",
        words.compactMap { $0 }.joined(separator: ", "), string(rule, "spec").map { "(\($0))" } ?? "")
    }
    lines += rules.lines(indentation: indentation)
  }

  /// Keys of a member that have columns of their own, or are elsewhere.
  private static let columns: Set = [
    "name", "label", "type", "offset", "octets", "bit", "bits", "group", "elements", "cases", "spec", "doc",
  ]

  private mutating func writeMembers(_ members: [JSONValue], indentation: Int) {
    var table = TextTable(numeric: [0, 1])
    if !members.isEmpty { table.add("offset", "octets", "member", "type", "", "") }
    for member in members {
      let bit = string(member, "bit").map { ".\($0)" } ?? ""
      let size =
        string(member, "octets") ?? string(member, "bits").map { $0 == "1" ? "1 bit" : "\($0) bits" } ?? "varies"
      table.add(
        string(member, "offset").map { $0 + bit } ?? (bit.isEmpty ? "" : "…\(bit)"), size, string(member, "name") ?? "–",
        string(member, "type") ?? "", details(of: member),
        string(member, "label").map { "\"\($0)\"" } ?? "")
    }
    lines += table.lines(indentation: indentation)
    for member in members {
      writeAllowed(member, indentation: indentation)
      writeCases(member, indentation: indentation)
    }
  }

  /// What a member has besides what has a column of its own.
  private func details(of member: JSONValue) -> String {
    guard case .object(let entries) = member.content else { return "" }
    return entries.filter { !Self.columns.contains($0.key) }.map { "\($0.key) \(inLine($0.value))" }.joined(separator: ", ")
  }

  private mutating func writeAllowed(_ member: JSONValue, indentation: Int) {
    var table = TextTable(numeric: [0])
    for element in items(member, "elements") {
      table.add(
        string(element, "code") ?? "", string(element, "name") ?? "", string(element, "occurs") ?? "", useDetails(element))
    }
    let rows = table.lines(indentation: indentation + 2)
    if rows.isEmpty { return }
    lines += [String(repeating: " ", count: indentation) + "allowed in \(string(member, "name") ?? ""):"] + rows
  }

  private mutating func writeCases(_ member: JSONValue, indentation: Int) {
    for entry in items(member, "cases") {
      let value = string(entry, "value") ?? string(entry, "from").map { "\($0)..\(string(entry, "to") ?? "")" } ?? "otherwise"
      lines.append(
        String(repeating: " ", count: indentation)
          + "case \(string(entry, "name") ?? "") of \(string(member, "name") ?? ""): \(value)")
      writeMembers(items(entry, "members"), indentation: indentation + 2)
    }
  }

  // MARK: Families and codes

  private mutating func writeFamily(_ family: JSONValue) {
    begin("elements \(string(family, "name") ?? "")", family)
    if let align = string(family, "align") {
      lines.append("  align: \(align)\(family["padding"] == nil ? "" : ", padding zero")")
    }
    writeError(family, indentation: 2)
    writeMembers(items(family, "header"), indentation: 2)
    var unknown = TextTable()
    for policy in items(family, "unknown") {
      unknown.add(
        "unknown \(string(policy, "from") ?? "")..\(string(policy, "to") ?? ""):", string(policy, "direction") ?? "",
        [string(policy, "action"), string(policy, "error")].compactMap { $0 }.joined(separator: " "))
    }
    lines += unknown.lines(indentation: 2)
    for element in items(family, "elements") {
      lines.append("")
      let label = string(element, "label") ?? ""
      let shown = label == string(element, "name") ? "" : " \"\(label)\""
      let code = [string(element, "code"), string(element, "extraCode")].compactMap { $0 }.joined(separator: ", ")
      head("element \(string(element, "name") ?? "") = \(code)\(shown)", element, indentation: 2)
      writeError(element, indentation: 4)
      for member in items(element, "header") {
        lines.append("    header: \(string(member, "name") ?? "") \(details(of: member))")
      }
      writeBody(element, indentation: 4)
      for use in items(element, "allowed") { writeUse(use, "allowed", indentation: 4) }
    }
    if !items(family, "allowed").isEmpty { lines.append("") }
    for use in items(family, "allowed") { writeUse(use, "\(string(use, "name") ?? "") allowed", indentation: 2) }
    writeRanges(family, separated: true)
  }

  private mutating func writeUse(_ use: JSONValue, _ what: String, indentation: Int) {
    let words = [string(use, "occurs") ?? "", useDetails(use)].filter { !$0.isEmpty }.joined(separator: ", ")
    lines.append(String(repeating: " ", count: indentation) + "\(what) in \(string(use, "in") ?? ""): \(words)")
  }

  /// What of an element's use is not always there.
  private func useDetails(_ use: JSONValue) -> String {
    let keys = ["missing", "excess", "invalid", "requiredWhen", "position"]
    return keys.compactMap { key in string(use, key).map { "\(key) \($0)" } }.joined(separator: ", ")
  }

  private mutating func writeCodes(_ codes: JSONValue, _ kind: String, numbers: String) {
    let open = string(codes, "open") == "true" ? "open" : "closed"
    // An extension has no more than names for what is another's.
    let about = string(codes, "bits").map { "\($0) bits, \(open)" } ?? "added"
    begin("\(kind) \(string(codes, "name") ?? ""), \(about)", codes)
    var table = TextTable(numeric: [0])
    for code in items(codes, kind) {
      let label = string(code, "label") ?? ""
      table.add(
        string(code, numbers) ?? "", string(code, "name") ?? "", label == string(code, "name") ? "" : label,
        string(code, "class") ?? "", string(code, "spec") ?? "")
    }
    lines += table.lines(indentation: 2)
    writeRanges(codes, separated: false)
  }

  private mutating func writeRanges(_ value: JSONValue, separated: Bool) {
    var table = TextTable()
    for range in items(value, "ranges") {
      let (first, last) = (string(range, "from") ?? "", string(range, "to") ?? "")
      table.add(first == last ? first : "\(first)..\(last)", string(range, "use") ?? "", string(range, "policy") ?? "")
    }
    let rows = table.lines(indentation: 2)
    if separated, !rows.isEmpty { lines.append("") }
    lines += rows
  }
}
