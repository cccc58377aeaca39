import Wire

/// Takes the items of a list one after another.
private struct ItemReader {
  var items: ArraySlice<TextExpression>
  let offset: Int

  /// - Throws: when it is a word.
  init(_ expression: TextExpression) throws(DefinitionTextError) {
    guard case .list(let items) = expression.content else {
      throw DefinitionTextError(offset: expression.offset, message: "a list expected")
    }
    self.items = items[...]
    offset = expression.offset
  }

  func failure(_ message: String) -> DefinitionTextError {
    DefinitionTextError(offset: items.first?.offset ?? offset, message: message)
  }

  mutating func next() throws(DefinitionTextError) -> TextExpression {
    guard let item = items.popFirst() else { throw failure("more items expected") }
    return item
  }

  mutating func optionalWord() throws(DefinitionTextError) -> String? {
    let item = try next()
    guard case .word(let word) = item.content else {
      throw DefinitionTextError(offset: item.offset, message: "a word expected")
    }
    return word
  }

  mutating func word() throws(DefinitionTextError) -> String {
    guard let word = try optionalWord() else { throw failure("a word expected, not '-'") }
    return word
  }

  mutating func optionalNumber<Number: FixedWidthInteger>(
    _ type: Number.Type = Number.self
  ) throws(DefinitionTextError) -> Number? {
    guard let word = try optionalWord() else { return nil }
    guard let number = Number(word) else { throw failure("a number expected before this") }
    return number
  }

  mutating func number<Number: FixedWidthInteger>(
    _ type: Number.Type = Number.self
  ) throws(DefinitionTextError) -> Number {
    guard let number = try optionalNumber(type) else { throw failure("a number expected, not '-'") }
    return number
  }

  /// One of two words; true for the first.
  mutating func flag(_ yes: String, _ no: String) throws(DefinitionTextError) -> Bool {
    let word = try word()
    guard word == yes || word == no else { throw failure("'\(yes)' or '\(no)' expected before this") }
    return word == yes
  }

  mutating func octets() throws(DefinitionTextError) -> [UInt8] {
    guard let octets = WireText.octets(hexadecimal: try word()) else {
      throw failure("octets expected before this")
    }
    return octets
  }

  /// What `read` makes of every item of the next item, a list.
  mutating func each<Result>(
    _ read: (inout ItemReader) throws(DefinitionTextError) -> Result
  ) throws(DefinitionTextError) -> [Result] {
    let list = try ItemReader(next())
    var results: [Result] = []
    for item in list.items {
      var reader = try ItemReader(item)
      results.append(try read(&reader))
      try reader.finish()
    }
    return results
  }

  /// The words that are left.
  mutating func words() throws(DefinitionTextError) -> [String] {
    var words: [String] = []
    while !items.isEmpty { words.append(try word()) }
    return words
  }

  func finish() throws(DefinitionTextError) {
    if !items.isEmpty { throw failure("fewer items expected") }
  }
}

extension ProtocolDefinition {
  init(reading expression: TextExpression) throws(DefinitionTextError) {
    var reader = try ItemReader(expression)
    guard try reader.word() == ProtocolDefinition.textForm.0, try reader.number(Int.self) == 1 else {
      throw reader.failure("a definition of version \(ProtocolDefinition.textForm.1) expected")
    }
    self.init(name: try reader.word())
    errorCodes = try reader.optionalNumber()
    while !reader.items.isEmpty {
      var item = try ItemReader(reader.next())
      switch try item.word() {
      case "directions": directions = try item.words()
      case "messages": while !item.items.isEmpty { messages.append(try item.number()) }
      case "port": ports.append(try PortDefinition(reading: &item))
      case "framing": framings.append(try FramingDefinition(reading: &item))
      case "codes": codes.append(try CodesDefinition(reading: &item))
      case "flags": flags.append(try FlagsDefinition(reading: &item))
      case "body": bodies.append(try BodyDefinition(reading: &item))
      case "family": families.append(try FamilyDefinition(reading: &item))
      default: throw item.failure("an unknown part before this")
      }
      try item.finish()
    }
  }
}

extension CodesDefinition {
  fileprivate init(reading reader: inout ItemReader) throws(DefinitionTextError) {
    self.init(
      name: try reader.word(), bits: try reader.number(), isOpen: try reader.flag("open", "closed"), codes: []
    )
    while !reader.items.isEmpty {
      var item = try ItemReader(reader.next())
      switch try item.word() {
      case "code":
        codes.append(Code(name: try item.word(), value: try item.number(), label: try item.word()))
      case "range":
        ranges.append(CodeRange(first: try item.number(), last: try item.number(), use: try item.word()))
      default: throw item.failure("'code' or 'range' expected before this")
      }
      try item.finish()
    }
  }
}

extension FlagsDefinition {
  fileprivate init(reading reader: inout ItemReader) throws(DefinitionTextError) {
    self.init(
      name: try reader.word(), bits: try reader.number(), isOpen: try reader.flag("open", "closed"), flags: [])
    while !reader.items.isEmpty {
      var item = try ItemReader(reader.next())
      switch try item.word() {
      case "flag": flags.append(Flag(name: try item.word(), bit: try item.number(), label: try item.word()))
      case "range":
        ranges.append(
          CodesDefinition.CodeRange(first: try item.number(), last: try item.number(), use: try item.word()))
      default: throw item.failure("'flag' or 'range' expected before this")
      }
      try item.finish()
    }
  }
}

extension PortDefinition {
  fileprivate init(reading reader: inout ItemReader) throws(DefinitionTextError) {
    let direction = try reader.number(Int.self)
    let isUDP = try reader.flag("udp", "tcp")
    self.init(direction: direction, transport: isUDP ? .udp : .tcp, number: try reader.number())
  }
}

extension FramingDefinition {
  fileprivate init(reading reader: inout ItemReader) throws(DefinitionTextError) {
    let direction = try reader.optionalNumber(Int.self)
    let header = try reader.number(Int.self)
    let sizeMember = try reader.word()
    let minimum = try reader.number(Int.self)
    let maximum = try reader.number(Int.self)
    let code = try reader.optionalNumber(UInt64.self)
    self.init(
      direction: direction, header: header, size: try WireExpression(reading: reader.next()), sizeMember: sizeMember,
      minimum: minimum, maximum: maximum, code: code)
  }
}

extension BodyDefinition {
  fileprivate init(reading reader: inout ItemReader) throws(DefinitionTextError) {
    self.init(name: try reader.word(), members: [])
    let traits = try reader.next()
    if case .list = traits.content {
      var item = try ItemReader(traits)
      message = try MessageTraits(reading: &item)
      try item.finish()
    }
    members = try reader.each(Member.init(reading:))
    rules = try reader.each(RuleDefinition.init(reading:))
    code = try reader.optionalNumber()
    headerCount = try reader.number()
    maximumDepth = try reader.optionalNumber()
    derived = try reader.each { item throws(DefinitionTextError) in
      DerivedDefinition(name: try item.word(), test: try WireExpression(reading: item.next()))
    }
  }
}

extension MessageTraits {
  fileprivate init(reading reader: inout ItemReader) throws(DefinitionTextError) {
    self.init(
      direction: try reader.number(), matches: [], maximumSize: try reader.optionalNumber(),
      sizeMultiple: try reader.number(), sizeCode: try reader.optionalNumber(),
      code: try reader.optionalNumber())
    matches = try reader.each(Match.init(reading:))
    earlyRules = try reader.each { item throws(DefinitionTextError) in
      var rule = try ItemReader(item.next())
      let early = EarlyRule(rule: try RuleDefinition(reading: &rule), reads: try item.each(Match.init(reading:)))
      try rule.finish()
      return early
    }
  }
}

extension MessageTraits.Match {
  fileprivate init(reading reader: inout ItemReader) throws(DefinitionTextError) {
    self.init(
      member: try reader.word(), offset: try reader.number(), size: try reader.number(),
      shift: try reader.number(), bits: try reader.number(), isLittleEndian: try reader.flag("little", "big"),
      first: try reader.number(), last: try reader.number(), code: try reader.optionalNumber())
  }
}

extension RuleDefinition {
  fileprivate init(reading reader: inout ItemReader) throws(DefinitionTextError) {
    let name = try reader.word()
    let code = try reader.optionalNumber(UInt64.self)
    let isWarning = try reader.flag("warning", "error")
    let inheritsCode = try reader.flag("inherited", "own")
    self.init(
      name: name, test: try WireExpression(reading: reader.next()), code: code, isWarning: isWarning,
      inheritsCode: inheritsCode)
  }
}

extension Member {
  fileprivate init(reading reader: inout ItemReader) throws(DefinitionTextError) {
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

extension FamilyDefinition {
  fileprivate init(reading reader: inout ItemReader) throws(DefinitionTextError) {
    self.init(
      name: try reader.word(), header: [], tag: try reader.number(), length: try reader.number(),
      lengthCountsElement: try reader.flag("element", "value"), lengthUnit: try reader.number(),
      lengthPlus: try reader.number(), alignment: try reader.number(),
      checksPadding: try reader.flag("zero", "ignore"), unknown: [], elements: [], codes: try reader.number(),
      code: try reader.optionalNumber())
    tagName = try reader.word()
    extraTag = try reader.optionalWord()
    extraTagDefault = try reader.number()
    headerIsInBody = try reader.flag("whole", "value")
    lengthCountsPadding = try reader.flag("padding", "plain")
    maximumDepth = try reader.optionalNumber()
    header = try reader.each(Member.init(reading:))
    unknown = try reader.each(UnknownPolicy.init(reading:))
    elements = try reader.each(Element.init(reading:))
  }
}

extension FamilyDefinition.Element {
  fileprivate init(reading reader: inout ItemReader) throws(DefinitionTextError) {
    self.init(
      name: try reader.word(), label: try reader.word(), tag: try reader.number(), body: try reader.number(),
      code: try reader.optionalNumber(), extraTag: try reader.number(), addition: try reader.optionalWord())
  }
}

extension FamilyDefinition.UnknownPolicy {
  fileprivate init(reading reader: inout ItemReader) throws(DefinitionTextError) {
    let first = try reader.number(UInt64.self)
    let last = try reader.number(UInt64.self)
    let direction = try reader.optionalNumber(Int.self)
    guard let action = Action(rawValue: try reader.word()) else {
      throw reader.failure("what becomes of an element expected before this")
    }
    self.init(
      first: first, last: last, direction: direction, action: action, code: try reader.optionalNumber(),
      extraTag: try reader.optionalNumber())
  }
}

extension WireExpression {
  fileprivate init(reading expression: TextExpression) throws(DefinitionTextError) {
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
