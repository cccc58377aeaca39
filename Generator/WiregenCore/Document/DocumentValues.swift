import WireText

/// What members may be, in words.
extension DocumentBuilder {
  /// The type of a member, linked where the schema defines it.
  func type(of kind: MemberKind) -> HTML {
    switch kind {
    case .array(let shape): "array of \(type(of: shape.element.kind))"
    case .list(let shape): "list of \(type(definition.families[shape.family].name))"
    default: kind.typeName(definition).map(type) ?? "<span class=\"m\">\(listing.type(of: kind))</span>"
    }
  }

  /// What values a member may have and how many octets, and what else is said of it; each a few words.
  ///
  /// - Parameter scope: the body whose members its expressions see; nil for the header of a family.
  func says(_ member: Member, in scope: Int?, _ members: [Member]) -> [HTML] {
    func text(_ expression: WireExpression) -> HTML {
      let code = self.expression(expression, members) { path in scope.flatMap { anchor(of: path[...], in: $0) } }
      return "<code>\(code)</code>"
    }
    var words: [HTML] = member.condition.map { ["only when \(text($0))"] } ?? []
    words += values(member.kind, unit: member.unit, text).filter { !$0.isEmpty }
    let code = listing.hasCode(member.kind) ? otherwise(member.code) : ""
    if !code.isEmpty {
      if words.isEmpty { words.append("checked") }
      words[words.count - 1] += code
    }
    if member.isWarning { words.append("<span class=\"warn\">a warning only</span>") }
    return words
  }

  private func values(_ kind: MemberKind, unit: String?, _ text: (WireExpression) -> HTML) -> [HTML] {
    switch kind {
    case .integer(let shape): return numbers(shape, unit: unit)
    case .bits, .ipv4, .ipv6, .mac, .structure: return []
    case .reserved(_, let send, let isChecked): return [reserved(send, isChecked)]
    case .reservedRest(let send, let isChecked):
      return ["to the end, none sent", isChecked ? "must be \(send)" : "not looked at"]
    case .octets(let shape):
      if let fill = shape.fill { return [extent(shape.extent, text), "kept; by default \(fill)"] }
      return [extent(shape.extent, text), count(shape.minimum, shape.maximum, "octets")]
    case .text(let shape): return self.text(shape, text)
    case .array(let shape):
      let each = values(shape.element.kind, unit: shape.element.unit, text).listed
      return [end(shape.end, text), count(shape.minimum, shape.maximum, "values"), each.isEmpty ? "" : "each \(each)"]
    case .list(let shape):
      let end: HTML =
        switch shape.end {
        case .container: "to the end"
        case .count(let expression): "as many as \(text(expression))"
        case .size(let expression): "in octets \(text(expression))"
        }
      return [end, shape.isOrdered ? "in the order given" : ""]
    case .choice(let choice): return ["by \(text(choice.on))"]
    }
  }

  private func reserved(_ send: UInt64, _ isChecked: Bool) -> HTML {
    isChecked ? "must be \(send)" : "sent as \(send), not looked at"
  }

  private func text(_ shape: TextShape, _ text: (WireExpression) -> HTML) -> [HTML] {
    let content: HTML =
      switch shape.content {
      case .utf8: "UTF-8"
      case .ascii: "ASCII"
      case .date: "as RFC 1123 has it"
      }
    return [
      extent(shape.extent, text), count(shape.minimum, shape.maximum, "octets"),
      content + (shape.keepsInvalid ? ", kept when ill-formed" : ""), shape.refusesNUL ? "no U+0000" : "",
    ]
  }

  /// "at least 1 value", "2 to 4 octets"; empty without bounds.
  private func count(_ minimum: Int, _ maximum: Int?, _ what: HTML) -> HTML {
    guard let maximum else { return minimum > 0 ? "at least \(minimum) \(what)" : "" }
    if maximum == minimum { return "\(minimum) \(what)" }
    return minimum > 0 ? "\(minimum) to \(maximum) \(what)" : "at most \(maximum) \(what)"
  }

  private func extent(_ extent: Extent, _ text: (WireExpression) -> HTML) -> HTML {
    switch extent {
    case .fixed: ""
    case .rest: "to the end"
    case .expression(let expression): "as many octets as \(text(expression))"
    case .prefixed(let bits, let isLittle):
      "behind their number, <span class=\"m\">u\(bits)</span>\(isLittle ? ", little-endian" : "")"
    case .terminated(let octet): "up to an octet \(octet)"
    case .padded(_, let pad): "filled up with octets \(pad)"
    }
  }

  private func end(_ end: ArrayShape.End, _ text: (WireExpression) -> HTML) -> HTML {
    switch end {
    case .container: "to the end"
    case .counted(let name): "as many as <code>\(name)</code>"
    case .count(let expression): "as many as \(text(expression))"
    case .size(let expression): "in octets \(text(expression))"
    case .terminated(let value, _, _): "up to a value \(value)"
    }
  }
}

// MARK: - Numbers

extension DocumentBuilder {
  /// A number by its name where it has one: "map (1)", linked; or "true".
  func value(_ number: Int128, _ shape: IntegerShape) -> HTML {
    if shape.isBoolean { return number != 0 ? "true" : "false" }
    guard let index = shape.codes, let code = definition.codes[index].codes.first(where: { Int128($0.value) == number })
    else { return "\(number)" }
    return "\(link("\(definition.codes[index].name).\(code.name)", code.name, class: "m")) (\(number))"
  }

  private func numbers(_ shape: IntegerShape, unit: String?) -> [HTML] {
    var words: [HTML] = []
    let unit = unit ?? timeUnit(shape)
    let behind: HTML = unit.map { " \($0)" } ?? ""
    if let constant = shape.constant {
      words.append("= \(value(constant, shape))\(behind)")
    } else if shape.minimum != nil || shape.maximum != nil {
      words.append(bounds(shape) + behind)
    } else if let unit {
      words.append("in \(unit)")
    }
    if let only = shape.only { words.append("one of " + only.map { value(Int128($0), shape) }.listed) }
    if let codes = shape.codes, !definition.codes[codes].isOpen, shape.constant == nil { words.append("named ones only") }
    if let flags = shape.flags, !definition.flags[flags].isOpen { words.append("named bits only") }
    if let number = shape.defaultValue, shape.constant == nil { words.append("by default \(value(number, shape))") }
    if case .epoch(_, let origin) = shape.time { words.append("since \(origin) s from 1970-01-01") }
    if shape.isLittleEndian, shape.bits > 8 { words.append("little-endian") }
    if let computed = shape.computed { words.append(self.computed(computed)) }
    return words
  }

  private func timeUnit(_ shape: IntegerShape) -> String? {
    switch shape.time {
    case .epoch(let unit, _), .duration(let unit): unit.rawValue
    case nil: nil
    }
  }

  private func bounds(_ shape: IntegerShape) -> HTML {
    switch (shape.minimum, shape.maximum) {
    case (let minimum?, let maximum?): "\(value(minimum, shape)) to \(value(maximum, shape))"
    case (let minimum?, nil): "at least \(value(minimum, shape))"
    case (nil, let maximum?): "at most \(value(maximum, shape))"
    case (nil, nil): ""
    }
  }

  /// What a number is computed from: "the octets of data", "(the octets of data + 2) / 4".
  private func computed(_ computed: IntegerShape.Computed) -> HTML {
    func formula(_ what: HTML, _ unit: Int, _ plus: Int) -> HTML {
      let sum: HTML = plus == 0 ? what : plus > 0 ? "\(what) + \(plus)" : "\(what) − \(-plus)"
      return unit == 1 ? sum : plus == 0 ? "\(sum) / \(unit)" : "(\(sum)) / \(unit)"
    }
    switch computed {
    case .size(let name, let unit, let plus): return formula("octets of <code>\(name)</code>", unit, plus)
    case .count(let name): return "number of <code>\(name)</code>"
    case .rest(let unit, let plus): return formula("octets behind it", unit, plus)
    case .message(let unit, let plus): return formula("octets of the message", unit, plus)
    case .element(let unit, let plus, let countsHeader, let countsPadding):
      return formula(Self.counted(countsHeader, countsPadding), unit, plus)
    case .presence: return "whether the extra tag is there"
    case .checksum(let algorithm, let scope, let xor):
      let over: HTML =
        switch scope {
        case .message: "the message"
        case .body: "this body"
        case .before: "what is before it"
        }
      let mask: HTML = xor > 0 ? ", xor \(HTML.hexadecimal(xor, bits: 8))" : ""
      return "<span class=\"m\">\(algorithm.rawValue)</span> over \(over)\(mask)"
    }
  }

  /// What the length of an element counts.
  static func counted(_ countsHeader: Bool, _ countsPadding: Bool) -> HTML {
    (countsHeader ? "octets of header and value" : "octets of the value") + (countsPadding ? ", with the padding" : "")
  }
}

extension HTML {
  /// `0x1F`, with as many digits as so many bits take.
  static func hexadecimal(_ number: UInt64, bits: Int) -> HTML {
    let digits = String(number, radix: 16, uppercase: true)
    return "0x\(String(repeating: "0", count: max(0, (bits + 3) / 4 - digits.count)) + digits)"
  }
}
