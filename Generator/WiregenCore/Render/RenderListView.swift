import WireText

/// Renders the ways to read the elements of a list in place.
extension ListRenderer {
  /// Ways to read the elements in place.
  func renderView(_ source: inout SwiftSource) {
    let access = context.access
    for use in stored {
      let view = "Borrowed<\(use.type)>"
      let name = SwiftName.upper(use.element.name)
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
          "\(access)func with\(name)<Result>(_ body: (borrowing \(view)) throws(WireError) -> Result) throws(WireError) -> Result?"
        ) { inner in
          inner.line("guard \(layout).\(use.occurrence).count > 0 else { return nil }")
          inner.line("return try body(\(view)(\(part("octets.extracting(\(layout).\(use.occurrence).range)", use))))")
        }
      }
      source.line()
    }
  }

  /// A view of a fixed body has been found whole by the walk; of others the places are found anew.
  private func part(_ octets: String, _ use: Use) -> String { context.part(octets, of: use.element.body) }

  /// Whether `element` is one of the kind.
  private func isSame(_ use: Use) -> String {
    "element.tag == \(use.element.tag)" + (family.extraTag == nil ? "" : " && element.extraTag == \(use.element.extraTag)")
  }
}
