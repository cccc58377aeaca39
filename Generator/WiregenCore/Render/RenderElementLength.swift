import WireText

/// Renders what the length in the header of an element says where the element is decoded alone: how many octets it has.
///
/// In a list that has been seen to before the walk over the element.
extension CheckRenderer {
  private var headerCount: Int { context.headerCount(ofBody: plan.index) }

  /// Where the header ends that the body starts with.
  private var headerEnd: Place { headerCount < plan.members.count ? plan.members[headerCount].place : plan.end }

  /// The length that says how many octets the element has; nil in bodies without a header.
  private var elementLength: (member: MemberPlan, length: ElementLength)? {
    for plan in plan.members.prefix(headerCount) {
      if let length = ElementLength(plan.member) { return (plan, length) }
    }
    return nil
  }

  /// Whether the length's meaning waits for members of the header that are there sometimes.
  private var lengthWaits: Bool {
    guard let length = elementLength?.length, !length.countsHeader else { return false }
    return plan.members.prefix(headerCount).contains { $0.isOptional || $0.fixedSize == nil }
  }

  /// Index of the member before which a length is looked at that has waited; nil when there is none.
  var waitingLengthPlace: Int? { lengthWaits ? headerCount : nil }

  var hasElementLength: Bool { elementLength != nil }

  /// Compares the length, where it stands.
  mutating func renderElementLength(_ shape: IntegerShape, at place: Place) {
    guard !lengthWaits else { return }
    compareElementLength(behind: place.moved(by: shape.bits / 8))
  }

  /// Compares the length that has waited for the end of the header.
  mutating func renderWaitingLength() { compareElementLength(behind: headerEnd) }

  private mutating func compareElementLength(behind place: Place) {
    guard let (member, length) = elementLength, case .integer(let shape) = member.member.kind else { return }
    var counted = context.count(shape, at: member.place.text)
    if length.unit > 1 {
      let bounded = shape.bits == 64 ? "Swift.min(\(counted), Int.max / \(length.unit))" : counted
      counted = "\(bounded) &* \(length.unit)"
    }
    if length.plus != 0 { counted += length.plus > 0 ? " &- \(length.plus)" : " &+ \(-length.plus)" }
    if !length.countsHeader { counted = "(\(counted)) &+ \(headerEnd.text)" }
    let family = context.definition.families.first { $0.elements.contains { $0.body == plan.index } }
    let alignment = length.countsPadding ? family?.alignment ?? 1 : 1
    let code = context.code(of: member.member, in: plan)
    source.block("if check.isAlone") { alone in
      alone.line("let counted = \(counted)")
      alone.block(
        "let size = try check.size(", closing: ")", open: "",
        [
          "counted: counted, of: octets.byteCount, behind: \(place.text), alignment: \(alignment),",
          "at: \(absolute(member.place.text)), \"\(member.member.name)\", code: \(code)",
        ])
      alone.line("octets = octets.extracting(first: size)")
    }
  }
}

/// The length in the header of an element.
private struct ElementLength {
  var unit: Int
  var plus: Int
  var countsHeader: Bool
  var countsPadding: Bool

  init?(_ member: Member) {
    guard case .integer(let shape) = member.kind,
      case .element(let unit, let plus, let countsHeader, let countsPadding)? = shape.computed
    else { return nil }
    (self.unit, self.plus, self.countsHeader, self.countsPadding) = (unit, plus, countsHeader, countsPadding)
  }
}

extension RenderContext {
  /// How many members a body starts with are the header of the element it is; headers planned alone have none.
  func headerCount(ofBody index: Int) -> Int {
    definition.bodies.indices.contains(index) ? definition.bodies[index].headerCount : 0
  }
}
