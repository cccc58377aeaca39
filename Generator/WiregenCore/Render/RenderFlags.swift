import WireText

/// Renders a set of bits with names.
struct FlagsRenderer {
  let context: RenderContext
  let index: Int

  private var access: String { context.access }
  private var flags: FlagsDefinition { context.definition.flags[index] }
  private var storage: String { storageType(bits: flags.bits) }
  private var name: String { SwiftName.type(flags.name) }

  func render() -> RenderedType {
    var source = SwiftSource()
    context.comment(flags.name, fallback: "`\(flags.name)` of \(context.definition.name).", &source)
    source.block("\(access)struct \(name): OptionSet, Sendable, Hashable, BitwiseCopyable") { inner in
      inner.line("\(access)var rawValue: \(storage)")
      inner.line()
      if access == "public " { inner.line("@inlinable") }
      inner.line("\(access)init(rawValue: \(storage)) { self.rawValue = rawValue }")
      for flag in flags.flags {
        inner.line()
        context.comment("\(flags.name).\(flag.name)", fallback: "\(flag.label), bit \(flag.bit)", &inner)
        if access == "public " { inner.line("@inlinable") }
        let mask = String(UInt64(1) << UInt64(flag.bit), radix: 16)
        inner.line("\(access)static var \(SwiftName.code(flag.name)): \(name) { \(name)(rawValue: 0x\(mask)) }")
      }
    }
    source.line()
    renderDescription(&source)
    return RenderedType(name: flags.name, source: source)
  }

  private func renderDescription(_ source: inout SwiftSource) {
    source.block("extension \(name): CustomStringConvertible") { inner in
      inner.line("/// The names as the protocol's document spells them, by bit; numbers of bits that have none.")
      inner.block("\(access)var description: String") { body in
        body.line("var names: [String] = []")
        body.block("for bit in 0..<\(storage).bitWidth where rawValue >> bit & 1 != 0") { loop in
          loop.line("switch bit {")
          for flag in flags.flags.sorted(by: { $0.bit < $1.bit }) {
            loop.line("case \(flag.bit): names.append(\(literal(flag.label)))")
          }
          loop.line("default: names.append(\"\\(bit)\")")
          loop.line("}")
        }
        body.line("return names.joined(separator: \" \")")
      }
    }
  }
}
