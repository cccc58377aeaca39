import WireText

/// Renders the enum of the messages of one direction.
struct MessagesRenderer {
  let context: RenderContext
  let direction: Int

  private var access: String { context.access }
  private var directionName: String { SwiftName.upper(context.definition.directions[direction]) }
  private var name: String { "\(context.definition.name)\(directionName)" }

  private struct Case {
    var identifier: String
    var type: String
    var traits: MessageTraits

    /// The type that the nested one of the same name hides.
    static let hidden = "Kind"
  }

  private var alias: String { "\(name)KindMessage" }

  private func type(of entry: Case) -> String { entry.type == Case.hidden ? alias : entry.type }

  private var cases: [Case] {
    context.definition.messages.compactMap { index in
      let body = context.definition.bodies[index]
      guard let traits = body.message, traits.direction == direction else { return nil }
      var short = body.name
      if short.hasSuffix(directionName), short.count > directionName.count { short.removeLast(directionName.count) }
      let lower = lowerCamel(short)
      return Case(identifier: SwiftName.property(lower), type: SwiftName.type(body.name), traits: traits)
    }
  }

  func render() -> RenderedType? {
    let cases = cases
    guard !cases.isEmpty else { return nil }
    var source = SwiftSource()
    let direction = context.definition.directions[direction]
    if cases.contains(where: { $0.type == Case.hidden }) {
      source.line("/// The message `Kind`, whose name means another type inside of `\(name)`.")
      source.line("\(access)typealias \(alias) = Kind")
      source.line()
    }
    context.comment("direction.\(direction)", fallback: "The \(direction) messages of \(context.definition.name).", &source)
    let framing = FramingRenderer(context, direction: self.direction)
    source.block("\(access)enum \(name): \(framing == nil ? "WireMessages" : "FramedMessages")") { inner in
      for entry in cases { inner.line("case \(entry.identifier)(\(type(of: entry)))") }
      inner.line()
      inner.line("/// The messages without their contents.")
      inner.block("\(access)enum Kind: Sendable, Hashable, CaseIterable, BitwiseCopyable") {
        $0.line("case \(cases.map(\.identifier).joined(separator: ", "))")
      }
    }
    source.line()
    source.block("extension \(name)") { inner in
      renderForwarding(cases, &inner)
      if let framing {
        inner.line()
        framing.render(&inner)
      }
      inner.line()
      renderChoice(cases, &inner)
    }
    return RenderedType(name: name, source: source)
  }

  private func renderForwarding(_ cases: [Case], _ source: inout SwiftSource) {
    source.line("\(access)static var wireName: WireName { \"\(name)\" }")
    let limits = cases.map { SizeLimits($0.traits) }
    if limits.allSatisfy({ $0 == limits[0] }) { limits[0].render(access, &source) }
    renderPorts(&source)
    source.line()
    source.block(
      "\(access)init(decoding octets: RawSpan, _ mode: Check.Mode, extensions: ExtensionRegistry) throws(WireError)"
    ) { inner in
      inner.line("switch try Self.kind(of: octets) {")
      for entry in cases {
        inner.line("case .\(entry.identifier):")
        inner.line("  self = .\(entry.identifier)(try \(type(of: entry))(decoding: octets, mode, extensions: extensions))")
      }
      inner.line("}")
    }
    source.line()
    source.block("\(access)static func violations(in octets: RawSpan, extensions: ExtensionRegistry) -> [WireError]") { inner in
      inner.block("do throws(WireError)", closing: "} catch {") { body in
        body.line("switch try kind(of: octets) {")
        for entry in cases {
          body.line("case .\(entry.identifier): return \(type(of: entry)).violations(in: octets, extensions: extensions)")
        }
        body.line("}")
      }
      inner.line("  return [error]")
      inner.line("}")
    }
    source.line()
    source.block("\(access)var message: any WireBody") { inner in
      inner.line("switch self {")
      for entry in cases { inner.line("case .\(entry.identifier)(let message): message") }
      inner.line("}")
    }
    source.line()
    source.block("\(access)var encodedSize: Int") { inner in
      inner.line("switch self {")
      for entry in cases { inner.line("case .\(entry.identifier)(let message): message.encodedSize") }
      inner.line("}")
    }
    source.line()
    source.block("\(access)func encode(into output: inout OutputRawSpan) throws(WireError)") { inner in
      inner.line("switch self {")
      for entry in cases { inner.line("case .\(entry.identifier)(let message): try message.encode(into: &output)") }
      inner.line("}")
    }
    source.line()
    source.block("\(access)func encode(uncheckedInto output: inout OutputRawSpan) throws(WireError)") { inner in
      inner.line("switch self {")
      for entry in cases {
        inner.line("case .\(entry.identifier)(let message): try message.encode(uncheckedInto: &output)")
      }
      inner.line("}")
    }
  }

  private func renderPorts(_ source: inout SwiftSource) {
    for transport in [PortDefinition.Transport.udp, .tcp] {
      let ports = context.definition.ports.filter { $0.direction == direction && $0.transport == transport }
      guard !ports.isEmpty else { continue }
      source.line("/// Default ports over \(transport.rawValue.uppercased()).")
      let numbers = ports.map { "\($0.number)" }.joined(separator: ", ")
      source.line("\(access)static var \(transport.rawValue)Ports: [UInt16] { [\(numbers)] }")
    }
  }

  // MARK: Choosing

  /// A place that some message compares, and what each does.
  private struct Location: Hashable {
    var offset: Int
    var size: Int
    var shift: Int
    var bits: Int
    var isLittle: Bool
  }

  private func location(_ match: MessageTraits.Match) -> Location {
    Location(
      offset: match.offset, size: match.size, shift: match.shift, bits: match.bits, isLittle: match.isLittleEndian)
  }

  /// Narrows the candidates place by place in wire order; a bit for each message.
  private func renderChoice(_ cases: [Case], _ source: inout SwiftSource) {
    let storage = cases.count <= 64 ? "UInt64" : "UInt128"
    let locations = Set(cases.flatMap { $0.traits.matches.map(location) }).sorted {
      ($0.offset, $1.shift, $0.size, $0.bits) < ($1.offset, $0.shift, $1.size, $1.bits)
    }
    source.comment(
      "Which message octets are, by its discriminators alone.\n\n- Throws: `noMessage` at the first member whose value no message has, "
        + "or `truncated` where the octets end before one is found.")
    source.block("\(access)static func kind(of octets: RawSpan) throws(WireError) -> Kind") { inner in
      guard cases.contains(where: { !$0.traits.matches.isEmpty }) else {
        inner.line("return .\(cases[0].identifier)")
        return
      }
      inner.line("var candidates: \(storage) = 0x\(mask(cases.indices.map { $0 }))")
      for (index, location) in locations.enumerated() {
        renderLocation(location, cases, storage, isFirst: index == 0, &inner)
      }
      inner.line("switch candidates.trailingZeroBitCount {")
      for (index, entry) in cases.enumerated().dropLast() { inner.line("case \(index): return .\(entry.identifier)") }
      inner.line("default: return .\(cases.last!.identifier)")
      inner.line("}")
    }
  }

  private func mask(_ indices: [Int]) -> String {
    String(indices.reduce(UInt128(0)) { $0 | UInt128(1) << UInt128($1) }, radix: 16)
  }

  private func renderLocation(
    _ location: Location, _ cases: [Case], _ storage: String, isFirst: Bool, _ source: inout SwiftSource
  ) {
    var matching: [(match: MessageTraits.Match, indices: [Int])] = []
    var indifferent: [Int] = []
    for (index, entry) in cases.enumerated() {
      guard let match = entry.traits.matches.first(where: { self.location($0) == location }) else {
        indifferent.append(index)
        continue
      }
      if let place = matching.firstIndex(where: { $0.match.first == match.first && $0.match.last == match.last }) {
        matching[place].indices.append(index)
      } else {
        matching.append((match, [index]))
      }
    }
    let first = matching[0].match
    let shape = IntegerShape(bits: location.size * 8, isLittleEndian: location.isLittle)
    let value = context.bitField(
      IntegerShape(bits: location.bits), shift: location.shift,
      group: context.rawLoad(shape, at: "\(location.offset)"), groupBits: location.size * 8)
    source.block("if octets.byteCount >= \(location.offset + location.size)", closing: "} else {") { inner in
      inner.line("let value = \(value)")
      inner.line("var agreeing: \(storage) = 0x\(mask(indifferent))")
      for entry in matching {
        let test =
          entry.match.first == entry.match.last
          ? Compare.equal("value", "\(entry.match.first)") : "(\(entry.match.first)...\(entry.match.last)).contains(value)"
        inner.line("if \(test) { agreeing |= 0x\(mask(entry.indices)) }")
      }
      let asked = cases.map { entry in entry.traits.matches.first { self.location($0) == location } }
      renderNarrowing(asked, storage, isFirst: isFirst, &inner)
    }
    source.line("  candidates &= 0x\(mask(indifferent))")
    // At first all are candidates, and those that ask nothing here stay: the compiler warns of what cannot come.
    if !isFirst || indifferent.isEmpty {
      source.block("  guard candidates != 0 else", closing: "  }") {
        $0.line("  " + failure(".truncated", first, context.code(cases[0].traits.code)))
      }
    }
    source.line("}")
  }

  /// Leaves the candidates that agree. When none does, the first of those that were left says what is wrong.
  ///
  /// - Parameter asked: what each message asks for at the place, nil when nothing.
  private func renderNarrowing(
    _ asked: [MessageTraits.Match?], _ storage: String, isFirst: Bool, _ source: inout SwiftSource
  ) {
    var reasons: [(failure: String, indices: [Int])] = []
    for (index, match) in asked.enumerated() {
      guard let match else { continue }
      let reason = failure(".noMessage", match, context.code(match.code))
      if let place = reasons.firstIndex(where: { $0.failure == reason }) {
        reasons[place].indices.append(index)
      } else {
        reasons.append((reason, [index]))
      }
    }
    // At first all are left, and of those the first.
    if isFirst { reasons.removeLast(reasons.count - 1) }
    if reasons.count > 1 { source.line("let asked: \(storage) = candidates") }
    source.line("candidates &= agreeing")
    source.block("guard candidates != 0 else") { inner in
      guard reasons.count > 1 else { return inner.line(reasons[0].failure) }
      inner.line("switch asked.trailingZeroBitCount {")
      for reason in reasons.dropLast() {
        inner.line("case \(reason.indices.map { "\($0)" }.joined(separator: ", ")): \(reason.failure)")
      }
      inner.line("default: \(reasons.last!.failure)")
      inner.line("}")
    }
  }

  private func failure(_ kind: String, _ match: MessageTraits.Match, _ code: String) -> String {
    "throw Check(.strict, root: wireName).failure(\(kind), at: \(match.offset), \"\(match.member)\", code: \(code))"
  }
}

/// A type's name as that of a case: MapError -> mapError, PCPHello -> pcpHello.
func lowerCamel(_ name: String) -> String {
  let capitals = name.prefix { $0.isUppercase }
  guard capitals.count > 1, capitals.count < name.count else { return capitals.lowercased() + name.dropFirst(capitals.count) }
  return capitals.dropLast().lowercased() + name.dropFirst(capitals.count - 1)
}
