import WireText

extension LintRun {
  /// Looks for numbers of open codes, flags and families that nothing is said about.
  mutating func checkCoverage() {
    for node in loaded.root.children {
      guard let name = node["name"] else { continue }
      switch node.name {
      case "codes": checkCodes(name, node, what: "numbers", parts: "<code>")
      case "tlvs": checkCodes("\(name)Code", node, what: "codes", parts: "<tlv>")
      case "flags":
        guard let flags = schema.definition.flags.first(where: { $0.name == name }), flags.isOpen else { continue }
        let taken = flags.flags.map { UInt64($0.bit)...UInt64($0.bit) } + flags.ranges.map { $0.first...$0.last }
        report(gaps(between: taken, upTo: UInt64(flags.bits - 1)), node, what: "bits", parts: "<flag>")
      default: break
      }
    }
  }

  private mutating func checkCodes(_ name: String, _ node: Node, what: String, parts: String) {
    guard let codes = schema.definition.codes.first(where: { $0.name == name }), codes.isOpen else { return }
    let taken = codes.codes.map { $0.value...$0.value } + codes.ranges.map { $0.first...$0.last }
    report(gaps(between: taken, upTo: CodeSpaceLimit.largest(bits: codes.bits)), node, what: what, parts: parts)
  }

  private func gaps(between taken: [ClosedRange<UInt64>], upTo limit: UInt64) -> [ClosedRange<UInt64>] {
    var gaps: [ClosedRange<UInt64>] = []
    var next: UInt64 = 0
    for range in taken.sorted(by: { $0.lowerBound < $1.lowerBound }) where range.upperBound >= next {
      if range.lowerBound > next { gaps.append(next...range.lowerBound - 1) }
      if range.upperBound >= limit { return gaps }
      next = range.upperBound + 1
    }
    return gaps + [next...limit]
  }

  /// Gaps that are named; of more there is the number only.
  private static let namedGaps = 4

  private mutating func report(_ gaps: [ClosedRange<UInt64>], _ node: Node, what: String, parts: String) {
    if gaps.isEmpty { return }
    var texts = gaps.prefix(Self.namedGaps).map {
      $0.lowerBound == $0.upperBound ? "\($0.lowerBound)" : "\($0.lowerBound) to \($0.upperBound)"
    }
    if gaps.count > Self.namedGaps { texts.append("\(gaps.count - Self.namedGaps) more") }
    let list = texts.count > 1 ? texts.dropLast().joined(separator: ", ") + " and " + texts[texts.count - 1] : texts[0]
    find(
      .uncovered, node,
      "nothing is said about \(what) \(list) of '\(node["name"] ?? "")'; each is a \(parts) or in a <range>")
  }
}
