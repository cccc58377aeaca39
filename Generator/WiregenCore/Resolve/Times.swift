import WireText

// MARK: - Numbers that count time

extension MemberResolver {
  /// An `epoch` or a `duration`: so many units in so many octets.
  func time(_ node: Node, isEpoch: Bool) -> Member? {
    let what = isEpoch ? "an epoch" : "a duration"
    refuse(
      node, ["const", "default", "encoding", "invalid", "nul", "prefix", "terminator", "pad"] + (isEpoch ? [] : ["origin"]),
      on: what)
    if node["severity"] == "warning" {
      diagnostics.error(
        node.position(of: "severity"), "\(what) that is out of range has no value to pass on; leave 'severity' out")
    }
    guard let size = timeSize(node, what), let unit = timeUnit(node, what) else { return nil }
    if size == 1 { refuse(node, ["byteOrder"], on: "a number of one octet") }
    var shape = IntegerShape(bits: size * 8, isLittleEndian: isLittleEndian(node) && size > 1)
    let origin = Int64(node["origin"].flatMap(daysSince1970) ?? 0) * 86_400
    shape.time = isEpoch ? .epoch(unit, origin: origin) : .duration(unit)
    shape.minimum = value(node, "min", shape)
    shape.maximum = value(node, "max", shape)
    if let low = shape.minimum, let high = shape.maximum, low > high {
      diagnostics.error(node.position(of: "max"), "max=\"\(node["max"] ?? "")\" is below min=\"\(node["min"] ?? "")\"")
    }
    limit(&shape, to: unit.most(from: isEpoch ? origin : 0), node, what)
    return make(node, .integer(shape))
  }

  private func timeSize(_ node: Node, _ what: String) -> Int? {
    guard let text = node["size"] else {
      diagnostics.error(node.position, "\(what) needs size=, its octets, from 1 to 8")
      return nil
    }
    guard let size = parseNumber(text), (1...8).contains(size) else {
      diagnostics.error(node.position(of: "size"), "size=\"\(text)\": \(what) has from 1 to 8 octets")
      return nil
    }
    return Int(size)
  }

  private func timeUnit(_ node: Node, _ what: String) -> IntegerShape.TimeUnit? {
    let symbols = IntegerShape.TimeUnit.allCases.map(\.rawValue)
    let units = "\(symbols.dropLast().joined(separator: ", ")) or \(symbols[symbols.count - 1])"
    guard let text = node["unit"] else {
      diagnostics.error(node.position, "\(what) needs unit=, what it counts: \(units)")
      return nil
    }
    guard let unit = IntegerShape.TimeUnit(rawValue: text) else {
      diagnostics.error(node.position(of: "unit"), "unit=\"\(text)\": \(what) counts \(units)")
      return nil
    }
    return unit
  }

  /// Times that the Swift type cannot hold are out of range.
  private func limit(_ shape: inout IntegerShape, to most: Int128, _ node: Node, _ what: String) {
    guard most < shape.widthBounds.upperBound else { return }
    if let maximum = shape.maximum, maximum > most {
      diagnostics.error(node.position(of: "max"), "max=\"\(maximum)\" is more than \(what) can hold, \(most)")
    }
    shape.maximum = min(shape.maximum ?? most, most)
  }
}

extension IntegerShape.TimeUnit {
  /// Seconds in one, for units of at least a second.
  private var seconds: Int128? {
    switch self {
    case .nanoseconds, .microseconds, .milliseconds: nil
    case .seconds: 1
    case .minutes: 60
    case .hours: 3600
    case .days: 86_400
    }
  }

  /// The most units from `origin` whose end is a 64-bit number of seconds.
  func most(from origin: Int64) -> Int128 {
    seconds.map { (Int128(Int64.max) - Int128(origin)) / $0 } ?? Int128(UInt64.max)
  }
}

/// Days from 1970-01-01 to a date written so, of the Gregorian calendar; nil when it is none.
func daysSince1970(_ text: String) -> Int? {
  let parts = text.split(separator: "-", omittingEmptySubsequences: false)
  guard parts.map(\.utf8.count) == [4, 2, 2], parts.allSatisfy({ $0.utf8.allSatisfy { (48...57).contains($0) } }),
    let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2]), year > 0, (1...12).contains(month)
  else { return nil }
  let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
  let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
  guard (1...lengths[month - 1]).contains(day) else { return nil }
  let past = year - 1
  let days = past * 365 + past / 4 - past / 100 + past / 400 + lengths[..<(month - 1)].reduce(0, +) + day - 1
  return days - 719_162
}
