import WireText

/// Octets that differ from valid ones in what is no value: constants, lengths, counts, checksums, what is reserved, padding, and
/// where the message ends.
enum OctetEdits {
  static func edits(of octets: [UInt8], _ tree: WireTree) -> [[UInt8]] {
    var found = ends(octets)
    var open = [tree.root]
    while let node = open.popLast() {
      open += node.children
      switch node.role {
      case .constant, .computed, .reserved, .header, .padding: found += changes(octets, node)
      case .member, .trailing, .ignored, .derived: break
      }
      // In the middle of it, and behind it.
      if node.count > 0, node.children.isEmpty, found.count < 4096 {
        found.append(Array(octets[..<(node.start + node.count / 2)]))
        found.append(Array(octets[..<node.end]))
      }
    }
    return found.filter { $0 != octets }
  }

  private static func ends(_ octets: [UInt8]) -> [[UInt8]] {
    [1, 2, 3, 4, 8, 1024, 4096].map { octets + [UInt8](repeating: 0, count: $0) } + [Array(octets.dropLast()), []]
  }

  private static func changes(_ octets: [UInt8], _ node: WireTree.Node) -> [[UInt8]] {
    guard node.count > 0 else { return [] }
    if let bits = node.bits {
      return (0..<bits.width).map { bit in
        var changed = octets
        let place = bits.shift + bit
        changed[node.end - 1 - place / 8] ^= 1 << UInt8(place % 8)
        return changed
      }
    }
    let last = node.end - 1
    let values: [(Int, UInt8)] = [
      (last, octets[last] &+ 1), (last, octets[last] &- 1), (last, octets[last] &+ 4), (last, octets[last] &- 4), (last, 0),
      (last, 0xff), (node.start, octets[node.start] ^ 0x80), (node.start, 0xff), (node.start, octets[node.start] &+ 1),
    ]
    return values.map { place, value in
      var changed = octets
      changed[place] = value
      return changed
    }
  }
}
