import WireText

/// How many octets members and bodies take.
struct Sizes {
  private let definition: ProtocolDefinition
  private let known: Known

  /// What has been worked out, so that structs used often are looked at once.
  final class Known {
    var fixed: [Int: Int?] = [:]
    var minimum: [Int: Int] = [:]
    var depth: [Int: Int] = [:]
    var isOpen: [Int: Bool] = [:]
  }

  /// - Parameter known: of the same bodies; shared by those who ask while a schema is resolved.
  init(_ definition: ProtocolDefinition, known: Known = Known()) {
    self.definition = definition
    self.known = known
  }

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
    case .octets(let shape): return shape.extent.fixedSize
    case .text(let shape): return shape.extent.fixedSize
    case .reservedRest, .array, .list, .choice: return nil
    case .structure(let index): return fixed(ofBody: index)
    }
  }

  /// Octets of a body that always takes as many; nil when they vary.
  func fixed(ofBody index: Int) -> Int? {
    if let size = known.fixed[index] { return size }
    var total: Int? = 0
    for member in definition.bodies[index].members {
      // What is wrong with the length may leave octets behind the members.
      if endsContainer(member) { total = nil }
      total = fixed(member).flatMap { size in total.map { min($0 + size, Self.limit) } }
      if total == nil { break }
    }
    known.fixed[index] = .some(total)
    return total
  }

  /// Whether a member says how much of its body is left.
  private func endsContainer(_ member: Member) -> Bool {
    if case .integer(let shape) = member.kind, case .rest? = shape.computed { return true }
    return false
  }

  /// Sums stop here, so that none overflows.
  private static let limit = 1 << 40

  /// The fewest octets a member takes.
  func minimum(_ member: Member) -> Int {
    if member.condition != nil { return 0 }
    switch member.kind {
    case .structure(let index): return minimum(ofBody: index)
    case .choice(let shape): return shape.allCases.map { $0.body.map { minimum(ofBody: $0) } ?? 0 }.min() ?? 0
    case .octets(let shape): return fixed(member) ?? shape.minimum + shape.extent.overhead
    case .text(let shape): return fixed(member) ?? shape.minimum + shape.extent.overhead
    case .integer, .bits, .reserved, .reservedRest, .ipv4, .ipv6, .mac, .array, .list: return fixed(member) ?? 0
    }
  }

  /// The fewest octets a body takes.
  func minimum(ofBody index: Int) -> Int {
    if let size = known.minimum[index] { return size }
    let total = definition.bodies[index].members.reduce(0) { min($0 + minimum($1), Self.limit) }
    known.minimum[index] = total
    return total
  }

  /// How many bodies are within each other without an array or a list between, this one included.
  func depth(ofBody index: Int) -> Int {
    if let known = known.depth[index] { return known }
    let inner = definition.bodies[index].members.flatMap { nested(in: $0) }.map { depth(ofBody: $0) }
    let total = 1 + (inner.max() ?? 0)
    known.depth[index] = total
    return total
  }

  private func nested(in member: Member) -> [Int] {
    switch member.kind {
    case .structure(let index): [index]
    case .choice(let shape): shape.allCases.compactMap(\.body)
    case .integer, .bits, .reserved, .reservedRest, .ipv4, .ipv6, .mac, .octets, .text, .array, .list: []
    }
  }

  /// Whether a member takes all that is left of its container, so that nothing can follow it.
  func takesTheRest(_ member: Member) -> Bool {
    switch member.kind {
    case .octets, .text: member.kind.extent == .rest
    case .reservedRest: true
    case .list(let shape): shape.end == .container
    case .array(let shape): shape.end == .container
    case .structure(let index): takesTheRest(body: index)
    case .choice(let shape): shape.allCases.contains { $0.body.map { takesTheRest(body: $0) } ?? false }
    case .integer, .bits, .reserved, .ipv4, .ipv6, .mac: false
    }
  }

  /// Whether a body does, by its last member; not when a length in it says where its container ends.
  func takesTheRest(body index: Int) -> Bool {
    if let isOpen = known.isOpen[index] { return isOpen }
    let isOpen =
      definition.bodies[index].members.first { endsContainer($0) || takesTheRest($0) }.map { !endsContainer($0) } ?? false
    known.isOpen[index] = isOpen
    return isOpen
  }
}

extension Extent {
  /// Octets of a variable extent that are not the value's.
  var overhead: Int {
    switch self {
    case .prefixed(let bits, _): bits / 8
    case .terminated: 1
    case .fixed, .rest, .expression, .padded: 0
    }
  }
}
