import Wire

extension Interpreter {
  /// The message that a JSON object with the key `message` describes, ready to be encoded.
  ///
  /// - Parameter checked: whether numbers must be in the bounds of the schema and known where only known ones
  ///   are allowed, not only fit their fields. (Encoding checks them too, but has no line to name.)
  /// - Returns: Index in `definition.bodies`, and the value.
  /// - Throws: where the JSON is not what the schema describes.
  public func message(
    fromJSON json: JSONValue, checked: Bool = true
  ) throws(JSONError) -> (body: Int, value: WireValue) {
    guard let name = json["message"] else {
      throw JSONError(json, "an object with the key 'message' expected")
    }
    let names = definition.messages.map { definition.bodies[$0].name }
    guard case .string(let text) = name.content else {
      throw JSONError(name, "the name of a message expected")
    }
    guard let index = names.firstIndex(of: text) else {
      throw JSONError(name, unknown("message", text, in: definition.name, known: names))
    }
    let body = definition.messages[index]
    var reader = JSONReader(interpreter: self, isChecked: checked)
    return (body, try reader.body(body, json, ignoring: "message"))
  }

  /// The value of a body that a JSON object describes, without the key `message`.
  ///
  /// - Parameter body: Index in `definition.bodies`.
  public func value(
    of body: Int, fromJSON json: JSONValue, checked: Bool = true
  ) throws(JSONError) -> WireValue {
    var reader = JSONReader(interpreter: self, isChecked: checked)
    return try reader.body(body, json)
  }
}

/// What to say of a name that nobody knows.
func unknown(_ what: String, _ name: String, in place: String, known: [String]) -> String {
  var message = "unknown \(what) '\(name)' in \(place)"
  if let nearest = nearest(to: name, in: known) { message += "; did you mean '\(nearest)'?" }
  message += known.isEmpty ? " (none is known)" : " (known: \(known.joined(separator: ", ")))"
  return message
}

/// Turns JSON into values by the definition of a body.
///
/// What is under way is on a stack of its own, as in decoding.
struct JSONReader {
  let interpreter: Interpreter
  let isChecked: Bool
  /// The outermost body first.
  private var frames: [ReadingFrame] = []
  /// How many of each definition that may be inside itself are inside each other here.
  private var nesting: [Nesting: Int] = [:]

  init(interpreter: Interpreter, isChecked: Bool) {
    self.interpreter = interpreter
    self.isChecked = isChecked
  }

  /// - Parameter index: Index in `ProtocolDefinition.bodies`.
  mutating func body(_ index: Int, _ json: JSONValue, ignoring: String? = nil) throws(JSONError) -> WireValue {
    try enter(index, json, ignoring: ignoring)
    var result = WireValue.structure([])
    while let frame = frames.last {
      if try frame.advance(&self) { continue }
      frames.removeLast()
      if let nesting = frame.nesting, let depth = self.nesting[nesting] { self.nesting[nesting] = depth - 1 }
      if let outer = frames.last { outer.take(frame.result) } else { result = frame.result }
    }
    return result
  }

  /// Puts a body on the stack.
  ///
  /// - Parameter chosen: name of the case of a choice that it is.
  fileprivate mutating func enter(
    _ index: Int, _ json: JSONValue, ignoring: String? = nil, as chosen: String? = nil
  ) throws(JSONError) {
    let body = interpreter.definition.bodies[index]
    try enter(.body(index), body.maximumDepth, json)
    let properties = body.properties
    try checkKeys(json, body, properties, ignoring: ignoring)
    let nesting = body.maximumDepth == nil ? nil : Nesting.body(index)
    frames.append(BodyReadingFrame(body, properties, json, as: chosen, nesting: nesting))
  }

  private mutating func enter(_ definition: Nesting, _ limit: Int?, _ json: JSONValue) throws(JSONError) {
    guard let limit else { return }
    let depth = nesting[definition, default: 0]
    if depth >= limit { throw JSONError(json, "nested deeper than \(limit)") }
    nesting[definition] = depth + 1
  }

  private func checkKeys(
    _ json: JSONValue, _ body: BodyDefinition, _ properties: [Member], ignoring: String?
  ) throws(JSONError) {
    guard case .object(let entries) = json.content else { throw JSONError(json, "an object expected") }
    for entry in entries where entry.key != ignoring {
      guard !properties.contains(where: { $0.name == entry.key }) else { continue }
      let follows = body.member(named: entry.key) != nil || body.derived.contains { $0.name == entry.key }
      let message =
        follows && !entry.key.isEmpty
        ? "'\(entry.key)' follows from the rest in \(body.name) and is not given"
        : unknown("key", entry.key, in: body.name, known: properties.map(\.name))
      throw JSONError(line: entry.line, column: entry.column, message: message)
    }
  }

  /// What stands for a member that is left out; nil when it may be absent.
  fileprivate func absent(
    _ member: Member, of body: BodyDefinition, _ json: JSONValue
  ) throws(JSONError) -> WireValue? {
    if member.condition != nil { return nil }
    switch member.kind {
    case .list: return .list([])
    case .array: return .array([])
    case .integer(let shape):
      if let value = shape.defaultValue { return shape.isBoolean ? .boolean(value != 0) : .integer(value) }
    default:
      if let octets = member.kind.defaultOctets { return .octets(octets) }
    }
    throw JSONError(json, "'\(member.name)' is missing in \(body.name)")
  }
}

// MARK: - What has parts

/// A body, an array or a list of which some parts have been read.
private class ReadingFrame {
  let nesting: Nesting?

  init(nesting: Nesting?) { self.nesting = nesting }

  /// Reads the next part, perhaps by putting a frame on the stack.
  ///
  /// - Returns: false when there is none left.
  func advance(_ reader: inout JSONReader) throws(JSONError) -> Bool { false }

  func take(_ part: WireValue) {}

  var result: WireValue { .structure([]) }
}

private final class BodyReadingFrame: ReadingFrame {
  private let body: BodyDefinition
  private let properties: [Member]
  private let json: JSONValue
  private let chosen: String?
  private var place = 0
  private var fields: [WireValue.Field] = []

  init(_ body: BodyDefinition, _ properties: [Member], _ json: JSONValue, as chosen: String?, nesting: Nesting?) {
    self.body = body
    self.properties = properties
    self.json = json
    self.chosen = chosen
    super.init(nesting: nesting)
  }

  override func advance(_ reader: inout JSONReader) throws(JSONError) -> Bool {
    guard place < properties.count else { return false }
    let member = properties[place]
    place += 1
    if let value = json[member.name] {
      try reader.value(value, member, for: self)
    } else if let value = try reader.absent(member, of: body, json) {
      take(value)
    }
    return true
  }

  override func take(_ part: WireValue) { fields.append(WireValue.Field(properties[place - 1].name, part)) }

  override var result: WireValue {
    chosen.map { .structure([WireValue.Field($0, .structure(fields))]) } ?? .structure(fields)
  }
}

private final class ArrayReadingFrame: ReadingFrame {
  private let items: [JSONValue]
  private let element: Member
  private var values: [WireValue] = []
  private var place = 0

  init(_ items: [JSONValue], _ element: Member) {
    self.items = items
    self.element = element
    super.init(nesting: nil)
  }

  override func advance(_ reader: inout JSONReader) throws(JSONError) -> Bool {
    guard place < items.count else { return false }
    place += 1
    try reader.value(items[place - 1], element, for: self)
    return true
  }

  override func take(_ part: WireValue) { values.append(part) }

  override var result: WireValue { .array(values) }
}

private final class ListReadingFrame: ReadingFrame {
  private let items: [JSONValue]
  private let shape: ListShape
  private var elements: [WireValue.Element] = []
  private var place = 0
  /// Name of the element whose body is being read.
  private var name = ""

  init(_ items: [JSONValue], _ shape: ListShape, nesting: Nesting?) {
    self.items = items
    self.shape = shape
    super.init(nesting: nesting)
  }

  override func advance(_ reader: inout JSONReader) throws(JSONError) -> Bool {
    guard place < items.count else { return false }
    let json = items[place]
    place += 1
    guard case .object(let entries) = json.content, entries.count == 1 else {
      throw JSONError(json, "an object with one key, the element's name, expected")
    }
    let family = reader.interpreter.definition.families[shape.family]
    let entry = entries[0]
    if let allowed = shape.allowed.first(where: { family.elements[$0.element].name == entry.key }) {
      name = entry.key
      try reader.enter(family.elements[allowed.element].body, entry.value)
    } else if entry.key == "unknown" {
      elements.append(try reader.unknownElement(entry.value, shape.family))
    } else {
      let known = shape.allowed.map { family.elements[$0.element].name } + ["unknown"]
      let message = unknown("element", entry.key, in: family.name, known: known)
      throw JSONError(line: entry.line, column: entry.column, message: message)
    }
    return true
  }

  override func take(_ part: WireValue) { elements.append(.known(name: name, part)) }

  override var result: WireValue { .list(elements) }
}

extension JSONReader {
  /// Reads a member of a body or value of an array, or puts it on the stack.
  fileprivate mutating func value(_ json: JSONValue, _ member: Member, for frame: ReadingFrame) throws(JSONError) {
    switch member.kind {
    case .structure(let index): try enter(index, json)
    case .array(let shape): try array(json, shape)
    case .list(let shape): try list(json, shape)
    case .choice(let shape): try choice(json, shape, member, for: frame)
    default: frame.take(try scalar(json, member))
    }
  }

  private mutating func array(_ json: JSONValue, _ shape: ArrayShape) throws(JSONError) {
    guard case .array(let items) = json.content else { throw JSONError(json, "an array expected") }
    if isChecked, items.count < shape.minimum || shape.maximum.map({ items.count > $0 }) ?? false {
      let bounds = shape.maximum.map { "\(shape.minimum) to \($0)" } ?? "at least \(shape.minimum)"
      throw JSONError(json, "\(bounds) elements expected, not \(items.count)")
    }
    frames.append(ArrayReadingFrame(items, shape.element))
  }

  private mutating func list(_ json: JSONValue, _ shape: ListShape) throws(JSONError) {
    guard case .array(let items) = json.content else { throw JSONError(json, "an array expected") }
    let limit = items.isEmpty ? nil : interpreter.definition.families[shape.family].maximumDepth
    try enter(.family(shape.family), limit, json)
    frames.append(ListReadingFrame(items, shape, nesting: limit == nil ? nil : .family(shape.family)))
  }

  private mutating func choice(
    _ json: JSONValue, _ shape: ChoiceShape, _ member: Member, for frame: ReadingFrame
  ) throws(JSONError) {
    let names = shape.allCases.map(\.name)
    guard case .object(let entries) = json.content, entries.count == 1 else {
      throw JSONError(json, "an object with one key expected, which of \(names.joined(separator: ", ")) it is")
    }
    guard let chosen = shape.allCases.first(where: { $0.name == entries[0].key }) else {
      let message = unknown("case", entries[0].key, in: member.name, known: names)
      throw JSONError(line: entries[0].line, column: entries[0].column, message: message)
    }
    guard let index = chosen.body else {
      try checkKeys(entries[0].value, BodyDefinition(name: chosen.name, members: []), [], ignoring: nil)
      frame.take(.structure([WireValue.Field(chosen.name, .structure([]))]))
      return
    }
    try enter(index, entries[0].value, as: chosen.name)
  }

  /// An element by its code, what else its header says, and the octets of its value.
  fileprivate func unknownElement(_ json: JSONValue, _ index: Int) throws(JSONError) -> WireValue.Element {
    guard case .object(let entries) = json.content else { throw JSONError(json, "an object expected") }
    let family = interpreter.definition.families[index]
    let header = interpreter.header(ofFamily: index)
    let length = family.header[family.length].name
    let properties = header.properties.filter { $0.name != family.tagName && $0.name != length }
    let known = ["code"] + properties.map(\.name) + ["hex"]
    if let entry = entries.first(where: { !known.contains($0.key) }) {
      let message = unknown("key", entry.key, in: "an unknown element", known: known)
      throw JSONError(line: entry.line, column: entry.column, message: message)
    }
    guard let code = json["code"], let hex = json["hex"] else {
      throw JSONError(json, "'code' and 'hex' of an unknown element expected")
    }
    guard let tagMember = header.member(named: family.tagName), case .integer(let shape) = tagMember.kind,
      case .integer(let tag) = try integer(code, shape)
    else { throw JSONError(code, "a number expected") }
    // Decoding does not judge them either.
    let unchecked = JSONReader(interpreter: interpreter, isChecked: false)
    var fields: [WireValue.Field] = []
    for member in properties {
      if let value = json[member.name] {
        fields.append(WireValue.Field(member.name, try unchecked.scalar(value, member)))
      } else if let value = try absent(member, of: header, json) {
        fields.append(WireValue.Field(member.name, value))
      }
    }
    let value = try string(hex, "octets in hexadecimal") { octets(hexadecimal: $0) }
    return .unknown(tag: UInt64(clamping: tag), header: fields, value: value)
  }
}

/// The known name that takes the fewest changes of single characters; nil when none is near.
package func nearest(to name: String, in known: [String]) -> String? {
  let limit = max(2, name.count / 3)
  let distances = known.map { (distance(Array(name.utf8.prefix(64)), Array($0.utf8.prefix(64))), $0) }
  guard let best = distances.min(by: { $0.0 < $1.0 }), best.0 <= limit else { return nil }
  return best.1
}

/// Octets to insert, remove or replace to make one name of the other.
private func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
  var row = Array(0...right.count)
  for (index, octet) in left.enumerated() {
    var diagonal = row[0]
    row[0] = index + 1
    for (place, other) in right.enumerated() {
      let replaced = diagonal + (octet == other ? 0 : 1)
      diagonal = row[place + 1]
      row[place + 1] = min(replaced, row[place] + 1, diagonal + 1)
    }
  }
  return row[right.count]
}
