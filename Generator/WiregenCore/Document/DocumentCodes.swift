import WireText

/// A row of a table of codes: a code or flag with its name.
struct CodeRow {
  var first: UInt64
  var last: UInt64
  /// The extra tag, where the family has one.
  var extra: UInt64?
  var name: String
  var label: String
  var anchor: String
  /// What search calls it.
  var kind: String
  /// Anchor of the section about it, where it has one.
  var target: String?
  /// Octets of an element's value.
  var size: String?
  /// Of its words in the schema.
  var key: String
  var className: String?
  /// What stands behind its words.
  var detail: HTML = ""
}

/// Codes, flags, and their ranges.
extension DocumentBuilder {
  func codeTypes() -> HTML {
    let own = listing.codes.map(codes)
    let added = definition.codes.indices.map(addedCodes).joined()
    if own.isEmpty, added.isEmpty { return "" }
    return "<h2 id=\"codes\">Codes</h2>\n\(own)\(added)"
  }

  private func codes(_ index: Int) -> HTML {
    let codes = definition.codes[index]
    let causes = index == definition.errorCodes && !isExtension ? self.causes() : [:]
    let rows = codes.codes.map { code in
      var row = row(code, index)
      row.detail = causes[code.value].orNothing
      return row
    }
    let rest: HTML =
      codes.isOpen
      ? "A number without a name is kept as it is." : "A number without a name is an error, of kind <code>code</code>."
    let facts = facts([("Used in", users(of: codes.name)), ("Other numbers", rest)])
    let bits: HTML = codes.bits == 1 ? "1 bit" : "\(codes.bits) bits"
    let about: HTML = index == definition.errorCodes ? "codes, \(bits), the protocol’s errors" : "codes, \(bits)"
    return section(
      codes.name, kind: "codes", about: about,
      facts + codeTable(rows, codes.ranges, of: codes.name, bits: codes.bits, number: "Value"))
  }

  private func row(_ code: CodesDefinition.Code, _ index: Int) -> CodeRow {
    let anchor = "\(definition.codes[index].name).\(code.name)"
    return CodeRow(
      first: code.value, last: code.value, name: code.name, label: code.label, anchor: anchor, kind: "code", key: anchor,
      className: schema.classifications[index]?.members[code.name])
  }

  /// The names that an extension gives to codes of others.
  private func addedCodes(_ index: Int) -> HTML {
    let added = (schema.addition?.addedCodes ?? []).filter { $0.codes == index }
    if added.isEmpty { return "" }
    let codes = definition.codes[index]
    let rows = added.map { row(codes.codes[$0.code], index) }
    return section(
      codes.name, kind: "codes", about: "codes that are added", key: "",
      codeTable(rows, [], of: codes.name, bits: codes.bits, number: "Value"))
  }

  func flagTypes() -> HTML {
    let own = (schema.addition?.flags ?? definition.flags.indices).map(flags)
    let added = definition.flags.indices.map(addedFlags).joined()
    if own.isEmpty, added.isEmpty { return "" }
    return "<h2 id=\"flags\">Flags</h2>\n\(own)\(added)"
  }

  private func flags(_ index: Int) -> HTML {
    let flags = definition.flags[index]
    let rows = flags.flags.map { row($0, of: flags) }
    let rest: HTML =
      flags.isOpen ? "A bit without a name is kept as it is." : "A bit without a name is an error, of kind <code>code</code>."
    let facts = facts([("Used in", users(of: flags.name)), ("Other bits", rest), ("Bit 0", "is the least significant.")])
    return section(
      flags.name, kind: "flags", about: "flags, \(flags.bits) bits",
      facts + codeTable(rows, flags.ranges, of: flags.name, bits: nil, number: "Bit"))
  }

  private func row(_ flag: FlagsDefinition.Flag, of flags: FlagsDefinition) -> CodeRow {
    let anchor = "\(flags.name).\(flag.name)"
    let bit = UInt64(flag.bit)
    return CodeRow(
      first: bit, last: bit, name: flag.name, label: flag.label, anchor: anchor, kind: "flag", key: anchor,
      detail: " <span class=\"soft\">\(HTML.hexadecimal(1 << bit, bits: flags.bits))</span>")
  }

  private func addedFlags(_ index: Int) -> HTML {
    let added = (schema.addition?.addedFlags ?? []).filter { $0.flags == index }
    if added.isEmpty { return "" }
    let flags = definition.flags[index]
    let rows = added.map { row(flags.flags[$0.flag], of: flags) }
    return section(
      flags.name, kind: "flags", about: "flags that are added", key: "",
      codeTable(rows, [], of: flags.name, bits: nil, number: "Bit"))
  }
}

// MARK: - The table

extension DocumentBuilder {
  /// Codes and ranges in the order of their numbers.
  ///
  /// - Parameters:
  ///   - name: of the type, which anchors start with.
  ///   - bits: width of the codes, for their hexadecimal form; nil to leave that out.
  ///   - number: what their numbers are called.
  func codeTable(_ rows: [CodeRow], _ ranges: [CodesDefinition.CodeRange], of name: String, bits: Int?, number: String) -> HTML {
    let columns = Columns(
      hasHexadecimal: bits != nil && rows.contains { $0.first > 9 } || ranges.contains { $0.last > 9 } && bits != nil,
      hasExtra: rows.contains { $0.extra != nil }, hasLabel: rows.contains { $0.label != $0.name },
      hasClass: rows.contains { $0.className != nil }, hasSize: rows.contains { $0.size != nil }, bits: bits ?? 0)
    let lines = rows.map { ($0.first, line($0, columns, of: name)) } + ranges.map { ($0.first, line($0, columns, of: name)) }
    // Codes that differ in their extra tags alone keep the schema's order.
    let sorted = lines.enumerated().sorted { ($0.element.0, $0.offset) < ($1.element.0, $1.offset) }.map(\.element.1)
    return table("codes", columns.heads(number: number), sorted)
  }

  private struct Columns {
    var hasHexadecimal: Bool
    var hasExtra: Bool
    var hasLabel: Bool
    var hasClass: Bool
    var hasSize: Bool
    var bits: Int

    func heads(number: String) -> [(class: String, words: String)] {
      [("num", number)] + (hasHexadecimal ? [("num hexa", "Hex")] : []) + (hasExtra ? [("num", "Extra tag")] : [])
        + [("", "Name")] + (hasLabel ? [("", "Label")] : []) + (hasClass ? [("", "Class")] : [])
        + (hasSize ? [("num", "Octets")] : []) + [("", "Meaning")]
    }

    /// Columns between the numbers and the last one.
    var middle: Int { 1 + (hasExtra ? 1 : 0) + (hasLabel ? 1 : 0) + (hasClass ? 1 : 0) + (hasSize ? 1 : 0) }
  }

  private func line(_ row: CodeRow, _ columns: Columns, of name: String) -> HTML {
    let extra = row.extra.map { ".\($0)" } ?? ""
    let target = row.target.map { "#\($0)" } ?? "#\(row.anchor)"
    var cells: HTML = "<td class=\"num\" id=\"\(name).\(row.first)\(extra)\">\(row.first)</td>"
    if columns.hasHexadecimal { cells += "<td class=\"num hexa\">\(HTML.hexadecimal(row.first, bits: columns.bits))</td>" }
    if columns.hasExtra { cells += "<td class=\"num\">\(row.extra.map { "\($0)" as HTML }.orNothing)</td>" }
    cells += "<td><a class=\"\(row.target == nil ? "self m" : "m")\" href=\"\(target)\">\(row.name)</a></td>"
    if columns.hasLabel { cells += "<td>\(row.label == row.name ? "" : row.label)</td>" }
    if columns.hasClass { cells += "<td>\(row.className ?? "")</td>" }
    if columns.hasSize { cells += "<td class=\"num\">\(row.size ?? "")</td>" }
    cells += "<td>\(remarks(row.key))\(row.detail)</td>"
    let found: HTML = row.target == nil ? found(row.kind, [row.name, row.label], number: "\(row.first)") : ""
    return "<tr id=\"\(row.anchor)\"\(found)>\(cells)</tr>\n"
  }

  private func line(_ range: CodesDefinition.CodeRange, _ columns: Columns, of name: String) -> HTML {
    let isOne = range.first == range.last
    let numbers: HTML = isOne ? "\(range.first)" : "\(range.first)–\(range.last)"
    var cells: HTML = "<td class=\"num\">\(numbers)</td>"
    if columns.hasHexadecimal {
      let first = HTML.hexadecimal(range.first, bits: columns.bits)
      cells += "<td class=\"num hexa\">\(isOne ? first : "\(first)–\(HTML.hexadecimal(range.last, bits: columns.bits))")</td>"
    }
    let policy = listing.policies[name]?[range.first].map { "\($0) " as HTML }
    cells += "<td colspan=\"\(columns.middle)\">\(range.use)</td>"
    cells += "<td>\(policy.orNothing)\(remarks("\(name).range.\(range.first)"))</td>"
    let number = isOne ? "\(range.first)" : "\(range.first)-\(range.last)"
    return "<tr class=\"span\" id=\"\(name):range:\(range.first)\"\(found("range", [range.use], number: number))>\(cells)</tr>\n"
  }
}
