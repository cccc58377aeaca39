import WireText

extension Resolver {
  /// Fills in a `<flags>`.
  func defineFlags(_ node: Node, _ index: Int) {
    let name = definition.flags[index].name
    // Without a width nothing can be said about what fits.
    definition.flags[index].bits = node["type"].flatMap { unsignedWidth($0) } ?? 64
    definition.flags[index].isOpen = node["open"] != "false"
    for lost in node.refused { losses.flags[index, default: .init()].insert(lost) }
    var space = CodeSpace(flags: definition.flags[index].bits, resolver: self)
    for child in node.children {
      switch child.name {
      case "flag": addFlag(child, index, &space)
      case "range":
        guard let range = space.range(child) else { continue }
        definition.flags[index].ranges.append(range)
        document("\(definition.flags[index].name).range.\(range.first)", child)
      default: break
      }
    }
    flagSpaces[index] = space
    if definition.flags[index].flags.isEmpty, losses.flags[index] == nil {
      losses.flags[index] = .init()
      diagnostics.error(node.position, "<flags name=\"\(name)\"> has no <flag>; it needs at least one")
    }
  }

  /// A flag of the set, or one that an extension adds.
  func addFlag(_ node: Node, _ index: Int, _ space: inout CodeSpace) {
    guard node.isSound, let code = space.code(node, value: "bit") else {
      losses.flags[index, default: .init()].insert(node)
      return
    }
    definition.flags[index].flags.append(
      FlagsDefinition.Flag(name: code.name, bit: Int(code.value), label: code.label))
    document("\(definition.flags[index].name).\(code.name)", node)
  }
}
