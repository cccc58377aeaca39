import WireText

// MARK: - Elements whose length cannot say how long they are

extension Resolver {
  /// Refuses elements that always have as many octets, when the length in their header cannot count so many: no such element
  /// could be encoded, and none decoded.
  func checkElementLengths() {
    for family in definition.families {
      guard family.header.indices.contains(family.length), case .integer(let length) = family.header[family.length].kind else {
        continue
      }
      for element in family.elements {
        let name = definition.bodies[element.body].name
        guard let counted = counted(element, family), let node = types[name]?.node else { continue }
        let unit = family.lengthUnit
        if counted % unit != 0 {
          diagnostics.error(
            node.position, "the length of '\(element.name)' counts \(unit) octets at a time, and never comes to its \(counted)")
        } else if counted < 0 || counted / unit > length.widthBounds.upperBound {
          diagnostics.error(
            node.position, "the length of '\(element.name)' has \(length.bits) bits, and cannot say \(counted / unit)")
        }
      }
    }
  }

  /// The octets that the length of an element counts, with the constant in it; nil when they vary.
  private func counted(_ element: FamilyDefinition.Element, _ family: FamilyDefinition) -> Int? {
    var header = 0
    for member in family.header {
      guard let size = sizes.fixed(member) else { return nil }
      header += size
    }
    guard let body = sizes.fixed(ofBody: element.body) else { return nil }
    var size = body + (family.headerIsInBody ? 0 : header)
    if family.lengthCountsPadding { size = (size + family.alignment - 1) / family.alignment * family.alignment }
    return size + family.lengthPlus - (family.lengthCountsElement ? 0 : header)
  }
}
