import WireText

/// How many octets members and bodies take.
struct Sizes {
  private let definition: ProtocolDefinition

  init(_ definition: ProtocolDefinition) { self.definition = definition }

  /// Octets of a member that always takes as many; nil when they vary.
  func fixed(_ member: Member) -> Int? {
    if member.condition != nil { return nil }
    switch member.kind {
    case .integer(let shape): return shape.bits / 8
    case .bits(let octets, _, _): return octets
    case .reserved(let size, _, _): return size
    case .ipv4: return 4
    case .ipv6: return 16
    case .mac: return 6
    case .octets(.fixed(let size), _, _), .text(.fixed(let size), _, _, _, _): return size
    case .octets, .text, .array, .list: return nil
    case .structure(let index): return fixed(ofBody: index)
    }
  }

  /// Octets of a body that always takes as many; nil when they vary.
  func fixed(ofBody index: Int) -> Int? {
    var total = 0
    for member in definition.bodies[index].members {
      guard let size = fixed(member) else { return nil }
      total += size
    }
    return total
  }

  /// The fewest octets a member takes.
  func minimum(_ member: Member) -> Int {
    if member.condition != nil { return 0 }
    switch member.kind {
    case .structure(let index): return minimum(ofBody: index)
    case .octets(_, let minimum, _), .text(_, let minimum, _, _, _): return fixed(member) ?? minimum
    default: return fixed(member) ?? 0
    }
  }

  /// The fewest octets a body takes.
  func minimum(ofBody index: Int) -> Int { definition.bodies[index].members.reduce(0) { $0 + minimum($1) } }
}
