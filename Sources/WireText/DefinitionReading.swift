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
    let multiple = try reader.number(Int.self)
    let code = try reader.optionalNumber(UInt64.self)
    self.init(
      direction: direction, header: header, size: try WireExpression(reading: reader.next()), sizeMember: sizeMember,
      minimum: minimum, maximum: maximum, multiple: max(1, multiple), code: code)
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
