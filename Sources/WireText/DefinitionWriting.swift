import Wire

extension ProtocolDefinition {
  /// The text's first word, and the version of its form.
  static let textForm = ("wire", 1)

  var expression: TextExpression {
    .list(
      ProtocolDefinition.textForm.0,
      [
        .number(ProtocolDefinition.textForm.1), .word(name), .number(errorCodes),
        .list("directions", directions.map { .word($0) }),
        .list("messages", messages.map { .number($0) }),
      ] + ports.map(\.expression) + framings.map(\.expression) + codes.map(\.expression) + flags.map(\.expression)
        + bodies.map(\.expression) + families.map(\.expression))
  }
}

extension CodesDefinition {
  fileprivate var expression: TextExpression {
    .list(
      "codes",
      [.word(name), .number(bits), .word(isOpen ? "open" : "closed")]
        + codes.map { .list("code", [.word($0.name), .number($0.value), .word($0.label)]) }
        + ranges.map { .list("range", [.number($0.first), .number($0.last), .word($0.use)]) })
  }
}

extension FlagsDefinition {
  fileprivate var expression: TextExpression {
    .list(
      "flags",
      [.word(name), .number(bits), .word(isOpen ? "open" : "closed")]
        + flags.map { .list("flag", [.word($0.name), .number($0.bit), .word($0.label)]) }
        + ranges.map { .list("range", [.number($0.first), .number($0.last), .word($0.use)]) })
  }
}

extension PortDefinition {
  fileprivate var expression: TextExpression {
    .list("port", [.number(direction), .word(transport.rawValue), .number(number)])
  }
}

extension FramingDefinition {
  fileprivate var expression: TextExpression {
    .list(
      "framing",
      [
        .number(direction), .number(header), .word(sizeMember), .number(minimum), .number(maximum), .number(multiple),
        .number(code), size.expression,
      ])
  }
}

extension BodyDefinition {
  fileprivate var expression: TextExpression {
    .list(
      "body",
      [
        .word(name), message?.expression ?? .word(nil), .list(members.map(\.expression)),
        .list(rules.map(\.expression)), .number(code), .number(headerCount), .number(maximumDepth),
        .list(derived.map { .list([.word($0.name), $0.test.expression]) }),
      ])
  }
}

extension MessageTraits {
  fileprivate var expression: TextExpression {
    .list([
      .number(direction), .number(maximumSize), .number(sizeMultiple), .number(sizeCode), .number(code),
      .list(matches.map(\.expression)),
      .list(earlyRules.map { .list([$0.rule.expression, .list($0.reads.map(\.expression))]) }),
    ])
  }
}

extension MessageTraits.Match {
  fileprivate var expression: TextExpression {
    .list([
      .word(member), .number(offset), .number(size), .number(shift), .number(bits),
      .word(isLittleEndian ? "little" : "big"), .number(first), .number(last), .number(code),
    ])
  }
}

extension RuleDefinition {
  fileprivate var expression: TextExpression {
    .list([
      .word(name), .number(code), .word(isWarning ? "warning" : "error"), .word(inheritsCode ? "inherited" : "own"),
      test.expression,
    ])
  }
}

extension Member {
  fileprivate var expression: TextExpression {
    .list([
      .word(name), .word(label), .word(unit), .number(code), .word(isWarning ? "warning" : "error"),
      .word(inheritsCode ? "inherited" : "own"), condition?.expression ?? .word(nil), kind.expression,
    ])
  }
}

extension MemberKind {
  fileprivate var expression: TextExpression {
    switch self {
    case .integer(let shape): shape.expression
    case .bits(let octets, let isLittleEndian, let members):
      .list(
        "bits",
        [.number(octets), .word(isLittleEndian ? "little" : "big"), .list(members.map(\.expression))])
    case .reserved(let size, let send, let isChecked):
      .list("reserved", [.number(size), .number(send), .word(isChecked ? "check" : "ignore")])
    case .ipv4: .word("ipv4")
    case .ipv6: .word("ipv6")
    case .mac: .word("mac")
    case .reservedRest(let send, let isChecked):
      .list("reservedRest", [.number(send), .word(isChecked ? "check" : "ignore")])
    case .octets(let shape):
      .list(
        "octets", [shape.extent.expression, .number(shape.minimum), .number(shape.maximum), .number(shape.fill)])
    case .text(let shape): shape.expression
    case .structure(let index): .list("struct", [.number(index)])
    case .array(let shape):
      .list(
        "array",
        [shape.end.expression, .number(shape.minimum), .number(shape.maximum), shape.element.expression])
    case .list(let shape):
      .list(
        "list",
        [.number(shape.family), .word(shape.isOrdered ? "listed" : "any"), shape.end.expression]
          + shape.allowed.map(\.expression))
    case .choice(let shape):
      .list(
        "choice",
        [shape.on.expression, shape.otherwise?.expression ?? .word(nil)] + shape.cases.map(\.expression))
    }
  }
}

extension TextShape {
  fileprivate var expression: TextExpression {
    .list(
      "text",
      [
        extent.expression, .number(minimum), .number(maximum), .word(content.rawValue),
        .word(keepsInvalid ? "keep" : "error"), .word(refusesNUL ? "error" : "allow"),
      ])
  }
}

extension ChoiceShape.Case {
  fileprivate var expression: TextExpression {
    .list([.word(name), .number(first), .number(last), .number(body)])
  }
}

extension ArrayShape.End {
  fileprivate var expression: TextExpression {
    switch self {
    case .container: .word("rest")
    case .counted(let name): .list("by", [.word(name)])
    case .count(let expression): .list("count", [expression.expression])
    case .size(let expression): .list("size", [expression.expression])
    case .terminated(let value, let octets, let isLittleEndian):
      .list("until", [.number(value), .number(octets), .word(isLittleEndian ? "little" : "big")])
    }
  }
}

extension ListShape.End {
  fileprivate var expression: TextExpression {
    switch self {
    case .container: .word("rest")
    case .count(let expression): .list("count", [expression.expression])
    case .size(let expression): .list("size", [expression.expression])
    }
  }
}

extension IntegerShape.Computed {
  fileprivate var expression: TextExpression {
    switch self {
    case .size(let name, let unit, let plus): .list("size", [.word(name), .number(unit), .number(plus)])
    case .count(let name): .list("count", [.word(name)])
    case .rest(let unit, let plus): .list("rest", [.number(unit), .number(plus)])
    case .message(let unit, let plus): .list("message", [.number(unit), .number(plus)])
    case .element(let unit, let plus, let countsHeader, let countsPadding):
      .list(
        "element",
        [
          .number(unit), .number(plus), .word(countsHeader ? "element" : "value"),
          .word(countsPadding ? "padding" : "plain"),
        ])
    case .presence: .list("presence", [])
    case .checksum(let algorithm, let scope, let xor):
      .list("checksum", [.word(algorithm.rawValue), .word(scope.rawValue), .number(xor)])
    }
  }
}

extension IntegerShape.TimeMeaning {
  fileprivate var expression: TextExpression {
    switch self {
    case .epoch(let unit, let origin): .list("epoch", [.word(unit.rawValue), .number(origin)])
    case .duration(let unit): .list("duration", [.word(unit.rawValue)])
    }
  }
}

extension IntegerShape {
  fileprivate var expression: TextExpression {
    var items: [TextExpression] = [.number(bits)]
    if isSigned { items.append(.word("signed")) }
    if isLittleEndian { items.append(.word("little")) }
    if isBoolean { items.append(.word("boolean")) }
    if let codes { items.append(.list("codes", [.number(codes)])) }
    if let minimum { items.append(.list("min", [.number(minimum)])) }
    if let maximum { items.append(.list("max", [.number(maximum)])) }
    if let constant { items.append(.list("const", [.number(constant)])) }
    if let defaultValue { items.append(.list("default", [.number(defaultValue)])) }
    if let flags { items.append(.list("flags", [.number(flags)])) }
    if let only { items.append(.list("only", only.map { .number($0) })) }
    if let time { items.append(time.expression) }
    if let computed { items.append(computed.expression) }
    return .list("int", items)
  }
}

extension Extent {
  fileprivate var expression: TextExpression {
    switch self {
    case .fixed(let size): .number(size)
    case .rest: .word("rest")
    case .expression(let expression): .list("is", [expression.expression])
    case .prefixed(let bits, let isLittleEndian):
      .list("prefix", [.number(bits), .word(isLittleEndian ? "little" : "big")])
    case .terminated(let octet): .list("until", [.number(octet)])
    case .padded(let size, let pad): .list("pad", [.number(size), .number(pad)])
    }
  }
}

extension ListShape.Allowed {
  fileprivate var expression: TextExpression {
    .list([
      .number(element), .number(minimum), .number(maximum), .number(missingCode), .number(excessCode),
      .number(invalidCode), .word(position?.rawValue), requiredWhen?.expression ?? .word(nil),
    ])
  }
}

extension FamilyDefinition {
  fileprivate var expression: TextExpression {
    .list(
      "family",
      [
        .word(name), .number(tag), .number(length), .word(lengthCountsElement ? "element" : "value"),
        .number(lengthUnit), .number(lengthPlus), .number(alignment),
        .word(checksPadding ? "zero" : "ignore"),
        .number(codes), .number(code), .word(tagName), .word(extraTag), .number(extraTagDefault),
        .word(headerIsInBody ? "whole" : "value"), .word(lengthCountsPadding ? "padding" : "plain"),
        .number(maximumDepth), .list(header.map(\.expression)), .list(unknown.map(\.expression)),
        .list(elements.map(\.expression)),
      ])
  }
}

extension FamilyDefinition.Element {
  fileprivate var expression: TextExpression {
    .list([
      .word(name), .word(label), .number(tag), .number(body), .number(code), .number(extraTag), .word(addition),
    ])
  }
}

extension FamilyDefinition.UnknownPolicy {
  fileprivate var expression: TextExpression {
    .list([.number(first), .number(last), .number(direction), .word(action.rawValue), .number(code), .number(extraTag)])
  }
}

extension WireExpression {
  fileprivate var expression: TextExpression {
    switch self {
    case .number(let number): .number(number)
    case .boolean(let flag): .word(flag ? "true" : "false")
    case .address(let octets): .list("address", [.word(hexadecimal(octets))])
    case .path(let path): .list("path", path.map { .word($0) })
    case .size(let path): .list("size", path.map { .word($0) })
    case .count(let path): .list("count", path.map { .word($0) })
    case .present(let path): .list("present", path.map { .word($0) })
    case .remaining: .word("remaining")
    case .not(let operand): .list("not", [operand.expression])
    case .binary(let symbol, let left, let right):
      .list(symbol.rawValue, [left.expression, right.expression])
    case .inPrefix(let operand, let address, let length):
      .list("prefix", [operand.expression, .word(hexadecimal(address)), .number(length)])
    case .inRanges(let operand, let ranges):
      .list(
        "ranges",
        [operand.expression] + ranges.flatMap { [.number($0.lowerBound), .number($0.upperBound)] })
    case .text(let octets): .list("text", [.word(hexadecimal(octets))])
    case .flag(let path, let bit): .list("flag", [.number(bit)] + path.map { .word($0) })
    case .item(let path): .list("item", path.map { .word($0) })
    case .over(let quantifier, let walk): .list(quantifier.rawValue, [walk.text])
    case .among(let first, let second): .list("among", [first.text, second.text])
    }
  }
}

extension WireExpression.Walk {
  fileprivate var text: TextExpression {
    .list([.word(variable), .list(path.map { .word($0) }), expression.expression])
  }
}
