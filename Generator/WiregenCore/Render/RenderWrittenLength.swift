import WireText

/// Renders lengths that are put in behind what they count: what varies in size is looked at once, when it is written, however
/// deep it is in others that say their length.
extension WriteRenderer {
  /// How a length is computed that waits for what it counts to be written; nil for every other member, and where the octets
  /// are known without looking at anything that varies.
  func waitingLength(_ plan: MemberPlan) -> (computed: IntegerShape.Computed, shape: IntegerShape)? {
    guard !base.isEmpty, case .integer(let shape) = plan.member.kind, let computed = shape.computed else { return nil }
    let varies =
      switch computed {
      case .rest: sizeText(of: members(behind: plan)).takesWork
      case .message, .element: sizeText(of: self.plan.members).takesWork
      // Octets and text know how many they are.
      case .size, .count, .presence, .checksum: false
      }
    return varies ? (computed, shape) : nil
  }

  func members(behind plan: MemberPlan) -> some Collection<MemberPlan> {
    self.plan.members.drop { $0.member.name != plan.member.name }.dropFirst()
  }

  /// Whether a length waits that counts from the start of the body.
  var hasLengthFromStart: Bool {
    plan.members.contains { member in
      switch waitingLength(member)?.computed {
      case .message, .element: true
      default: false
      }
    }
  }

  /// Writes zeros where a length will be.
  func leaveRoom(for shape: IntegerShape, _ plan: MemberPlan, _ source: inout SwiftSource) {
    source.line("let \(plan.member.name)Place = output.byteCount")
    source.line("output.fill(0, count: \(shape.bits / 8))")
  }

  /// Puts in the lengths that have waited for the body to be written.
  func fillLengths(_ source: inout SwiftSource) {
    for member in plan.members {
      guard let (computed, shape) = waitingLength(member) else { continue }
      switch computed {
      case .rest: fill(member, "output.byteCount &- \(member.member.name)Place &- \(shape.bits / 8)", &source)
      case .message: fill(member, "output.byteCount &- bodyStart", &source)
      case .element(_, _, let countsHeader, let countsPadding):
        fill(member, elementSize("output.byteCount &- bodyStart", countsHeader, countsPadding), &source)
      case .size, .count, .presence, .checksum: break
      }
    }
  }

  private func fill(_ length: MemberPlan, _ counted: String, _ source: inout SwiftSource) {
    guard let (computed, shape) = waitingLength(length) else { return }
    let name = length.member.name
    check(length, shape, sum(counted, computed.plus), unit: computed.unit, &source)
    let octets = "\(widened("\(name)Computed", to: "UInt64")), count: \(shape.bits / 8), isLittleEndian: \(shape.isLittleEndian)"
    source.line("output.replace(at: \(name)Place, with: \(octets))")
  }
}

extension String {
  /// Whether computing a size walks over values.
  fileprivate var takesWork: Bool { contains("encodedSize") }
}

extension IntegerShape.Computed {
  /// How many octets one of it stands for.
  var unit: Int {
    switch self {
    case .size(_, let unit, _), .rest(let unit, _), .message(let unit, _), .element(let unit, _, _, _): unit
    case .count, .presence, .checksum: 1
    }
  }

  /// What is counted beside the octets.
  var plus: Int {
    switch self {
    case .size(_, _, let plus), .rest(_, let plus), .message(_, let plus), .element(_, let plus, _, _): plus
    case .count, .presence, .checksum: 0
    }
  }
}
