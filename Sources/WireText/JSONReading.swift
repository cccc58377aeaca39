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
    let reader = JSONReader(interpreter: self, isChecked: checked)
    return (body, try reader.body(definition.bodies[body], json, ignoring: "message"))
  }

  /// The value of a body that a JSON object describes, without the key `message`.
  ///
  /// - Parameter body: Index in `definition.bodies`.
  public func value(
    of body: Int, fromJSON json: JSONValue, checked: Bool = true
  ) throws(JSONError) -> WireValue {
    let reader = JSONReader(interpreter: self, isChecked: checked)
    return try reader.body(definition.bodies[body], json, ignoring: nil)
  }
}

/// What to say of a name that nobody knows.
private func unknown(_ what: String, _ name: String, in place: String, known: [String]) -> String {
  var message = "unknown \(what) '\(name)' in \(place)"
  if let nearest = nearest(to: name, in: known) { message += "; did you mean '\(nearest)'?" }
  message += known.isEmpty ? " (none is known)" : " (known: \(known.joined(separator: ", ")))"
  return message
}

/// Turns JSON into values by the definition of a body.
private struct JSONReader {
  let interpreter: Interpreter
  let isChecked: Bool

  func body(_ body: BodyDefinition, _ json: JSONValue, ignoring: String?) throws(JSONError) -> WireValue {
    guard case .object(let entries) = json.content else { throw JSONError(json, "an object expected") }
    let properties = body.properties
    for entry in entries where entry.key != ignoring {
      guard !properties.contains(where: { $0.name == entry.key }) else { continue }
      let message =
        body.hasComputed(entry.key)
        ? "'\(entry.key)' follows from the rest in \(body.name) and is not given"
        : unknown("key", entry.key, in: body.name, known: properties.map(\.name))
      throw JSONError(line: entry.line, column: entry.column, message: message)
    }
    var fields: [WireValue.Field] = []
    for member in properties {
      if let value = json[member.name] {
        fields.append(WireValue.Field(member.name, try self.value(value, member)))
      } else if let value = try absent(member, of: body, json) {
        fields.append(WireValue.Field(member.name, value))
      }
    }
    return .structure(fields)
  }

  /// What stands for a member that is left out; nil when it may be absent.
  private func absent(
    _ member: Member, of body: BodyDefinition, _ json: JSONValue
  ) throws(JSONError) -> WireValue? {
    if case .list = member.kind { return .list([]) }
    if member.condition != nil { return nil }
    guard case .integer(let shape) = member.kind, let value = shape.defaultValue else {
      throw JSONError(json, "'\(member.name)' is missing in \(body.name)")
    }
    return shape.isBoolean ? .boolean(value != 0) : .integer(value)
  }

  private func value(_ json: JSONValue, _ member: Member) throws(JSONError) -> WireValue {
    switch member.kind {
    case .integer(let shape): return try integer(json, shape)
    case .ipv4:
      return .octets(try scalar(json, "an IPv4 address") { IPv4Address($0)?.octets })
    case .ipv6:
      return .octets(try scalar(json, "an IPv6 address") { IPv6Address($0)?.octets })
    case .mac:
      return .octets(try scalar(json, "a MAC address") { MACAddress($0)?.octets.array })
    case .octets(let shape):
      let part = try scalar(json, "octets in hexadecimal") { octets(hexadecimal: $0) }
      try check(part.count, shape.extent, shape.minimum, shape.maximum, json)
      return .octets(part)
    case .text(let shape):
      let part = try text(json, keepsInvalid: shape.keepsInvalid)
      try check(part.count, shape.extent, shape.minimum, shape.maximum, json)
      if isChecked, shape.refusesNUL, part.contains(0) { throw JSONError(json, "U+0000 is not allowed here") }
      return .octets(part)
    case .structure(let index):
      return try body(interpreter.definition.bodies[index], json, ignoring: nil)
    case .array(let shape): return try array(json, shape)
    case .list(let shape): return try list(json, shape)
    case .bits, .reserved, .reservedRest, .choice: throw JSONError(json, "no value expected")
    }
  }

  private func scalar(
    _ json: JSONValue, _ what: String, _ parse: (String) -> [UInt8]?
  ) throws(JSONError) -> [UInt8] {
    guard case .string(let text) = json.content, let part = parse(text) else {
      throw JSONError(json, "\(what) expected, as a string")
    }
    return part
  }

  private func text(_ json: JSONValue, keepsInvalid: Bool) throws(JSONError) -> [UInt8] {
    if keepsInvalid, case .object(let entries) = json.content, entries.map(\.key) == ["hex"] {
      return try scalar(entries[0].value, "octets in hexadecimal") { octets(hexadecimal: $0) }
    }
    return try scalar(json, "text") { Array($0.utf8) }
  }

  private func check(
    _ count: Int, _ extent: Extent, _ minimum: Int, _ maximum: Int?, _ json: JSONValue
  ) throws(JSONError) {
    if case .fixed(let size) = extent, count != size {
      throw JSONError(json, "\(size) octets expected, not \(count)")
    }
    guard isChecked else { return }
    if count < minimum { throw JSONError(json, "at least \(minimum) octets expected, not \(count)") }
    if let maximum, count > maximum {
      throw JSONError(json, "at most \(maximum) octets expected, not \(count)")
    }
  }
}

extension JSONReader {
  private func integer(_ json: JSONValue, _ shape: IntegerShape) throws(JSONError) -> WireValue {
    if shape.isBoolean {
      guard case .boolean(let flag) = json.content else { throw JSONError(json, "true or false expected") }
      return .boolean(flag)
    }
    let codes = shape.codes.map { interpreter.definition.codes[$0] }
    let number: Int128
    switch json.content {
    case .integer(let given): number = given
    case .string(let text):
      if let code = codes?.codes.first(where: { $0.name == text }) { return .integer(Int128(code.value)) }
      if shape.bits > 53, let given = Int128(text), text == "\(given)" {
        number = given
      } else if let codes {
        throw JSONError(json, unknown("name", text, in: codes.name, known: codes.codes.map(\.name)))
      } else {
        throw JSONError(json, shape.bits > 53 ? "a decimal number in quotes expected" : "a number expected")
      }
    case .decimal: throw JSONError(json, "a whole number without an exponent expected")
    case .null, .boolean, .array, .object:
      throw JSONError(json, codes == nil ? "a number expected" : "a name or a number expected")
    }
    try check(number, shape, codes, json)
    return .integer(number)
  }

  private func check(
    _ number: Int128, _ shape: IntegerShape, _ codes: CodesDefinition?, _ json: JSONValue
  ) throws(JSONError) {
    var range = shape.representable
    if isChecked {
      let first = max(range.lowerBound, shape.minimum ?? range.lowerBound)
      let last = min(range.upperBound, shape.maximum ?? range.upperBound)
      if first <= last { range = first...last }
    }
    guard range.contains(number) else {
      throw JSONError(json, "\(number) is out of range (\(range.lowerBound) to \(range.upperBound))")
    }
    if isChecked, let codes, !codes.isOpen, !codes.codes.contains(where: { Int128($0.value) == number }) {
      throw JSONError(json, unknown("number", "\(number)", in: codes.name, known: codes.codes.map(\.name)))
    }
  }

  private func array(_ json: JSONValue, _ shape: ArrayShape) throws(JSONError) -> WireValue {
    guard case .array(let items) = json.content else { throw JSONError(json, "an array expected") }
    if isChecked, items.count < shape.minimum || shape.maximum.map({ items.count > $0 }) ?? false {
      let bounds = shape.maximum.map { "\(shape.minimum) to \($0)" } ?? "at least \(shape.minimum)"
      throw JSONError(json, "\(bounds) elements expected, not \(items.count)")
    }
    var values: [WireValue] = []
    for item in items { values.append(try value(item, shape.element)) }
    return .array(values)
  }

  private func list(_ json: JSONValue, _ shape: ListShape) throws(JSONError) -> WireValue {
    guard case .array(let items) = json.content else { throw JSONError(json, "an array expected") }
    let family = interpreter.definition.families[shape.family]
    var elements: [WireValue.Element] = []
    for item in items {
      guard case .object(let entries) = item.content, entries.count == 1 else {
        throw JSONError(item, "an object with one key, the element's name, expected")
      }
      let entry = entries[0]
      if let allowed = shape.allowed.first(where: { family.elements[$0.element].name == entry.key }) {
        let body = interpreter.definition.bodies[family.elements[allowed.element].body]
        elements.append(.known(name: entry.key, try self.body(body, entry.value, ignoring: nil)))
      } else if entry.key == "unknown" {
        elements.append(try unknownElement(entry.value, family))
      } else {
        let known = shape.allowed.map { family.elements[$0.element].name } + ["unknown"]
        let message = unknown("element", entry.key, in: family.name, known: known)
        throw JSONError(line: entry.line, column: entry.column, message: message)
      }
    }
    return .list(elements)
  }

  private func unknownElement(
    _ json: JSONValue, _ family: FamilyDefinition
  ) throws(JSONError) -> WireValue.Element {
    guard case .object(let entries) = json.content else { throw JSONError(json, "an object expected") }
    if let entry = entries.first(where: { $0.key != "code" && $0.key != "hex" }) {
      let message = unknown("key", entry.key, in: "an unknown element", known: ["code", "hex"])
      throw JSONError(line: entry.line, column: entry.column, message: message)
    }
    guard let code = json["code"], let hex = json["hex"] else {
      throw JSONError(json, "'code' and 'hex' of an unknown element expected")
    }
    guard case .integer(let shape) = family.header[family.tag].kind,
      case .integer(let tag) = try integer(code, shape)
    else { throw JSONError(code, "a number expected") }
    let value = try scalar(hex, "octets in hexadecimal") { octets(hexadecimal: $0) }
    return .unknown(tag: UInt64(clamping: tag), value: value)
  }
}

extension BodyDefinition {
  /// Whether the body has a member of that name that is a constant or computed.
  fileprivate func hasComputed(_ name: String) -> Bool {
    members.contains { member in
      if case .bits(_, _, let fields) = member.kind { return fields.contains { $0.name == name } }
      return member.name == name && !name.isEmpty
    }
  }
}

/// The known name that takes the fewest changes of single characters; nil when none is near.
func nearest(to name: String, in known: [String]) -> String? {
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
