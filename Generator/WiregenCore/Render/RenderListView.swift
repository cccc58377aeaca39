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
          inner.block("while position < layout.\(plan.endField)") { loop in
            loop.line("let element = \(element(from: "\(layout).listStart"))")
            loop.line("position = element.end")
            loop.line("guard \(isSame(use)) else { continue }")
            loop.line("try body(\(view)(\(part("octets.extracting(element.bodyRange)", use))))")
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

  /// Whether `element` is one of the kind.
  private func isSame(_ use: Use) -> String {
    "element.tag == \(use.element.tag)" + (family.extraTag == nil ? "" : " && element.extraTag == \(use.element.extraTag)")
  }
}
