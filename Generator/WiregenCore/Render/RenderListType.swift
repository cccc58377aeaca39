import WireText

/// Renders the type that holds the elements of a list: a property for each kind, taking them out of octets and writing them.
extension ListRenderer {
  private var type: String { SwiftName.nested(list) }

  func renderType(_ source: inout SwiftSource) {
    let access = context.access
    source.comment("The elements of `\(list)`, each kind in a property of its own.")
    source.block("\(access)struct \(type): Sendable, Hashable") { inner in
      for use in stored {
        let key = "\(family.name)Code.\(use.element.name)"
        context.comment(key, fallback: use.element.label, &inner)
        inner.line("\(access)var \(use.property): \(propertyType(use))")
      }
      inner.line("/// Elements the schema does not know, as they came.")
      inner.line("\(access)var unknown: [KeptElement]")
      inner.line("/// The order in which the elements came, when it was not the schema's.")
      inner.line("\(access)var order: ElementOrder")
      inner.line()
      renderInitialiser(&inner)
      inner.line()
      renderDecode(&inner)
      inner.line()
      renderCounts(&inner)
      inner.line()
      renderEquality(&inner)
      inner.line()
      renderSize(&inner)
      inner.line()
      renderWrite(&inner)
      inner.line()
      renderMismatch(&inner)
    }
  }

  private func propertyType(_ use: Use) -> String {
    use.isMany ? "[\(use.type)]" : use.isRequired ? use.type : "\(use.type)?"
  }

  private func renderInitialiser(_ source: inout SwiftSource) {
    let parameters = stored.map { use in
      let value = use.isMany ? " = []" : use.isRequired ? "" : " = nil"
      return "\(use.property): \(propertyType(use))\(value)"
    }
    let all = parameters + ["unknown: [KeptElement] = []"]
    source.line("\(context.access)init(")
    for (index, parameter) in all.enumerated() { source.line("  \(parameter)\(index < all.count - 1 ? "," : "")") }
    source.block(")") { inner in
      for use in stored { inner.line("self.\(use.property) = \(use.property)") }
      inner.line("self.unknown = unknown")
      inner.line("order = ElementOrder()")
    }
  }

  /// Takes the elements out of octets that have been checked; one allocation for each kind there is more than one of.
  private func renderDecode(_ source: inout SwiftSource) {
    let layoutType = "\(SwiftName.nested(list))Layout"
    source.block("init(_ octets: RawSpan, to end: Int, _ layout: \(layoutType)) throws(WireError)") { inner in
      for use in stored {
        let part = "octets.extracting(layout.\(use.occurrence).range)"
        let fixed = context.plans[use.element.body].fixedSize
        let value = "try \(use.type)(Borrowed(\(fixed.map { "checked: \(part), FixedLayout(end: \($0))" } ?? "part: \(part)")))"
        if use.isMany {
          inner.line("self.\(use.property) = []")
          inner.line("self.\(use.property).reserveCapacity(layout.\(use.occurrence).count)")
        } else if use.isRequired {
          inner.line("self.\(use.property) = \(value)")
        } else {
          inner.line("self.\(use.property) = layout.\(use.occurrence).count == 0 ? nil : \(value)")
        }
      }
      inner.line("unknown = []")
      inner.line("unknown.reserveCapacity(layout.listUnknown)")
      inner.line("order = ElementOrder()")
      renderDecodeLoop(&inner)
    }
  }

  private func renderDecodeLoop(_ source: inout SwiftSource) {
    let many = stored.filter(\.isMany)
    let found = many.map { "layout.\($0.occurrence).count > 0" } + ["layout.listUnknown > 0", "!layout.listIsOrdered"]
    source.line("guard \(found.joined(separator: " || ")) else { return }")
    source.line("if !layout.listIsOrdered { order.reserve(layout.listCount) }")
    source.line("var position = layout.listStart")
    source.block("while position < end") { inner in
      inner.line("let element = \(familyType).element(octets, at: position, from: layout.listStart)")
      inner.line("position = element.end")
      inner.line("let kind: Int")
      inner.line("switch element.tag {")
      for (rank, use) in uses.enumerated() {
        inner.line("case \(use.element.tag):")
        inner.line("  kind = \(rank)")
        guard use.isMany, use.allowed.maximum != 0 else { continue }
        let part = "octets.extracting(element.valueRange)"
        let fixed = context.plans[use.element.body].fixedSize
        inner.line(
          "  self.\(use.property).append(try \(use.type)(Borrowed(\(fixed.map { "checked: \(part), FixedLayout(end: \($0))" } ?? "part: \(part)"))))"
        )
      }
      inner.line("default:")
      renderKeep(&inner)
      inner.line("}")
      inner.line("if !layout.listIsOrdered { order.append(kind) }")
    }
  }

  private func renderKeep(_ source: inout SwiftSource) {
    let kept = policies.filter { $0.action == .keep }
    if kept.isEmpty {
      source.line("  continue")
      return
    }
    // The first policy that fits decides; those that keep are asked in order with what stands before them.
    var tests: [String] = []
    for (index, policy) in policies.enumerated() where policy.action == .keep {
      let before = policies[..<index].filter { $0.action != .keep }.map { "!\(range($0))" }
      tests.append(([range(policy)] + before).joined(separator: " && "))
    }
    if !(policies.count == 1) { source.line("  guard \(tests.joined(separator: " || ")) else { continue }") }
    source.line("  kind = \(uses.count)")
    source.line("  unknown.append(element.kept(from: octets))")
  }

  func range(_ policy: FamilyDefinition.UnknownPolicy) -> String {
    "(\(policy.first)...\(policy.last)).contains(element.tag)"
  }

  private func renderCounts(_ source: inout SwiftSource) {
    source.line("/// Elements of each kind, in the schema's order, the unknown ones last.")
    source.block("var counts: [Int]") { inner in
      let counts = uses.map { use in
        use.allowed.maximum == 0
          ? "0" : use.isMany ? "self.\(use.property).count" : use.isRequired ? "1" : "self.\(use.property) == nil ? 0 : 1"
      }
      inner.line("[")
      for count in counts { inner.line("  \(count),") }
      inner.line("  unknown.count,")
      inner.line("]")
    }
  }

  private func renderEquality(_ source: inout SwiftSource) {
    let access = context.access
    source.block("\(access)static func == (left: Self, right: Self) -> Bool") { inner in
      let parts = (stored.map(\.property) + ["unknown"]).map { "left.\($0) == right.\($0)" }
      inner.line(parts[0])
      for part in parts.dropFirst() { inner.line("  && \(part)") }
      inner.line("  && left.order.isSame(as: right.order, left.counts)")
    }
    source.line()
    source.block("\(access)func hash(into hasher: inout Hasher)") { inner in
      for property in stored.map(\.property) + ["unknown"] { inner.line("hasher.combine(self.\(property))") }
    }
  }

  private func renderSize(_ source: inout SwiftSource) {
    source.line("/// Octets the elements take.")
    source.block("var encodedSize: Int") { inner in
      inner.line("var size = 0")
      for use in stored {
        let add = { (value: String) in "size = \(familyType).end(of: \(value).encodedSize, at: size)" }
        if use.isMany {
          inner.line("for index in 0..<self.\(use.property).count { \(add("self.\(use.property)[index]")) }")
        } else if use.isRequired {
          inner.line(add("self.\(use.property)"))
        } else {
          inner.line("if let present = self.\(use.property) { \(add("present")) }")
        }
      }
      inner.line("for index in 0..<unknown.count { size &+= unknown[index].octets.count }")
      inner.line("return size")
    }
  }

  private func renderWrite(_ source: inout SwiftSource) {
    source.block("func write(into output: inout OutputRawSpan) throws(WireError)") { inner in
      inner.line("let start = output.byteCount")
      inner.block("guard order.isSchemaOrder else") { $0.line("return try writeInOrder(into: &output, from: start)") }
      for use in stored {
        let write = { (value: String) in "try \(familyType).write(\(value), tag: \(use.element.tag), from: start, into: &output)"
        }
        if use.isMany {
          inner.line("for index in 0..<self.\(use.property).count { \(write("self.\(use.property)[index]")) }")
        } else if use.isRequired {
          inner.line(write("self.\(use.property)"))
        } else {
          inner.line("if let present = self.\(use.property) { \(write("present")) }")
        }
      }
      inner.line("for index in 0..<unknown.count { output.octets(unknown[index].octets) }")
    }
    source.line()
    renderWriteInOrder(&source)
  }

  private func renderWriteInOrder(_ source: inout SwiftSource) {
    source.line("/// Writes the elements in the order they came, then those that the order does not mention; without the heap.")
    source.block("private func writeInOrder(into output: inout OutputRawSpan, from start: Int) throws(WireError)") { inner in
      for use in stored { inner.line("var \(use.element.name)Next = 0") }
      inner.line("var unknownNext = 0")
      inner.block("for index in 0..<order.kinds.count") { loop in
        loop.line("switch order.kinds[index] {")
        for (rank, use) in uses.enumerated() where use.allowed.maximum != 0 {
          loop.line("case \(rank):")
          renderWriteNext(use, loops: false, &loop)
        }
        loop.line("case \(uses.count):")
        loop.line("  guard unknownNext < unknown.count else { continue }")
        loop.line("  output.octets(unknown[unknownNext].octets)")
        loop.line("  unknownNext &+= 1")
        loop.line("default: continue")
        loop.line("}")
      }
      for use in stored { renderWriteNext(use, loops: true, &inner) }
      inner.block("while unknownNext < unknown.count") { rest in
        rest.line("output.octets(unknown[unknownNext].octets)")
        rest.line("unknownNext &+= 1")
      }
    }
  }

  /// Writes the next element of a kind that has not been written, or with `loops` all that are left.
  private func renderWriteNext(_ use: Use, loops: Bool, _ source: inout SwiftSource) {
    let next = "\(use.element.name)Next"
    let indent = loops ? "" : "  "
    let value = use.isMany ? "self.\(use.property)[\(next)]" : use.isRequired ? "self.\(use.property)" : "present"
    let count = use.isMany ? "self.\(use.property).count" : "1"
    let test = use.isMany || use.isRequired ? "\(next) < \(count)" : "\(next) == 0, let present = self.\(use.property)"
    source.line("\(indent)\(loops && use.isMany ? "while" : "if") \(test) {")
    source.line("\(indent)  try \(familyType).write(\(value), tag: \(use.element.tag), from: start, into: &output)")
    source.line("\(indent)  \(next) &+= 1")
    source.line("\(indent)}")
  }

  /// Whether octets written for the list decode to the same elements.
  private func renderMismatch(_ source: inout SwiftSource) {
    let layoutType = "\(SwiftName.nested(list))Layout"
    source.line("/// The kind of element that its octets would not give back; nil when they give back all.")
    source.block(
      "func mismatch(_ octets: RawSpan, to end: Int, _ layout: \(layoutType)) throws(WireError) -> WireName?"
    ) { inner in
      for use in stored {
        let count = use.isMany ? "self.\(use.property).count" : use.isRequired ? "1" : "(self.\(use.property) == nil ? 0 : 1)"
        inner.line("if layout.\(use.occurrence).count != \(count) { return \"\(use.element.name)\" }")
        if !use.isMany, context.lowering.canMismatch(use.element.body) {
          let part = "octets.extracting(layout.\(use.occurrence).range)"
          let bind = use.isRequired ? "" : "let present = self.\(use.property), "
          let value = use.isRequired ? "self.\(use.property)" : "present"
          inner.line(
            "if \(bind)try \(value).mismatch(Borrowed(part: \(part))) != nil { return \"\(use.element.name)\" }")
        }
      }
      inner.line("if layout.listUnknown != unknown.count { return \"unknown\" }")
      renderMismatchLoop(&inner)
      inner.line("return nil")
    }
  }

  private func renderMismatchLoop(_ source: inout SwiftSource) {
    let many = stored.filter { $0.isMany && context.lowering.canMismatch($0.element.body) }
    let test = (many.map { "!self.\($0.property).isEmpty" } + ["!unknown.isEmpty"]).joined(separator: " || ")
    source.line("guard \(test) else { return nil }")
    source.line("var position = layout.listStart")
    source.line("var unknownIndex = 0")
    for use in many { source.line("var \(use.element.name)Index = 0") }
    source.block("while position < end") { inner in
      inner.line("let element = \(familyType).element(octets, at: position, from: layout.listStart)")
      inner.line("position = element.end")
      inner.line("switch element.tag {")
      for use in uses where !many.contains(where: { $0.element.tag == use.element.tag }) {
        inner.line("case \(use.element.tag): break")
      }
      for use in many {
        inner.line("case \(use.element.tag):")
        inner.line(
          "  if try self.\(use.property)[\(use.element.name)Index].mismatch(Borrowed(part: octets.extracting(element.valueRange))) != nil {"
        )
        inner.line("    return \"\(use.element.name)\"")
        inner.line("  }")
        inner.line("  \(use.element.name)Index &+= 1")
      }
      inner.line("default:")
      inner.line("  guard unknownIndex < unknown.count, element.isKept(as: unknown[unknownIndex], in: octets) else {")
      inner.line("    return \"unknown\"")
      inner.line("  }")
      inner.line("  unknownIndex &+= 1")
      inner.line("}")
    }
  }
}
