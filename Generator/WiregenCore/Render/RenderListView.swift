import WireText

/// Renders the ways to read the elements of a list in place.
extension ListRenderer {
  /// Ways to read the elements in place.
  func renderView(_ source: inout SwiftSource) {
    let access = context.access
    for use in stored {
      let view = "Borrowed<\(use.type)>"
      let name = viewName(of: use)
      source.comment("Calls `body` with \(use.isMany ? "each" : "the") `\(use.element.name)` of `\(list)`, in place.")
      if use.isMany {
        source.block(
          "\(access)func forEach\(name)(_ body: (borrowing \(view)) throws(WireError) -> Void) throws(WireError)"
        ) { inner in
          inner.line("guard \(layout).\(use.occurrence).count > 0 else { return }")
          inner.line("var position = \(layout).listStart")
          inner.block("while let range = \(next(use))") { loop in
            loop.line("try body(\(view)(\(part("octets.extracting(range)", use))))")
          }
        }
      } else {
        source.line("///")
        source.line("/// - Returns: what `body` returns; nil when there is none.")
        source.block(
          "\(access)func with\(name)<_Result>(_ body: (borrowing \(view)) throws(WireError) -> _Result) throws(WireError) -> _Result?"
        ) { inner in
          inner.line("guard \(layout).\(use.occurrence).count > 0 else { return nil }")
          inner.line("return try body(\(view)(\(part("octets.extracting(\(layout).\(use.occurrence).range)", use))))")
        }
      }
      source.line()
    }
  }

  /// With the list's name where its own could be that of something else in the body.
  private func viewName(of use: Use) -> String {
    let name = SwiftName.upper(use.element.name)
    let lists = body.members.count { if case .list = $0.member.kind { true } else { false } }
    return lists == 1 && !body.properties.contains { $0.name == use.element.name } ? name : SwiftName.upper(list) + name
  }

  /// A view of a fixed body has been found whole by the walk; of others the places are found anew.
  private func part(_ octets: String, _ use: Use) -> String { context.part(octets, of: use.element.body) }

  /// Where the next element of the kind is.
  private func next(_ use: Use) -> String {
    let tags = "\(use.element.tag)" + (family.extraTag == nil ? "" : ", \(use.element.extraTag)")
    let place = "octets, at: &position, from: \(layout).listStart, to: layout.\(plan.endField)"
    return "\(context.headerVaries(family) ? "try " : "")\(familyType).next(\(tags), \(place))"
  }
}
