import WireText

extension ProtocolDefinition {
  /// Words for a fuzzer: codes, the starts of messages and whole elements of zeros.
  var fuzzDictionary: String {
    var lines: [String] = []
    func add(_ name: String, _ octets: [UInt8]) {
      let digits = octets.map { "\\x" + String(UInt16($0) + 0x100, radix: 16).dropFirst() }
      lines.append("\(name)=\"\(digits.joined())\"")
    }
    for codes in codes {
      for code in codes.codes { add("\(codes.name)_\(code.name)", code.value.octets((codes.bits + 7) / 8)) }
    }
    for body in messages.map({ bodies[$0] }) { add(body.name, body.matchedOctets) }
    for family in families {
      for element in family.elements { add("\(family.name)_\(element.name)", octets(of: element, in: family)) }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// An element whose value has its members of fixed size, all zero.
  private func octets(of element: FamilyDefinition.Element, in family: FamilyDefinition) -> [UInt8] {
    let body = bodies[element.body]
    let size = body.members.dropFirst(body.headerCount).reduce(0) { $0 + $1.kind.fixedSize }
    var octets: [UInt8] = []
    for (index, member) in family.header.enumerated() {
      let number = index == family.tag ? element.tag : index == family.length ? UInt64(size) : 0
      octets += number.octets(member.kind.fixedSize)
    }
    return octets + Array(repeating: 0, count: (size + family.alignment - 1) / family.alignment * family.alignment)
  }
}

extension BodyDefinition {
  /// The octets that make it this message and no other, zeros between.
  fileprivate var matchedOctets: [UInt8] {
    let matches = message?.matches ?? []
    var octets = [UInt8](repeating: 0, count: matches.map { $0.offset + $0.size }.max() ?? 0)
    for match in matches {
      for (index, octet) in (match.first << UInt64(match.shift)).octets(match.size).enumerated() {
        octets[match.offset + index] |= octet
      }
    }
    return octets
  }
}

extension MemberKind {
  fileprivate var fixedSize: Int {
    switch self {
    case .integer(let shape): (shape.bits + 7) / 8
    case .bits(let size, _, _), .reserved(let size, _, _): size
    case .ipv4: 4
    case .ipv6: 16
    case .mac: 6
    case .octets, .text: extent?.fixedSize ?? 0
    case .reservedRest, .structure, .array, .list, .choice: 0
    }
  }
}

extension UInt64 {
  /// The last `count` octets, most significant first.
  fileprivate func octets(_ count: Int) -> [UInt8] {
    (0..<count).reversed().map { UInt8(truncatingIfNeeded: self >> UInt64($0 * 8)) }
  }
}
