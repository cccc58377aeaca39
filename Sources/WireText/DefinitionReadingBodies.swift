extension BodyDefinition {
  init(reading reader: inout ItemReader) throws(DefinitionTextError) {
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
