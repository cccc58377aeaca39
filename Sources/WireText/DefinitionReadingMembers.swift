import Wire

extension Member {
  init(reading reader: inout ItemReader) throws(DefinitionTextError) {
    self.init(
      name: try reader.word(), label: try reader.word(), unit: try reader.optionalWord(), kind: .ipv4,
      code: try reader.optionalNumber(), isWarning: try reader.flag("warning", "error"),
      inheritsCode: try reader.flag("inherited", "own"))
    let condition = try reader.next()
    if case .word(nil) = condition.content {} else { self.condition = try WireExpression(reading: condition) }
    kind = try MemberKind(reading: reader.next())
  }
}

extension MemberKind {
  fileprivate init(reading expression: TextExpression) throws(DefinitionTextError) {
    if case .word(let word?) = expression.content {
      let kinds: [String: MemberKind] = ["ipv4": .ipv4, "ipv6": .ipv6, "mac": .mac]
      guard let kind = kinds[word] else {
        throw DefinitionTextError(offset: expression.offset, message: "an unknown kind of member")
      }
      self = kind
      return
    }
    var reader = try ItemReader(expression)
    self = try MemberKind(try reader.word(), reading: &reader)
    try reader.finish()
  }

  private init(_ name: String, reading reader: inout ItemReader) throws(DefinitionTextError) {
    switch name {
    case "int": self = .integer(try IntegerShape(reading: &reader))
    case "bits":
      self = .bits(
        octets: try reader.number(), isLittleEndian: try reader.flag("little", "big"),
        members: try reader.each(Member.init(reading:)))
    case "reserved":
      self = .reserved(
        size: try reader.number(), send: try reader.number(), isChecked: try reader.flag("check", "ignore"))
    case "reservedRest":
      self = .reservedRest(send: try reader.number(), isChecked: try reader.flag("check", "ignore"))
    case "octets":
      self = .octets(
        OctetsShape(
          try Extent(reading: reader.next()), minimum: try reader.number(), maximum: try reader.optionalNumber(),
          fill: try reader.optionalNumber()))
    case "text": self = .text(try TextShape(reading: &reader))
    case "choice": self = .choice(try ChoiceShape(reading: &reader))
    case "struct": self = .structure(try reader.number())
    case "array": self = .array(try ArrayShape(reading: &reader))
    case "list": self = .list(try ListShape(reading: &reader))
    default: throw reader.failure("an unknown kind of member before this")
    }
  }
}

extension TextShape {
  fileprivate init(reading reader: inout ItemReader) throws(DefinitionTextError) {
    let extent = try Extent(reading: reader.next())
    let minimum = try reader.number(Int.self)
    let maximum = try reader.optionalNumber(Int.self)
    guard let content = Content(rawValue: try reader.word()) else {
      throw reader.failure("what text is expected before this")
    }
    self.init(
      extent, minimum: minimum, maximum: maximum, content: content, keepsInvalid: try reader.flag("keep", "error"),
      refusesNUL: try reader.flag("error", "allow"))
  }
}

extension ChoiceShape {
  fileprivate init(reading reader: inout ItemReader) throws(DefinitionTextError) {
    self.init(on: try WireExpression(reading: reader.next()), cases: [])
    let otherwise = try reader.next()
    if case .list = otherwise.content { self.otherwise = try Case(reading: otherwise) }
    while !reader.items.isEmpty { cases.append(try Case(reading: reader.next())) }
  }
}

extension ChoiceShape.Case {
  fileprivate init(reading expression: TextExpression) throws(DefinitionTextError) {
    var reader = try ItemReader(expression)
    self.init(
      name: try reader.word(), first: try reader.number(), last: try reader.number(), body: try reader.optionalNumber())
    try reader.finish()
  }
}

extension ArrayShape {
  fileprivate init(reading reader: inout ItemReader) throws(DefinitionTextError) {
    let end = try End(reading: reader.next())
    let minimum = try reader.number(Int.self)
    let maximum = try reader.optionalNumber(Int.self)
    var item = try ItemReader(reader.next())
    let element = try Member(reading: &item)
    try item.finish()
    self.init(element: element, end: end, minimum: minimum, maximum: maximum)
  }
}

extension ArrayShape.End {
  fileprivate init(reading expression: TextExpression) throws(DefinitionTextError) {
    if case .word("rest") = expression.content {
      self = .container
      return
    }
    var reader = try ItemReader(expression)
    switch try reader.word() {
    case "by": self = .counted(by: try reader.word())
    case "count": self = .count(try WireExpression(reading: reader.next()))
    case "size": self = .size(try WireExpression(reading: reader.next()))
    case "until":
      self = .terminated(
        try reader.number(), octets: try reader.number(), isLittleEndian: try reader.flag("little", "big"))
    default: throw reader.failure("where an array ends expected before this")
    }
    try reader.finish()
  }
}

extension ListShape {
  fileprivate init(reading reader: inout ItemReader) throws(DefinitionTextError) {
    self.init(family: try reader.number(), allowed: [], isOrdered: try reader.flag("listed", "any"))
    end = try End(reading: reader.next())
    while !reader.items.isEmpty { allowed.append(try Allowed(reading: reader.next())) }
  }
}

extension ListShape.End {
  fileprivate init(reading expression: TextExpression) throws(DefinitionTextError) {
    if case .word("rest") = expression.content {
      self = .container
      return
    }
    var reader = try ItemReader(expression)
    switch try reader.word() {
    case "count": self = .count(try WireExpression(reading: reader.next()))
    case "size": self = .size(try WireExpression(reading: reader.next()))
    default: throw reader.failure("where a list ends expected before this")
    }
    try reader.finish()
  }
}

extension ListShape.Allowed {
  fileprivate init(reading expression: TextExpression) throws(DefinitionTextError) {
    var reader = try ItemReader(expression)
    self.init(
      element: try reader.number(), minimum: try reader.number(), maximum: try reader.optionalNumber(),
      missingCode: try reader.optionalNumber(), excessCode: try reader.optionalNumber(),
      invalidCode: try reader.optionalNumber())
    if let word = try reader.optionalWord() {
      guard let position = ListShape.Position(rawValue: word) else {
        throw reader.failure("'first' or 'last' expected before this")
      }
      self.position = position
    }
    let condition = try reader.next()
    if case .word(nil) = condition.content {} else { requiredWhen = try WireExpression(reading: condition) }
    try reader.finish()
  }
}

extension IntegerShape {
  fileprivate init(reading reader: inout ItemReader) throws(DefinitionTextError) {
    self.init(bits: try reader.number())
    guard (1...64).contains(bits) else { throw reader.failure("1 to 64 bits expected before this") }
    while let item = reader.items.first {
      if case .word = item.content {
        switch try reader.word() {
        case "signed": isSigned = true
        case "little": isLittleEndian = true
        case "boolean": isBoolean = true
        default: throw reader.failure("an unknown property of a number before this")
        }
      } else {
        var inner = try ItemReader(reader.next())
        try readProperty(&inner)
        try inner.finish()
      }
    }
  }

  private mutating func readProperty(_ reader: inout ItemReader) throws(DefinitionTextError) {
    switch try reader.word() {
    case "codes": codes = try reader.number()
    case "min": minimum = try reader.number()
    case "max": maximum = try reader.number()
    case "const": constant = try reader.number()
    case "default": defaultValue = try reader.number()
    case "flags": flags = try reader.number()
    case "only":
      var values: [UInt64] = []
      while !reader.items.isEmpty { values.append(try reader.number()) }
      only = values
    case "epoch": time = .epoch(try TimeUnit(reading: &reader), origin: try reader.number())
    case "duration": time = .duration(try TimeUnit(reading: &reader))
    case let name: computed = try Computed(name, reading: &reader)
    }
  }
}

extension IntegerShape.TimeUnit {
  fileprivate init(reading reader: inout ItemReader) throws(DefinitionTextError) {
    guard let unit = Self(rawValue: try reader.word()) else { throw reader.failure("a unit of time expected before this") }
    self = unit
  }
}

extension IntegerShape.Computed {
  fileprivate init(_ name: String, reading reader: inout ItemReader) throws(DefinitionTextError) {
    switch name {
    case "size": self = .size(of: try reader.word(), unit: try reader.number(), plus: try reader.number())
    case "count": self = .count(of: try reader.word())
    case "rest": self = .rest(unit: try reader.number(), plus: try reader.number())
    case "message": self = .message(unit: try reader.number(), plus: try reader.number())
    case "element":
      self = .element(
        unit: try reader.number(), plus: try reader.number(), countsHeader: try reader.flag("element", "value"),
        countsPadding: try reader.flag("padding", "plain"))
    case "presence": self = .presence
    case "checksum":
      guard let algorithm = ChecksumAlgorithm(rawValue: try reader.word()),
        let scope = IntegerShape.ChecksumScope(rawValue: try reader.word())
      else { throw reader.failure("a checksum expected before this") }
      self = .checksum(algorithm, over: scope, xor: try reader.number())
    default: throw reader.failure("an unknown property of a number before this")
    }
  }
}

extension Extent {
  fileprivate init(reading expression: TextExpression) throws(DefinitionTextError) {
    switch expression.content {
    case .word("rest"): self = .rest
    case .word(let word):
      guard let word, let size = Int(word) else {
        throw DefinitionTextError(offset: expression.offset, message: "a size expected")
      }
      self = .fixed(size)
    case .list:
      var reader = try ItemReader(expression)
      switch try reader.word() {
      case "is": self = .expression(try WireExpression(reading: reader.next()))
      case "prefix":
        self = .prefixed(bits: try reader.number(), isLittleEndian: try reader.flag("little", "big"))
      case "until": self = .terminated(try reader.number())
      case "pad": self = .padded(try reader.number(), pad: try reader.number())
      default: throw reader.failure("an extent expected before this")
      }
      try reader.finish()
    }
  }
}
