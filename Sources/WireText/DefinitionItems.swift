/// Takes the items of a list one after another.
struct ItemReader {
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
