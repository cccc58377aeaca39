import WireText

/// Renders what the elements of a family share: reading and writing of their header.
struct FamilyRenderer {
  let context: RenderContext
  let family: FamilyDefinition

  var access: String { context.access }
  var name: String { context.typeName(of: family) }
  /// Octets of a header that is always as long.
  var header: Int { context.headerSize(family) }
  /// What the octets of the list are called where the header has a span of its own.
  private var span: String { family.headerIsInBody ? "list" : "octets" }
  /// Whether the header is walked over to find its parts.
  var varies: Bool { context.headerVaries(family) }

  func render() -> RenderedType {
    var source = SwiftSource()
    context.comment(family.name, fallback: "The `\(family.name)` elements of \(context.definition.name).", &source)
    source.block("\(access)enum \(name)") { inner in
      renderHeader(&inner)
      inner.line()
      renderElement(&inner)
      inner.line()
      renderNext(&inner)
      inner.line()
      renderExtent(&inner)
      inner.line()
      renderEnd(&inner)
      inner.line()
      renderWrite(&inner)
      inner.line()
      renderKept(&inner)
    }
    return RenderedType(name: name, source: source)
  }

  // MARK: Reading

  /// The header, which a list checks before anything else of an element.
  private func renderHeader(_ source: inout SwiftSource) {
    if family.headerIsInBody { renderHeaderWalk(&source) }
    source.line("/// Checks that there is a header at `position` of a list that starts at `start`, and its reserved octets.")
    let parameters = "_ octets: RawSpan, at position: Int, from start: Int, offset: Int, _ check: inout Check"
    source.block("\(access)static func header(\(parameters)) throws(WireError) -> ElementRange") { inner in
      if family.headerIsInBody {
        renderWalkedHeader(&inner)
      } else {
        renderPlainHeader(&inner)
      }
      inner.line("return \(varies ? "try " : "")element(octets, at: position, from: start)")
    }
  }

  private func renderPlainHeader(_ source: inout SwiftSource) {
    var place = 0
    var names: [String] = []
    for member in family.header {
      let size = context.lowering.sizes.fixed(member) ?? 0
      names.append("\(place)-\(place + size) \(member.name.isEmpty ? "reserved" : member.name)")
      place += size
    }
    source.block("guard octets.byteCount &- position >= \(place) else") {
      $0.block(
        "throw check.truncated(", closing: ")", open: "",
        [
          "octets.byteCount &- position, at: offset &+ position,",
          "run: \"\(names.joined(separator: ","))\", code: \(context.code(family.code))",
        ])
    }
    place = 0
    for member in family.header {
      if case .reserved(let size, let send, true) = member.kind {
        renderReserved(member, at: sum("position", place), size: size, send: send, &source)
      }
      place += context.lowering.sizes.fixed(member) ?? 0
    }
  }

  func renderReserved(_ member: Member, at start: String, size: Int, send: UInt64, _ source: inout SwiftSource) {
    let warning = member.isWarning ? ", isWarning: true" : ""
    source.block("if !octets.isFilled(\(start), count: \(size), with: \(send))") {
      $0.line("try check.report(.reserved, at: offset &+ \(start), \"reserved\", code: \(context.code(member.code))\(warning))")
    }
  }

  private func renderElement(_ source: inout SwiftSource) {
    source.line("/// The element whose header, which is there, starts at `position` of a list that starts at `start`.")
    let effect = varies ? " throws(WireError)" : ""
    let parameters = "_ \(span): RawSpan, at position: Int, from start: Int"
    source.block("\(access)static func element(\(parameters))\(effect) -> ElementRange") { inner in
      if family.headerIsInBody {
        renderWalkedElement(&inner)
      } else {
        let tag = context.rawLoad(shape(family.tag), at: sum("position", offset(of: family.tag)))
        let length = context.rawLoad(shape(family.length), at: sum("position", offset(of: family.length)))
        inner.line("let tag = \(widened(tag, to: "UInt64"))")
        inner.line("let counted = Int(clamping: \(length))")
        inner.line("let value = position &+ \(header)")
      }
      renderRange(&inner)
    }
  }

  /// One function for all kinds: it would be in every view of every list otherwise.
  private func renderNext(_ source: inout SwiftSource) {
    source.line("/// Where the body of the next element of a kind is, from `position` on, which is moved behind it; nil when")
    source.line("/// none comes before `end`. The list has been checked.")
    source.line("@inline(never)")
    let tags = "_ tag: UInt64, " + (family.extraTag == nil ? "" : "_ extraTag: UInt64, ")
    let parameters = "\(tags)_ octets: RawSpan, at position: inout Int, from start: Int, to end: Int"
    let effect = varies ? " throws(WireError)" : ""
    source.block("\(access)static func next(\(parameters))\(effect) -> Swift.Range<Int>?") { inner in
      inner.block("while position < end") { loop in
        loop.line("let found = \(varies ? "try " : "")element(octets, at: position, from: start)")
        loop.line("position = found.end")
        let isSame = "found.tag == tag" + (family.extraTag == nil ? "" : " && found.extraTag == extraTag")
        loop.line("if \(isSame) { return found.bodyRange }")
      }
      inner.line("return nil")
    }
  }

  /// From `tag`, `counted` (the length) and `value` (where it starts) to the range.
  private func renderRange(_ source: inout SwiftSource) {
    // A length of 64 bits that no Int holds is as good as any that does not fit.
    var size = "counted"
    if family.lengthUnit != 1 {
      size = "(counted > Int.max / \(family.lengthUnit) ? Int.max : counted &* \(family.lengthUnit))"
    }
    let less = family.lengthPlus + (family.lengthCountsElement && !family.headerIsInBody ? header : 0)
    size = sum(size, -less)
    if family.lengthCountsElement, family.headerIsInBody { size += " &- (value &- position)" }
    source.line("let size = \(size)")
    let extra = family.extraTag == nil ? "" : "extraTag: extraTag, "
    let body = family.headerIsInBody ? "position" : "value"
    let arguments = "tag: tag, \(extra)start: position, bodyStart: \(body), valueStart: value, valueSize: size"
    source.block("guard size >= 0, size <= \(span).byteCount &- value else") {
      $0.line("return ElementRange(\(arguments), end: Int.max)")
    }
    let end = family.lengthCountsPadding ? "value &+ size" : padded("value &+ size")
    source.line("return ElementRange(\(arguments), end: \(end))")
  }

  /// The length and the padding, which a list checks when it knows what becomes of the element.
  private func renderExtent(_ source: inout SwiftSource) {
    source.line("/// Checks that an element has room for its value and its padding.")
    let parameters = "of element: ElementRange, _ octets: RawSpan, offset: Int, _ check: inout Check"
    source.block("\(access)static func extent(\(parameters)) throws(WireError)") { inner in
      let code = context.code(family.code)
      inner.block("guard element.end != Int.max else") { failure in
        let place = lengthPlace(&failure)
        let code = context.code(family.header[family.length].code)
        failure.line("throw check.failure(.length, at: offset &+ \(place), \"\(lengthName)\", code: \(code))")
      }
      guard family.alignment > 1, !family.lengthCountsPadding else { return }
      inner.block("guard element.end <= octets.byteCount else") {
        $0.line("throw check.failure(.truncated, at: offset &+ element.valueEnd, \"padding\", code: \(code))")
      }
      guard family.checksPadding else { return }
      inner.block("if !octets.isFilled(element.valueEnd, count: element.end &- element.valueEnd, with: 0)") {
        $0.line("try check.report(.padding, at: offset &+ element.valueEnd, \"padding\", code: \(code))")
      }
    }
  }

  var lengthName: String { family.header[family.length].name }

  private func lengthPlace(_ source: inout SwiftSource) -> String {
    guard let plan = context.headers[family.name]?.walked else { return "element.start &+ \(offset(of: family.length))" }
    let place = plan.members[family.length].place
    if place.base != nil {
      source.line("let layout = try layout(octets.extracting(droppingFirst: element.start))")
    }
    return "element.start &+ \(place.text)"
  }

  func offset(of index: Int) -> Int {
    family.header[..<index].reduce(0) { $0 + (context.lowering.sizes.fixed($1) ?? 0) }
  }

  func shape(_ index: Int) -> IntegerShape {
    if case .integer(let shape) = family.header[index].kind { return shape }
    return IntegerShape(bits: 8)
  }

  /// Rounded up to the alignment, counted from the list's start.
  func padded(_ end: String) -> String {
    let alignment = family.alignment
    guard alignment > 1 else { return end }
    if alignment & (alignment - 1) == 0 { return "start &+ ((\(end) &- start &+ \(alignment - 1)) & ~\(alignment - 1))" }
    return "start &+ (\(end) &- start &+ \(alignment - 1)) / \(alignment) &* \(alignment)"
  }

  // MARK: Writing

  private func renderEnd(_ source: inout SwiftSource) {
    let what = family.headerIsInBody ? "header and value" : "a value"
    source.line("/// Where an element with \(what) of `size` octets ends that starts at `position` of the list.")
    source.block("\(access)static func end(of size: Int, at position: Int) -> Int") { inner in
      if family.alignment > 1 { inner.line("let start = 0") }
      inner.line("return \(padded(family.headerIsInBody ? "position &+ size" : "position &+ \(header) &+ size"))")
    }
  }

  private func renderWrite(_ source: inout SwiftSource) {
    source.line("/// Writes an element of a list that starts at `start` of the output: header, value and padding.")
    renderWrite(of: "WireBody", "", "", &source)
    if family.elements.contains(where: { context.lowering.isMessageBound($0.body) }) {
      source.line()
      source.line("/// The same, of an element that has checksums over what stands before them.")
      renderWrite(of: "MessageBound", ", message: inout MessageWriting", ", message: &message", &source)
    }
    guard !family.headerIsInBody else { return }
    source.line()
    renderWriteHeader(&source)
  }

  private func renderWrite(of kind: String, _ parameter: String, _ argument: String, _ source: inout SwiftSource) {
    let tag = family.headerIsInBody ? "" : "tag: UInt64, "
    let parameters = "_ body: Body, \(tag)from start: Int, into output: inout OutputRawSpan\(parameter)"
    // Inlined into every list, it would make a large schema take half as long again to compile.
    source.line("@inline(never)")
    source.block("\(access)static func write<Body: \(kind)>(\(parameters)) throws(WireError)") { inner in
      if !family.headerIsInBody {
        inner.line("let place = output.byteCount")
        inner.line("writeHeader(tag: tag, into: &output)")
      }
      inner.line("try body.write(into: &output\(argument))")
      if !family.headerIsInBody { inner.line("try writeLength(Body.wireName, at: place, into: &output)") }
      if family.alignment > 1 { inner.line("output.fill(0, count: \(padded("output.byteCount")) &- output.byteCount)") }
    }
    source.line()
    renderWriteSeveral(of: kind, tag, parameter, argument, &source)
  }

  private func renderWriteSeveral(
    of kind: String, _ tag: String, _ parameter: String, _ argument: String, _ source: inout SwiftSource
  ) {
    source.line("/// Writes the next of some elements, or all that are left of them.")
    source.line("@inline(never)")
    source.line("\(access)static func write<Body: \(kind)>(")
    let output = "from start: Int, into output: inout OutputRawSpan\(parameter)"
    source.line("  _ bodies: [Body], next: inout Int, all: Bool, \(tag)\(output)")
    source.block(") throws(WireError)") { inner in
      inner.block("while next < bodies.count") { loop in
        let tag = family.headerIsInBody ? "" : "tag: tag, "
        loop.line("try write(bodies[next], \(tag)from: start, into: &output\(argument))")
        loop.line("next &+= 1")
        loop.line("if !all { return }")
      }
    }
  }

  private func renderWriteHeader(_ source: inout SwiftSource) {
    source.block("private static func writeHeader(tag: UInt64, into output: inout OutputRawSpan)") { inner in
      for (index, member) in family.header.enumerated() {
        switch member.kind {
        case .integer(let shape) where index == family.tag:
          write(shape, "\(storageType(bits: shape.bits))(truncatingIfNeeded: tag)", &inner)
        case .integer(let shape): inner.line("output.fill(0, count: \(shape.bits / 8))")
        case .reserved(let size, let send, _): inner.line("output.fill(\(send), count: \(size))")
        default: break
        }
      }
    }
    source.line()
    renderWriteLength(&source)
  }

  private func renderWriteLength(_ source: inout SwiftSource) {
    let length = shape(family.length)
    source.line("/// Puts in the length of the element whose header is at `place`, now that its value is written.")
    let parameters = "_ name: WireName, at place: Int, into output: inout OutputRawSpan"
    source.block("private static func writeLength(\(parameters)) throws(WireError)") { inner in
      let more = family.lengthPlus + (family.lengthCountsElement ? header : 0)
      let value = "output.byteCount &- place &- \(header)"
      let size = family.lengthCountsPadding ? "end(of: \(value), at: 0) &- \(header)" : value
      inner.line("let size = \(sum(size, more))")
      let counted = family.lengthUnit > 1 ? "size / \(family.lengthUnit)" : "size"
      var conditions = ["let length = \(storageType(bits: length.bits))(exactly: \(counted))"]
      if family.lengthUnit > 1 { conditions.append("size % \(family.lengthUnit) == 0") }
      if ![8, 16, 32, 64].contains(length.bits) { conditions.append("length <= \(length.widthBounds.upperBound)") }
      inner.block("guard \(conditions.joined(separator: ", ")) else") {
        $0.line("throw WireError(.unrepresentable, at: 0, path: WirePath(\"\(lengthName)\", of: name))")
      }
      let octets = "\(widened("length", to: "UInt64")), count: \(length.bits / 8), isLittleEndian: \(length.isLittleEndian)"
      inner.line("output.replace(at: \(sum("place", offset(of: family.length))), with: \(octets))")
    }
  }

  private func write(_ shape: IntegerShape, _ value: String, _ source: inout SwiftSource) {
    let order = shape.isLittleEndian ? "little" : "big"
    if [8, 16, 32, 64].contains(shape.bits) {
      source.line("output.\(order)(\(value))")
    } else {
      source.line("output.\(order)(\(widened(value, to: "UInt64")), count: \(shape.bits / 8))")
    }
  }

  private func renderKept(_ source: inout SwiftSource) {
    guard !family.headerIsInBody else {
      renderKeptWithHeader(&source)
      source.line()
      renderKeptBody(&source)
      return
    }
    let code = "\(family.name)Code"
    source.comment(
      "An element with that code and value, to be added to the `unknown` of a list.\n\n"
        + "- Throws: `unrepresentable` when the value is too long for the length field.")
    source.block("\(access)static func kept(_ code: \(code), value: [UInt8]) throws(WireError) -> KeptElement") { inner in
      inner.line("let end = end(of: value.count, at: 0)")
      let size = family.lengthCountsPadding ? "end &- \(header)" : "value.count"
      let tag = widened("code.rawValue", to: "UInt64")
      inner.line("return try KeptElement(tag: \(tag), capacity: end, valueStart: \(header), valueSize: \(size)) {")
      inner.line("  (output: inout OutputRawSpan) throws(WireError) in")
      inner.line("  writeHeader(tag: \(tag), into: &output)")
      inner.line("  output.octets(value)")
      inner.line("  try writeLength(\"\(family.name)\", at: 0, into: &output)")
      inner.line("  output.fill(0, count: end &- output.byteCount)")
      inner.line("}")
    }
  }

  /// An element whose value starts with its header, to be kept.
  private func renderKeptBody(_ source: inout SwiftSource) {
    source.comment(
      "An element, header and value, to be added to the `unknown` of a list.\n\n- Throws: what its encoding throws.")
    source.block("\(access)static func kept<Body: WireBody>(_ body: Body) throws(WireError) -> KeptElement") { inner in
      inner.line("\(family.alignment > 1 ? "var" : "let") octets = try body.encoded()")
      if family.alignment > 1 {
        inner.line("octets += [UInt8](repeating: 0, count: end(of: octets.count, at: 0) &- octets.count)")
      }
      inner.line("return try octets.withRawSpan { (span: RawSpan) throws(WireError) -> KeptElement in")
      inner.line("  \(varies ? "try " : "")element(span, at: 0, from: 0).kept(from: span)")
      inner.line("}")
    }
  }
}
