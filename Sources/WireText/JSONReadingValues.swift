import Wire

extension JSONReader {
  /// The value of a member that has no parts.
  func scalar(_ json: JSONValue, _ member: Member) throws(JSONError) -> WireValue {
    switch member.kind {
    case .integer(let shape):
      if let flags = shape.flags { return try self.flags(json, interpreter.definition.flags[flags]) }
      if case .epoch(let unit, let origin) = shape.time { return try epoch(json, shape, unit, origin) }
      return try integer(json, shape)
    case .ipv4:
      return .octets(try string(json, "an IPv4 address") { IPv4Address($0)?.octets })
    case .ipv6:
      return .octets(try string(json, "an IPv6 address") { IPv6Address($0)?.octets })
    case .mac:
      return .octets(try string(json, "a MAC address") { MACAddress($0)?.octets.array })
    case .octets(let shape):
      let part = try string(json, "octets in hexadecimal") { octets(hexadecimal: $0) }
      try check(part, shape.extent, shape.minimum, shape.maximum, json)
      return .octets(part)
    case .text(let shape):
      return shape.content == .date ? try mailDate(json) : try text(json, shape)
    case .bits, .reserved, .reservedRest, .structure, .array, .list, .choice:
      throw JSONError(json, "no value expected")
    }
  }

  func string(_ json: JSONValue, _ what: String, _ parse: (String) -> [UInt8]?) throws(JSONError) -> [UInt8] {
    guard case .string(let text) = json.content, let part = parse(text) else {
      throw JSONError(json, "\(what) expected, as a string")
    }
    return part
  }

  private func text(_ json: JSONValue, _ shape: TextShape) throws(JSONError) -> WireValue {
    let part: [UInt8]
    if shape.keepsInvalid, case .object(let entries) = json.content, entries.map(\.key) == ["hex"] {
      part = try string(entries[0].value, "octets in hexadecimal") { octets(hexadecimal: $0) }
    } else {
      part = try string(json, "text") { Array($0.utf8) }
      if isChecked, !shape.keepsInvalid, !shape.isWellFormed(part) {
        throw JSONError(json, "text without characters above U+007F expected")
      }
    }
    try check(part, shape.extent, shape.minimum, shape.maximum, json)
    if isChecked, shape.refusesNUL, part.contains(0) { throw JSONError(json, "U+0000 is not allowed here") }
    return .octets(part)
  }

  private func check(
    _ part: [UInt8], _ extent: Extent, _ minimum: Int, _ maximum: Int?, _ json: JSONValue
  ) throws(JSONError) {
    switch extent {
    case .fixed(let size) where part.count != size:
      throw JSONError(json, "\(size) octets expected, not \(part.count)")
    case .padded(let size, _) where part.count > size:
      throw JSONError(json, "at most \(size) octets expected, not \(part.count)")
    case .terminated(let octet) where isChecked && part.contains(octet):
      throw JSONError(json, "the octet \(octet) ends it and cannot be in it")
    case .padded(_, let octet) where isChecked && part.contains(octet):
      throw JSONError(json, "the octet \(octet) fills it up and cannot be in it")
    default: break
    }
    guard isChecked else { return }
    if part.count < minimum { throw JSONError(json, "at least \(minimum) octets expected, not \(part.count)") }
    if let maximum, part.count > maximum {
      throw JSONError(json, "at most \(maximum) octets expected, not \(part.count)")
    }
  }
}

extension JSONReader {
  private func date(_ json: JSONValue) throws(JSONError) -> WireDate {
    guard case .string(let text) = json.content, let date = WireDate(text) else {
      throw JSONError(json, "a time as '1994-11-06T08:49:37Z' expected, as a string")
    }
    return date
  }

  private func mailDate(_ json: JSONValue) throws(JSONError) -> WireValue {
    let date = try date(json)
    guard date.nanoseconds == 0, date.hasMailForm else {
      throw JSONError(json, "a time in whole seconds with a year from 0 to 9999 expected")
    }
    return .integer(Int128(date.seconds))
  }

  private func epoch(
    _ json: JSONValue, _ shape: IntegerShape, _ unit: IntegerShape.TimeUnit, _ origin: Int64
  ) throws(JSONError) -> WireValue {
    let date = try date(json)
    guard let count = date.count(unit: unit.nanoseconds, since: origin).map({ Int128($0) }) else {
      let start = WireDate(seconds: origin)
      throw JSONError(json, "\(date) is no whole number of \(unit.rawValue) since \(start)")
    }
    guard shape.representable.contains(count), !isChecked || count <= shape.maximum ?? count else {
      throw JSONError(json, "\(date) is too late for \(shape.bits / 8) octets")
    }
    return .integer(count)
  }

  /// A set of bits: an array of their names, or their numbers.
  private func flags(_ json: JSONValue, _ flags: FlagsDefinition) throws(JSONError) -> WireValue {
    guard case .array(let items) = json.content else { throw JSONError(json, "an array of names expected") }
    var bits: UInt64 = 0
    for item in items {
      let bit = try bit(item, flags)
      guard bits >> UInt64(bit) & 1 == 0 else { throw JSONError(item, "bit \(bit) again") }
      bits |= 1 << UInt64(bit)
    }
    return .integer(Int128(bits))
  }

  private func bit(_ json: JSONValue, _ flags: FlagsDefinition) throws(JSONError) -> Int {
    switch json.content {
    case .string(let name):
      if let flag = flags.flags.first(where: { $0.name == name }) { return flag.bit }
      throw JSONError(json, unknown("name", name, in: flags.name, known: flags.flags.map(\.name)))
    case .integer(let number) where number >= 0 && number < Int128(flags.bits):
      let bit = Int(number)
      if isChecked, !flags.isOpen, !flags.flags.contains(where: { $0.bit == bit }) {
        throw JSONError(json, unknown("number", "\(bit)", in: flags.name, known: flags.flags.map { "\($0.bit)" }))
      }
      return bit
    default: throw JSONError(json, "a name or a number from 0 to \(flags.bits - 1) expected")
    }
  }

  func integer(_ json: JSONValue, _ shape: IntegerShape) throws(JSONError) -> WireValue {
    if shape.isBoolean {
      guard case .boolean(let flag) = json.content else { throw JSONError(json, "true or false expected") }
      return .boolean(flag)
    }
    let codes = shape.codes.map { interpreter.definition.codes[$0] }
    let number = try number(json, shape, codes)
    try check(number, shape, codes, json)
    return .integer(number)
  }

  private func number(
    _ json: JSONValue, _ shape: IntegerShape, _ codes: CodesDefinition?
  ) throws(JSONError) -> Int128 {
    switch json.content {
    case .integer(let given): return given
    case .string(let text):
      if let code = codes?.codes.first(where: { $0.name == text }) { return Int128(code.value) }
      if shape.bits > 53, let given = Int128(text), text == "\(given)" { return given }
      if let codes { throw JSONError(json, unknown("name", text, in: codes.name, known: codes.codes.map(\.name))) }
      throw JSONError(json, shape.bits > 53 ? "a decimal number in quotes expected" : "a number expected")
    case .decimal: throw JSONError(json, "a whole number without an exponent expected")
    case .null, .boolean, .array, .object:
      throw JSONError(json, codes == nil ? "a number expected" : "a name or a number expected")
    }
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
    guard isChecked else { return }
    if let codes, !codes.isOpen, !codes.codes.contains(where: { Int128($0.value) == number }) {
      throw JSONError(json, unknown("number", "\(number)", in: codes.name, known: codes.codes.map(\.name)))
    }
    if let only = shape.only, !only.contains(where: { Int128($0) == number }) {
      let names = only.map { value in codes?.codes.first { $0.value == value }?.name ?? "\(value)" }
      throw JSONError(json, "\(number) is not allowed here (allowed: \(names.joined(separator: ", ")))")
    }
  }
}
