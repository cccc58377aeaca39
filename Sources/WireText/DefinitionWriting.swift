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
      ] + codes.map(\.expression) + bodies.map(\.expression) + families.map(\.expression))
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

extension BodyDefinition {
  fileprivate var expression: TextExpression {
    .list(
      "body",
      [
        .word(name), message?.expression ?? .word(nil), .list(members.map(\.expression)),
        .list(rules.map(\.expression)), .number(code),
      ])
  }
}

extension MessageTraits {
  fileprivate var expression: TextExpression {
    .list([
      .number(direction), .number(maximumSize), .number(sizeMultiple), .number(sizeCode), .number(code),
      .list(matches.map(\.expression)),
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
    .list([.word(name), .number(code), .word(isWarning ? "warning" : "error"), test.expression])
  }
}

extension Member {
  fileprivate var expression: TextExpression {
    .list([
      .word(name), .word(label), .word(unit), .number(code), .word(isWarning ? "warning" : "error"),
      condition?.expression ?? .word(nil), kind.expression,
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
    case .octets(let extent, let minimum, let maximum):
      .list("octets", [extent.expression, .number(minimum), .number(maximum)])
    case .text(let extent, let minimum, let maximum, let keepsInvalid, let refusesNUL):
      .list(
        "text",
        [
          extent.expression, .number(minimum), .number(maximum), .word(keepsInvalid ? "keep" : "error"),
          .word(refusesNUL ? "error" : "allow"),
        ])
    case .structure(let index): .list("struct", [.number(index)])
    case .array(let shape):
      .list(
        "array",
        [.word(shape.countedBy), .number(shape.minimum), .number(shape.maximum), shape.element.expression])
    case .list(let shape): .list("list", [.number(shape.family)] + shape.allowed.map(\.expression))
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
    switch computed {
    case .size(let name, let unit, let plus):
      items.append(.list("size", [.word(name), .number(unit), .number(plus)]))
    case .count(let name): items.append(.list("count", [.word(name)]))
    case nil: break
    }
    return .list("int", items)
  }
}

extension Extent {
  fileprivate var expression: TextExpression {
    switch self {
    case .fixed(let size): .number(size)
    case .rest: .word("rest")
    case .expression(let expression): .list("is", [expression.expression])
    }
  }
}

extension ListShape.Allowed {
  fileprivate var expression: TextExpression {
    .list([
      .number(element), .number(minimum), .number(maximum), .number(missingCode), .number(excessCode),
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
        .number(codes), .number(code), .list(header.map(\.expression)), .list(unknown.map(\.expression)),
        .list(elements.map(\.expression)),
      ])
  }
}

extension FamilyDefinition.Element {
  fileprivate var expression: TextExpression {
    .list([.word(name), .word(label), .number(tag), .number(body), .number(code)])
  }
}

extension FamilyDefinition.UnknownPolicy {
  fileprivate var expression: TextExpression {
    .list([.number(first), .number(last), .number(direction), .word(action.rawValue), .number(code)])
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
    }
  }
}
