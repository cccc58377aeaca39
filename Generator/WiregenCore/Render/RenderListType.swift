import WireText

/// Renders the type that holds the elements of a list: a property for each kind, taking them out of octets and writing them.
extension ListRenderer {
  func renderType(_ source: inout SwiftSource) {
    let access = context.access
    source.comment("The elements of `\(list)`, each kind in a property of its own.")
    source.block("\(access)struct \(type): Sendable, WireEquatable") { inner in
      for use in stored {
        let key = "\(family.name)Code.\(use.element.name)"
        context.comment(key, fallback: use.element.label, &inner)
        if use.isBoxed {
          renderBoxed(use, &inner)
        } else {
          inner.line("\(access)var \(use.property): \(propertyType(use))")
        }
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

  /// A property whose value would contain itself: kept in an array, which may.
  private func renderBoxed(_ use: Use, _ source: inout SwiftSource) {
    source.block("\(context.access)var \(use.property): \(propertyType(use))") { inner in
      if use.isRequired {
        inner.line("get { self.\(use.storage)[0] }")
        inner.line("set { self.\(use.storage)[0] = newValue }")
      } else {
        inner.line("get { self.\(use.storage).first }")
        inner.block("set") { set in
          set.line("self.\(use.storage).removeAll()")
          set.line("if let newValue { self.\(use.storage).append(newValue) }")
        }
      }
    }
    source.line("private var \(use.storage): [\(use.type)] = []")
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
      for use in stored {
        if use.isBoxed, use.isRequired {
          inner.line("self.\(use.storage) = [\(use.property)]")
        } else if use.isBoxed {
          inner.line("if let \(use.property) { self.\(use.storage) = [\(use.property)] }")
        } else {
          inner.line("self.\(use.property) = \(use.property)")
        }
      }
      inner.line("self.unknown = unknown")
      inner.line("order = ElementOrder()")
    }
  }

  /// Takes the elements out of octets that have been checked; one allocation for each kind there is more than one of.
  private func renderDecode(_ source: inout SwiftSource) {
    let direction = takesDirection ? ", direction: UInt8" : ""
    source.block("init(_ octets: RawSpan, to end: Int, _ layout: \(layoutType)\(direction)) throws(WireError)") { inner in
      for use in stored {
        let value = value(of: use, in: "octets.extracting(layout.\(use.occurrence).range)")
        if use.isMany {
          inner.line("self.\(use.property) = []")
          inner.line("self.\(use.property).reserveCapacity(layout.\(use.occurrence).count)")
        } else if use.isBoxed {
          inner.line("if layout.\(use.occurrence).count > 0 { self.\(use.storage) = [\(value)] }")
        } else if use.isRequired {
          inner.line("self.\(use.property) = \(value)")
        } else {
          inner.line("self.\(use.property) = layout.\(use.occurrence).count < 1 ? nil : \(value)")
        }
      }
      inner.line("unknown = []")
      inner.line("unknown.reserveCapacity(layout.listUnknown)")
      inner.line("order = ElementOrder()")
      renderDecodeLoop(&inner)
    }
  }

  private func value(of use: Use, in octets: String) -> String {
    "try \(use.type)(Borrowed(\(context.part(octets, of: use.element.body))))"
  }

  private func renderDecodeLoop(_ source: inout SwiftSource) {
    let many = stored.filter(\.isMany)
    let found = many.map { "layout.\($0.occurrence).count > 0" } + ["layout.listUnknown > 0", "!layout.listIsOrdered"]
    source.line("guard \(found.joined(separator: " || ")) else { return }")
    source.line("if !layout.listIsOrdered { order.reserve(layout.listCount) }")
    source.line("var position = layout.listStart")
    source.block("while position < end") { inner in
      inner.line("let element = \(element(from: "layout.listStart"))")
      inner.line("position = element.end")
      inner.line("let kind: Int")
      inner.line("switch \(identity) {")
      for use in uses {
        inner.line("case \(pattern(use.element)):")
        inner.line("  kind = \(use.rank)")
        guard use.isMany, use.allowed.maximum != 0 else { continue }
        inner.line("  self.\(use.property).append(\(value(of: use, in: "octets.extracting(element.bodyRange)")))")
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
      let before = policies[..<index].filter { $0.action != .keep }.map { "!(\(test($0, direction: "direction")))" }
      let isLast = index == policies.count - 1
      tests.append(((isLast ? [] : [test(policy, direction: "direction")]) + before).joined(separator: " && "))
    }
    let always = tests.contains { $0.isEmpty || $0 == "true" }
    if !always { source.line("  guard \(tests.joined(separator: " || ")) else { continue }") }
    source.line("  kind = \(unknownRank)")
    source.line("  unknown.append(element.kept(from: octets))")
  }

  private func renderCounts(_ source: inout SwiftSource) {
    source.line("/// Elements of each kind, the unknown ones among them, in the order in which they are encoded.")
    source.block("var counts: [Int]") { inner in
      var counts = ranked.map { $0.allowed.maximum == 0 ? "0" : count(of: $0) }
      counts.insert("unknown.count", at: unknownRank)
      inner.line("[")
      for count in counts { inner.line("  \(count),") }
      inner.line("]")
    }
  }

  func count(of use: Use) -> String {
    use.isMany || use.isBoxed ? "self.\(use.storage).count" : use.isRequired ? "1" : "(self.\(use.property) != nil ? 1 : 0)"
  }

  private func renderEquality(_ source: inout SwiftSource) {
    let access = context.access
    Compare.renderEquality(
      of: stored.map(\.storage) + ["unknown"], "self.order.isSame(as: other.order, self.counts)", access, &source)
    source.line()
    source.block("\(access)func hash(into hasher: inout Hasher)") { inner in
      for property in stored.map(\.storage) + ["unknown"] { inner.line("hasher.combine(self.\(property))") }
    }
  }

  /// What is done with the value of each element of a kind, by index: an iterator would ask a build without optimisation for
  /// memory.
  private func forEach(_ use: Use, _ source: inout SwiftSource, _ line: (String) -> String) {
    if use.isMany || use.isBoxed {
      source.line("for index in 0..<self.\(use.storage).count { \(line("self.\(use.storage)[index]")) }")
    } else if use.isRequired {
      source.line(line("self.\(use.property)"))
    } else {
      source.line("if let present = self.\(use.property) { \(line("present")) }")
    }
  }

  private func renderSize(_ source: inout SwiftSource) {
    source.line("/// Octets the elements take.")
    source.block("var encodedSize: Int") { inner in
      inner.line("var size = 0")
      // Padding depends on where an element starts; elements end where the next may start, so that the order makes no difference.
      for use in stored { forEach(use, &inner) { "size = \(familyType).end(of: \($0).encodedSize, at: size)" } }
      inner.line("for index in 0..<unknown.count { size &+= unknown[index].octets.count }")
      inner.line("return size")
    }
  }

  private func write(_ value: String, more: String = "", _ use: Use) -> String {
    let tag = family.headerIsInBody ? "" : "tag: \(use.element.tag), "
    let message = isMessageBound(use) ? ", message: &message" : ""
    return "try \(familyType).write(\(value), \(more)\(tag)from: start, into: &output\(message))"
  }

  private func renderWrite(_ source: inout SwiftSource) {
    let last = stored.filter { $0.allowed.position == .last }
    source.line("/// Writes the elements in the order they came, then those that the order does not mention; without the heap.")
    let message = isMessageBound ? ", message: inout MessageWriting" : ""
    source.block("func write(into output: inout OutputRawSpan\(message)) throws(WireError)") { inner in
      if !stored.isEmpty { inner.line("let start = output.byteCount") }
      for use in stored { inner.line("var \(use.element.name)Next = 0") }
      inner.line("var unknownNext = 0")
      for use in stored where use.allowed.position == .first { renderWriteNext(use, loops: true, &inner) }
      inner.block("for index in 0..<order.kinds.count") { loop in
        loop.line("switch order.kinds[index] {")
        for use in ranked where use.allowed.maximum != 0 && use.allowed.position == nil {
          loop.line("case \(use.rank):")
          renderWriteNext(use, loops: false, &loop)
        }
        loop.line("case \(unknownRank):")
        loop.line("  guard unknownNext < unknown.count else { continue }")
        loop.line("  output.octets(unknown[unknownNext].octets)")
        loop.line("  unknownNext &+= 1")
        loop.line("default: continue")
        loop.line("}")
      }
      for use in stored where use.allowed.position == nil { renderWriteNext(use, loops: true, &inner) }
      inner.block("while unknownNext < unknown.count") { rest in
        rest.line("output.octets(unknown[unknownNext].octets)")
        rest.line("unknownNext &+= 1")
      }
      for use in last { renderWriteNext(use, loops: true, &inner) }
    }
  }

  /// Writes the next element of a kind that has not been written, or with `loops` all that are left.
  private func renderWriteNext(_ use: Use, loops: Bool, _ source: inout SwiftSource) {
    let next = "\(use.element.name)Next"
    let indent = loops ? "" : "  "
    if use.isMany || use.isBoxed {
      return source.line(indent + write("self.\(use.storage)", more: "next: &\(next), all: \(loops), ", use))
    }
    let value = use.isRequired ? "self.\(use.property)" : "present"
    let test = use.isRequired ? "\(next) < 1" : "\(next) < 1, let present = self.\(use.property)"
    source.line("\(indent)if \(test) {")
    source.line("\(indent)  \(write(value, use))")
    source.line("\(indent)  \(next) &+= 1")
    source.line("\(indent)}")
  }
}
