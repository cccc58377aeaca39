extension WireExpression {
  init(reading expression: TextExpression) throws(DefinitionTextError) {
    switch expression.content {
    case .word("true"): self = .boolean(true)
    case .word("false"): self = .boolean(false)
    case .word("remaining"): self = .remaining
    case .word(let word):
      guard let word, let number = Int128(word) else {
        throw DefinitionTextError(offset: expression.offset, message: "an expression expected")
      }
      self = .number(number)
    case .list:
      var reader = try ItemReader(expression)
      self = try WireExpression(try reader.word(), reading: &reader)
      try reader.finish()
    }
  }

  private init(_ name: String, reading reader: inout ItemReader) throws(DefinitionTextError) {
    if let symbol = Operator(rawValue: name) {
      self = .binary(symbol, try Self(reading: reader.next()), try Self(reading: reader.next()))
      return
    }
    switch name {
    case "address": self = .address(try reader.octets())
    case "path": self = .path(try reader.words())
    case "size": self = .size(try reader.words())
    case "count": self = .count(try reader.words())
    case "present": self = .present(try reader.words())
    case "not": self = .not(try Self(reading: reader.next()))
    case "prefix":
      self = .inPrefix(
        try Self(reading: reader.next()), address: try reader.octets(), length: try reader.number())
    case "ranges":
      let operand = try Self(reading: reader.next())
      var ranges: [ClosedRange<Int128>] = []
      while !reader.items.isEmpty {
        let first = try reader.number(Int128.self)
        let last = try reader.number(Int128.self)
        guard first <= last else { throw reader.failure("a range that is not empty expected before this") }
        ranges.append(first...last)
      }
      self = .inRanges(operand, ranges)
    case "text": self = .text(try reader.octets())
    case "flag":
      let bit = try reader.number(Int.self)
      self = .flag(try reader.words(), bit: bit)
    case "item": self = .item(try reader.words())
    case "among": self = .among(try Walk(reading: reader.next()), try Walk(reading: reader.next()))
    default:
      guard let quantifier = Quantifier(rawValue: name) else {
        throw reader.failure("an unknown expression before this")
      }
      self = .over(quantifier, try Walk(reading: reader.next()))
    }
  }
}

extension WireExpression.Walk {
  fileprivate init(reading expression: TextExpression) throws(DefinitionTextError) {
    var reader = try ItemReader(expression)
    let variable = try reader.word()
    var steps = try ItemReader(reader.next())
    self.init(
      variable: variable, path: try steps.words(), expression: try WireExpression(reading: reader.next()))
    try reader.finish()
  }
}
