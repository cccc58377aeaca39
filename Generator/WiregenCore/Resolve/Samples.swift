import Wire
import WireText

extension Resolver {
  /// Reads the samples of every body of these declarations; running them is the interpreter's work.
  func defineSamples(_ nodes: [Node]) {
    for node in nodes {
      switch node.name {
      case "struct", "message": defineSamples(of: node, named: node["name"])
      case "tlvs", "extend":
        guard let family = node[node.name == "extend" ? "tlvs" : "name"] else { continue }
        for tlv in node.children("tlv") {
          defineSamples(of: tlv, named: tlv["name"].map { $0.prefix(1).uppercased() + $0.dropFirst() + family })
        }
      default: break
      }
    }
  }

  private func defineSamples(of body: Node, named name: String?) {
    guard let name, case .body(let index)? = types[name]?.kind, types[name]?.node === body else { return }
    var names: [String: Node] = [:]
    for node in body.children("sample") {
      if let name = node["name"] {
        if let other = names[name] {
          diagnostics.error(
            node.position(of: "name"), "a second sample '\(name)'; the first is in \(place(of: other, from: node))")
        }
        names[name] = node
      }
      if node.isSound, let sample = sample(node, index) { samples.append(sample) }
    }
  }

  private func sample(_ node: Node, _ body: Int) -> ResolvedSchema.Sample? {
    guard let name = node["name"], let octets = sampleOctets(node) else { return nil }
    let expectations = node.children("expect").filter(\.isSound).map {
      ResolvedSchema.Sample.Expectation(
        path: $0["path"] ?? "", value: $0["value"] ?? "", position: $0.position(of: "path"),
        valuePosition: $0.position(of: "value"))
    }
    let failure = sampleFailure(node)
    if failure != nil, let extra = node.children("expect").first {
      diagnostics.error(extra.position, "a sample that must be refused has no values to expect")
    }
    if failure != nil, node["canonical"] != nil {
      diagnostics.error(node.position(of: "canonical"), "a sample that must be refused is neither canonical nor not")
    }
    for attribute in ["at", "offset"] where failure == nil && node[attribute] != nil {
      diagnostics.error(
        node.position(of: attribute), "'\(attribute)' is for a sample that must be refused, with error= or kind=")
    }
    return ResolvedSchema.Sample(
      name: name, body: body, octets: octets, isCanonical: node["canonical"] != "false", expectations: expectations,
      failure: failure, position: node.position)
  }

  private func sampleFailure(_ node: Node) -> ResolvedSchema.Sample.Failure? {
    guard node["error"] != nil || node["kind"] != nil else { return nil }
    return .init(
      code: errorCode(node, "error", inherited: nil), kind: node["kind"], path: node["at"],
      offset: node["offset"].flatMap { parseNumber($0) }.map { Int(clamping: $0) })
  }

  private func sampleOctets(_ node: Node) -> [UInt8]? {
    let parts = node.children("octets")
    guard (node["hex"] != nil) != !parts.isEmpty, parts.count < 2 else {
      diagnostics.error(
        node.position, "<sample> has its octets once: in hex=\"…\" or in <octets>…</octets>")
      return nil
    }
    guard let part = parts.first else { return parseHexadecimal(node["hex"] ?? "") }
    guard let octets = parseHexadecimal(part.text) else {
      diagnostics.error(part.position, "the octets must be pairs of hexadecimal digits; white space is free")
      return nil
    }
    return octets
  }
}
