import WireText

/// The table of a body's members.
extension DocumentBuilder {
  /// A row of the table: a member, or a bit field, with its place.
  private struct Place {
    var member: Member
    /// Octets from the start of the body; nil where that varies.
    var offset: Int?
    /// For a bit field: how many bits of the group are before it, and how many it has.
    var bits: (before: Int, count: Int)?
    /// For what has no name: its place among the rows.
    var index: Int
  }

  /// - Parameters:
  ///   - owner: name of the body or family, which anchors start with.
  ///   - scope: the body whose members expressions see; nil for a header.
  ///   - base: octets before the first of them; nil when that varies.
  ///   - headerCount: how many members of the body are before these.
  func memberTable(
    _ members: [Member], of owner: String, in scope: Int?, scopeMembers: [Member], base: Int? = 0,
    extra: (Member) -> [HTML] = { _ in [] }
  ) -> HTML {
    if members.isEmpty { return "" }
    let rows = places(members, base: base).map { place in
      row(place, of: owner, words: says(place.member, in: scope, scopeMembers) + extra(place.member))
    }
    return table(
      "fields",
      [("num", "Offset"), ("num", "Size"), ("", "Field"), ("", "Type and values"), ("", "Meaning")], rows)
  }

  private func places(_ members: [Member], base: Int?) -> [Place] {
    var offset = base
    var places: [Place] = []
    for member in members {
      if case .bits(_, _, let group) = member.kind {
        var before = 0
        for inner in group {
          places.append(Place(member: inner, offset: offset, bits: (before, inner.bitWidth), index: places.count))
          before += inner.bitWidth
        }
      } else {
        places.append(Place(member: member, offset: offset, index: places.count))
      }
      offset = offset.flatMap { start in sizes.fixed(member).map { start + $0 } }
    }
    return places
  }

  private func row(_ place: Place, of owner: String, words: [HTML]) -> Row {
    let member = place.member
    let isNamed = !member.name.isEmpty
    let anchor = isNamed ? "\(owner).\(member.name)" : "\(owner):\(place.index)"
    let name: HTML =
      isNamed ? "<a class=\"self m\" href=\"#\(anchor)\">\(member.name)</a>" : "<span>reserved</span>"
    let label: HTML =
      isNamed && member.label != member.name ? "<span class=\"label\">\(member.label)</span>" : ""
    let said = words.filter { !$0.isEmpty }.map { "<span class=\"says\">\($0)</span>" as HTML }
    let search: HTML = isNamed ? found("field", [member.name, member.label]) : " class=\"reserved\""
    return Row(
      attributes: " id=\"\(anchor)\"\(search)",
      cells: [
        offset(place), size(place), name + label, type(of: member.kind) + said.joined(),
        isNamed ? remarks("\(owner).\(member.name)") : "",
      ])
  }

  /// Its first octet; of a bit field with the first bit behind a dot, as from the most significant of the group.
  private func offset(_ place: Place) -> HTML {
    let octet: HTML = place.offset.map { "\($0)" } ?? (place.bits == nil ? "" : "…")
    guard let bits = place.bits else { return octet }
    return "\(octet).\(bits.before)"
  }

  private func size(_ place: Place) -> HTML {
    if let bits = place.bits { return bits.count == 1 ? "1 bit" : "\(bits.count) bits" }
    var always = place.member
    always.condition = nil
    return sizes.fixed(always).map(octets) ?? "varies"
  }
}
