import WireText

/// Renders what the elements of a family share: reading and writing of their header.
struct FamilyRenderer {
  let context: RenderContext
  let family: FamilyDefinition

  private var access: String { context.access }
  private var name: String { context.typeName(of: family) }
  private var header: Int { context.headerSize(family) }

  func render() -> RenderedType {
    var source = SwiftSource()
    context.comment(family.name, fallback: "The `\(family.name)` elements of \(context.definition.name).", &source)
    source.block("\(access)enum \(name)") { inner in
      renderElement(&inner)
      inner.line()
      renderEnd(&inner)
      inner.line()
      renderWrite(&inner)
      inner.line()
      renderKept(&inner)
    }
    return RenderedType(name: name, source: source)
  }

  private func offset(of index: Int) -> Int {
    family.header[..<index].reduce(0) { $0 + (context.lowering.sizes.fixed($1) ?? 0) }
  }

  private func shape(_ index: Int) -> IntegerShape {
    if case .integer(let shape) = family.header[index].kind { return shape }
    return IntegerShape(bits: 8)
  }

  private func renderElement(_ source: inout SwiftSource) {
    source.line("/// The element whose header, which is there, starts at `position` of a list that starts at `start`.")
    source.block("static func element(_ octets: RawSpan, at position: Int, from start: Int) -> ElementRange") { inner in
      let tag = context.rawLoad(shape(family.tag), at: sum("position", offset(of: family.tag)))
      let length = context.rawLoad(shape(family.length), at: sum("position", offset(of: family.length)))
      inner.line("let tag = UInt64(\(tag))")
      // A length of 64 bits that no Int holds is as good as any that does not fit.
      inner.line("let length = Int(clamping: \(length))")
      var size = "length"
      if family.lengthUnit != 1 {
        size = "(length > Int.max / \(family.lengthUnit) ? Int.max : length &* \(family.lengthUnit))"
      }
      let less = family.lengthPlus + (family.lengthCountsElement ? header : 0)
      if less > 0 { size += " &- \(less)" }
      inner.line("let size = \(size)")
      inner.line("let value = position &+ \(header)")
      inner.block("guard size >= 0, size <= octets.byteCount &- value else") {
        $0.line("return ElementRange(tag: tag, start: position, valueStart: value, valueSize: size, end: Int.max)")
      }
      inner.line("let end = \(padded("value &+ size"))")
      inner.line("return ElementRange(tag: tag, start: position, valueStart: value, valueSize: size, end: end)")
    }
  }

  /// Rounded up to the alignment, counted from the list's start.
  private func padded(_ end: String) -> String {
    let alignment = family.alignment
    guard alignment > 1 else { return end }
    if alignment & (alignment - 1) == 0 { return "start &+ ((\(end) &- start &+ \(alignment - 1)) & ~\(alignment - 1))" }
    return "start &+ (\(end) &- start &+ \(alignment - 1)) / \(alignment) &* \(alignment)"
  }

  private func renderEnd(_ source: inout SwiftSource) {
    source.line("/// Where an element with a value of `size` octets ends that starts at `position` of the list.")
    source.block("static func end(of size: Int, at position: Int) -> Int") { inner in
      if family.alignment > 1 { inner.line("let start = 0") }
      inner.line("return \(padded("position &+ \(header) &+ size"))")
    }
  }

  private func renderWrite(_ source: inout SwiftSource) {
    source.line("/// Writes an element of a list that starts at `start` of the output: header, value and padding.")
    source.block(
      "static func write<Body: WireBody>(_ body: Body, tag: UInt64, from start: Int, into output: inout OutputRawSpan) throws(WireError)"
    ) { inner in
      inner.line("let size = body.encodedSize")
      inner.line("try writeHeader(tag: tag, size: size, Body.wireName, into: &output)")
      inner.line("try body.write(into: &output)")
      if family.alignment > 1 { inner.line("output.fill(0, count: \(padded("output.byteCount")) &- output.byteCount)") }
    }
    source.line()
    renderWriteHeader(&source)
  }

  private func renderWriteHeader(_ source: inout SwiftSource) {
    let length = shape(family.length)
    source.block(
      "private static func writeHeader(tag: UInt64, size: Int, _ name: WireName, into output: inout OutputRawSpan) throws(WireError)"
    ) { inner in
      let more = family.lengthPlus + (family.lengthCountsElement ? header : 0)
      let counted = more > 0 ? "size &+ \(more)" : "size"
      var conditions = [
        "let length = \(storageType(bits: length.bits))(exactly: \(family.lengthUnit > 1 ? "(\(counted)) / \(family.lengthUnit)" : counted))"
      ]
      if family.lengthUnit > 1 { conditions.append("(\(counted)) % \(family.lengthUnit) == 0") }
      if ![8, 16, 32, 64].contains(length.bits) { conditions.append("length <= \(length.widthBounds.upperBound)") }
      inner.block("guard \(conditions.joined(separator: ", ")) else") {
        $0.line("throw WireError(.unrepresentable, at: 0, path: WirePath(\(headerName(family.length)), of: name))")
      }
      for (index, member) in family.header.enumerated() {
        switch member.kind {
        case .integer(let shape):
          let value = index == family.tag ? "\(storageType(bits: shape.bits))(truncatingIfNeeded: tag)" : "length"
          write(shape, value, &inner)
        case .reserved(let size, let send, _): inner.line("output.fill(\(send), count: \(size))")
        default: break
        }
      }
    }
  }

  private func headerName(_ index: Int) -> String { "\"\(family.header[index].name)\"" }

  private func write(_ shape: IntegerShape, _ value: String, _ source: inout SwiftSource) {
    let order = shape.isLittleEndian ? "little" : "big"
    if [8, 16, 32, 64].contains(shape.bits) {
      source.line("output.\(order)(\(value))")
    } else {
      source.line("output.\(order)(UInt64(\(value)), count: \(shape.bits / 8))")
    }
  }

  private func renderKept(_ source: inout SwiftSource) {
    let code = "\(family.name)Code"
    source.comment(
      "An element with that code and value, to be added to the `unknown` of a list.\n\n"
        + "- Throws: `unrepresentable` when the value is too long for the length field.")
    source.block("\(access)static func kept(_ code: \(code), value: [UInt8]) throws(WireError) -> KeptElement") { inner in
      inner.line("let end = end(of: value.count, at: 0)")
      inner.line(
        "return try KeptElement(tag: UInt64(code.rawValue), capacity: end, valueStart: \(header), valueSize: value.count) {")
      inner.line("  (output: inout OutputRawSpan) throws(WireError) in")
      inner.line("  try writeHeader(tag: UInt64(code.rawValue), size: value.count, \"\(family.name)\", into: &output)")
      inner.line("  output.octets(value)")
      inner.line("  output.fill(0, count: end &- output.byteCount)")
      inner.line("}")
    }
  }
}
