import WireText

/// A member of a body as it is compared: bit fields are members of their own, behind one another.
struct MemberPart {
  var member: Member
  /// The group it is in, for a bit field.
  var group: Group?
  /// How many bits it always takes; nil when that varies.
  var bits: Int?

  struct Group: Equatable {
    var octets: Int
    var isLittleEndian: Bool
  }

  var name: String { member.name }

  /// The octets of its group where their order matters.
  var swappedOctets: Int? { group.flatMap { $0.isLittleEndian && $0.octets > 1 ? $0.octets : nil } }

  /// The parts of a sequence of members.
  static func parts(of members: [Member], _ sizes: Sizes) -> [MemberPart] {
    members.flatMap { member -> [MemberPart] in
      guard case .bits(let octets, let isLittleEndian, let fields) = member.kind else {
        return [MemberPart(member: member, group: nil, bits: sizes.fixed(member).map { $0 * 8 })]
      }
      let group = Group(octets: octets, isLittleEndian: isLittleEndian)
      return fields.map { MemberPart(member: $0, group: group, bits: $0.bitWidth) }
    }
  }

  /// What octets of it look like, as far as a member of another name could be the same one.
  fileprivate var shape: String {
    switch member.kind {
    case .integer(let shape):
      let order = shape.isLittleEndian && shape.bits > 8
      let use = "\(shape.codes != nil) \(shape.flags != nil) \(shape.constant != nil) \(shape.computed != nil)"
      return "integer \(shape.bits) \(shape.isSigned) \(order) \(shape.time != nil) \(use)"
    case .bits: return "bits"
    case .reserved: return "reserved \(bits ?? 0)"
    case .reservedRest: return "rest"
    case .ipv4: return "ipv4"
    case .ipv6: return "ipv6"
    case .mac: return "mac"
    case .octets(let shape): return "octets \(shape.extent)"
    case .text(let shape): return "text \(shape.extent) \(shape.content)"
    case .structure: return "structure"
    case .array: return "array"
    case .list: return "list"
    case .choice: return "choice"
    }
  }

  /// Whether it may be that one under another name.
  func resembles(_ other: MemberPart) -> Bool { name.isEmpty == other.name.isEmpty && shape == other.shape }
}

/// The members of two versions of a body, put side by side.
///
/// Members of one name are the same. One that has gone and one that has come at the same place, of the same shape, is the same
/// under another name.
struct MemberPairing {
  let old: [MemberPart]
  let new: [MemberPart]
  /// For a part of the old body, that of the new one.
  private(set) var newOfOld: [Int: Int] = [:]
  private(set) var oldOfNew: [Int: Int] = [:]
  /// Old parts that are there, but elsewhere among the others.
  private(set) var moved: Set<Int> = []
  /// What was there and what is there instead between two parts that stayed.
  private(set) var gaps: [Gap] = []

  /// Parts without a partner.
  struct Gap {
    var old: [Int]
    var new: [Int]
    /// Nothing that stayed is behind it.
    var isLast: Bool
  }

  init(old: [MemberPart], new: [MemberPart]) {
    (self.old, self.new) = (old, new)
    pairNames()
    let kept = stable()
    moved = Set(newOfOld.keys).subtracting(kept)
    fillGaps(between: kept)
  }

  private mutating func pairNames() {
    var places: [String: Int] = [:]
    for (index, part) in new.enumerated() where !part.name.isEmpty { places[part.name] = places[part.name] ?? index }
    for (index, part) in old.enumerated() where !part.name.isEmpty {
      if let place = places[part.name], oldOfNew[place] == nil { pair(index, place) }
    }
  }

  private mutating func pair(_ old: Int, _ new: Int) {
    newOfOld[old] = new
    oldOfNew[new] = old
  }

  /// As many old parts as can be that are in the same order in both: the longest rising sequence of their new places.
  private func stable() -> [Int] {
    let indices = newOfOld.keys.sorted()
    var best: [Int: (length: Int, before: Int?)] = [:]
    for (place, index) in indices.enumerated() {
      best[index] = (1, nil)
      for earlier in indices[..<place] {
        guard let one = newOfOld[earlier], let other = newOfOld[index], one < other else { continue }
        if let found = best[earlier], found.length >= best[index]?.length ?? 0 { best[index] = (found.length + 1, earlier) }
      }
    }
    var result: [Int] = []
    var next = indices.max { (best[$0]?.length ?? 0, $1) < (best[$1]?.length ?? 0, $0) }
    while let index = next {
      result.append(index)
      next = best[index]?.before
    }
    return result.reversed()
  }

  private mutating func fillGaps(between kept: [Int]) {
    var start = (old: 0, new: 0)
    for index in kept + [old.count] {
      let end = (old: index, new: newOfOld[index] ?? new.count)
      let lost = (start.old..<end.old).filter { newOfOld[$0] == nil }
      let found = start.new < end.new ? (start.new..<end.new).filter { oldOfNew[$0] == nil } : []
      let rest = pairAlike(lost, found)
      if !rest.old.isEmpty || !rest.new.isEmpty {
        gaps.append(Gap(old: rest.old, new: rest.new, isLast: index == old.count))
      }
      start = (end.old + 1, end.new + 1)
    }
  }

  /// Pairs, in order, as many as resemble each other; then reserved octets of another size.
  private mutating func pairAlike(_ lost: [Int], _ found: [Int]) -> (old: [Int], new: [Int]) {
    var lengths = Array(repeating: Array(repeating: 0, count: found.count + 1), count: lost.count + 1)
    for i in lost.indices.reversed() {
      for j in found.indices.reversed() {
        let both = old[lost[i]].resembles(new[found[j]]) ? lengths[i + 1][j + 1] + 1 : 0
        lengths[i][j] = max(both, lengths[i + 1][j], lengths[i][j + 1])
      }
    }
    var (i, j) = (0, 0)
    while i < lost.count, j < found.count {
      if old[lost[i]].resembles(new[found[j]]), lengths[i][j] == lengths[i + 1][j + 1] + 1 {
        pair(lost[i], found[j])
        (i, j) = (i + 1, j + 1)
      } else if lengths[i + 1][j] >= lengths[i][j + 1] {
        i += 1
      } else {
        j += 1
      }
    }
    let rest = (old: lost.filter { newOfOld[$0] == nil }, new: found.filter { oldOfNew[$0] == nil })
    guard rest.old.count == 1, rest.new.count == 1, old[rest.old[0]].isPlainReserved, new[rest.new[0]].isPlainReserved
    else { return rest }
    pair(rest.old[0], rest.new[0])
    return ([], [])
  }

  /// The old name of a member of the new body; nil when it has no partner.
  func oldName(of name: String) -> String? {
    guard let index = new.firstIndex(where: { $0.name == name }) else { return nil }
    return oldOfNew[index].map { old[$0].name }
  }
}

extension MemberPart {
  fileprivate var isPlainReserved: Bool {
    if case .reserved = member.kind { return true }
    return false
  }
}
