import Wire
import WireText

extension Resolver {
  /// Reads the samples of every body; running them is the interpreter's work.
  func defineSamples() {
    samples = []
    for (name, declaration) in types.sorted(by: { $0.value.node.position < $1.value.node.position }) {
      guard case .body(let body) = declaration.kind else { continue }
      var names: [String: Node] = [:]
      for node in declaration.node.children("sample") {
        if let other = names[node["name"] ?? ""] {
          diagnostics.error(
            node.position(of: "name"), "a second sample '\(node["name"] ?? "")' of '\(name)'; the first is at \(other.position)")
        }
        names[node["name"] ?? ""] = node
        if let sample = sample(node, body) { samples.append(sample) }
      }
    }
  }

  private func sample(_ node: Node, _ body: Int) -> ResolvedSchema.Sample? {
    guard let name = node["name"], let octets = sampleOctets(node) else { return nil }
    let expectations = node.children("expect").map {
      ResolvedSchema.Sample.Expectation(path: $0["path"] ?? "", value: $0["value"] ?? "", position: $0.position)
    }
    let failure = sampleFailure(node)
    if failure != nil, let extra = expectations.first {
      diagnostics.error(extra.position, "a sample that must be refused has no values to expect")
    }
    if failure != nil, node["canonical"] != nil {
      diagnostics.error(node.position(of: "canonical"), "a sample that must be refused is neither canonical nor not")
    }
    return ResolvedSchema.Sample(
      name: name, body: body, octets: octets, isCanonical: node["canonical"] != "false", expectations: expectations,
      failure: failure, position: node.position)
  }

  private func sampleFailure(_ node: Node) -> ResolvedSchema.Sample.Failure? {
    guard ["error", "kind", "at", "offset"].contains(where: { node[$0] != nil }) else { return nil }
    if let kind = node["kind"], !WireError.Kind.allCases.contains(where: { $0.name == kind }) {
      let known = WireError.Kind.allCases.map(\.name)
      diagnostics.error(
        node.position(of: "kind"),
        "kind=\"\(kind)\" is not one of \(known.joined(separator: " "))\(suggestion(for: kind, among: known))")
    }
    return .init(
      code: errorCode(node, "error", inherited: nil), kind: node["kind"], path: node["at"],
      offset: node["offset"].flatMap { parseNumber($0) }.map { Int(clamping: $0) })
  }

  private func sampleOctets(_ node: Node) -> [UInt8]? {
    let parts = node.children("octets")
    guard (node["hex"] != nil) != !parts.isEmpty else {
      diagnostics.error(node.position, "<sample> needs its octets: hex=\"…\" or <octets>…</octets>, not both")
      return nil
    }
    let text = node["hex"] ?? parts.map(\.text).joined(separator: " ")
    guard let octets = parseHexadecimal(text) else {
      diagnostics.error(
        node["hex"] != nil ? node.position(of: "hex") : parts[0].position,
        "the octets are pairs of hexadecimal digits, with spaces wherever you like between pairs")
      return nil
    }
    return octets
  }
}

/// Octets from pairs of hexadecimal digits; white space may stand between digits.
func parseHexadecimal(_ text: String) -> [UInt8]? {
  let digits = text.filter { !$0.isWhitespace }
  guard digits.utf8.count.isMultiple(of: 2) else { return nil }
  var octets: [UInt8] = []
  var high: UInt8?
  for character in digits {
    guard character.isASCII, let digit = character.hexDigitValue.map(UInt8.init) else { return nil }
    if let first = high {
      octets.append(first << 4 | digit)
      high = nil
    } else {
      high = digit
    }
  }
  return octets
}
