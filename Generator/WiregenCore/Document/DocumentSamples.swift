import WireText

/// Samples, octet by octet.
extension DocumentBuilder {
  func samples(of body: Int) -> HTML {
    let own = schema.samples.filter { $0.body == body }
    if own.isEmpty { return "" }
    let isApart = places.elements[body].map { !definition.families[$0.family].headerIsInBody } ?? false
    return "<h4>Samples\(isApart ? ", of the value alone" : "")</h4>\n\(own.map(sample))"
  }

  private func sample(_ sample: ResolvedSchema.Sample) -> HTML {
    let body = definition.bodies[sample.body]
    let anchor = "\(body.name):sample:\(sample.name)"
    var (rows, rest): ([AnnotationRow], [Violation]) = ([], [])
    do throws(Violation) {
      let decoded = try interpreter.decode(sample.body, sample.octets, mode: .collecting)
      (rows, rest) = decoded.tree.annotationRows(sample.octets, decoded.violations)
    } catch { rest = [error] }
    let pieces = Pieces(rows)
    let faults = rows.flatMap(\.violations) + rest
    // The one that a decoder reports is the first it finds, which the schema's own check of samples has seen.
    let verdict: HTML =
      sample.failure == nil
      ? "<span class=\"good\">valid</span>\(sample.isCanonical ? "" : "<span class=\"soft\">encoded otherwise</span>")"
      : "<span class=\"bad\">refused</span>\(expected(sample))"
    return """
      <section class="sample" id="\(anchor)"\(found("sample", [sample.name]))>
      <div class="title"><h4><a class="self" href="#\(anchor)">\(sample.name)</a></h4>\(verdict)\
      <span class="soft">\(octets(sample.octets.count))</span></div>
      <div class="panes">\(hexadecimal(sample.octets, pieces, faults: sample.failure == nil ? [] : Set(faults.map(\.offset))))\
      \(tree(rows, rest, pieces, sample.body))</div>
      </section>

      """
  }

  /// The error that a refused sample earns, as the strict decoder reports it.
  private func expected(_ sample: ResolvedSchema.Sample) -> HTML {
    do throws(Violation) {
      _ = try interpreter.decode(sample.body, sample.octets)
      return ""
    } catch {
      let code = protocolCode(error.code).map { "<span>\($0)</span>" as HTML }
      let place = self.place(error, sample.body)
      return "\(code.orNothing)<span class=\"says\">octet \(error.offset)\(place): \(words(error))</span>"
    }
  }

  /// The member that an error is about.
  private func place(_ violation: Violation, _ body: Int) -> HTML {
    violation.member.isEmpty ? "" : ", \(path(violation.member, body))"
  }

  /// What is wrong, with the rule linked.
  private func words(_ violation: Violation) -> HTML {
    guard let rule = violation.rule else { return "\(violation.kind.description)" }
    return "rule <span class=\"m\">\(rule)</span> does not hold"
  }

  /// A path of errors, linked to the member that it leads to.
  private func path(_ text: String, _ body: Int) -> HTML {
    let steps = text.split(separator: ".").map { String($0.prefix { $0 != "[" }) }
    // It may be broken behind a dot.
    let words = text.split(separator: ".").map { "\(String($0))" as HTML }.joined(".<wbr/>")
    guard let anchor = anchor(of: steps[...], in: body) else { return "<span class=\"m\">\(words)</span>" }
    return "<a class=\"m\" href=\"#\(anchor)\">\(words)</a>"
  }

  // MARK: Octets

  /// Which piece of the octets each row is about: bit fields are about that of their group.
  private struct Pieces {
    /// By row; nil for one without octets.
    var ofRow: [Int?] = []
    /// By octet; -1 where no row has it.
    var ofOctet: [Int] = []
    var count = 0

    init(_ rows: [AnnotationRow]) {
      for row in rows {
        if row.bits != nil {
          ofRow.append(count > 0 ? count - 1 : nil)
        } else if row.octets.isEmpty {
          ofRow.append(nil)
        } else {
          while ofOctet.count < row.start { ofOctet.append(-1) }
          ofOctet += Array(repeating: count, count: row.octets.count)
          ofRow.append(count)
          count += 1
        }
      }
    }
  }

  /// Lines of eight octets, which a wide page has two of beside each other.
  private func hexadecimal(_ octets: [UInt8], _ pieces: Pieces, faults: Set<Int>) -> HTML {
    if octets.isEmpty { return "<p class=\"note\">No octets.</p>\n" }
    let lines = stride(from: 0, to: octets.count, by: 8).map { start -> HTML in
      let end = min(start + 8, octets.count)
      var runs: [HTML] = []
      var first = start
      while first < end {
        let piece = first < pieces.ofOctet.count ? pieces.ofOctet[first] : -1
        var last = first + 1
        while last < end, (last < pieces.ofOctet.count ? pieces.ofOctet[last] : -1) == piece { last += 1 }
        let isFault = faults != [0] && faults.contains { first <= $0 && $0 < last }
        let name = (piece < 0 ? "u" : piece % 2 == 0 ? "o" : "e") + (isFault ? " at" : "")
        let digits = octets[first..<last].map(Self.digits).joined(separator: " ")
        runs.append(piece < 0 ? "<b class=\"\(name)\">\(digits)</b>" : "<b class=\"\(name)\" data-f=\"\(piece)\">\(digits)</b>")
        first = last
      }
      return "<span><i>\(Self.offset(start))</i>\(runs)</span>\n"
    }
    return "<div class=\"hex\">\n\(lines)</div>\n"
  }

  private static func digits(_ octet: UInt8) -> String { String(octet >> 4, radix: 16) + String(octet & 15, radix: 16) }

  private static func offset(_ offset: Int) -> String {
    let digits = String(offset, radix: 16)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }

  // MARK: Fields

  private func tree(_ rows: [AnnotationRow], _ rest: [Violation], _ pieces: Pieces, _ body: Int) -> HTML {
    let lines = zip(rows, pieces.ofRow).map { row, piece -> HTML in
      // The row of a group of bits has nothing that those of its bits do not have.
      let shown = row.bits.map { HTML(escaping: $0) } ?? few(row.octets)
      let mark: HTML = piece.map { " data-f=\"\($0)\"" }.orNothing
      let offset: HTML = row.bits == nil ? HTML(escaping: Self.offset(row.start)) : ""
      let name: HTML = row.path.isEmpty ? "" : path(row.path, body)
      return """
        <tr\(mark)><td class="num">\(offset)</td><td class="m oct">\(shown)</td><td class="path">\(name)</td>\
        <td>\(row.meaning)</td></tr>
        \(row.violations.map(fault))
        """
    }
    let faults = rest.map(fault)
    if lines.isEmpty, faults.isEmpty { return "" }
    return "<div class=\"tree\" tabindex=\"0\"><table><tbody>\n\(lines)\(faults)</tbody></table></div>\n"
  }

  /// The first octets, and how many there are when that is not all.
  private func few(_ octets: ArraySlice<UInt8>) -> HTML {
    let shown = octets.prefix(octets.count > 6 ? 4 : 6).map(Self.digits).joined(separator: " ")
    return octets.count > 6 ? "\(shown) … <span class=\"soft\">\(octets.count)</span>" : "\(shown)"
  }

  private func fault(_ violation: Violation) -> HTML {
    let name = violation.severity == .warning ? "warning" : "error"
    let code = protocolCode(violation.code).map { ", earns \($0)" as HTML }
    return """
      <tr class="fault"><td class="num">\(Self.offset(violation.offset))</td><td class="oct">\(name)</td>\
      <td class="path">\(violation.path)</td><td>\(words(violation))\(code.orNothing)</td></tr>

      """
  }
}
