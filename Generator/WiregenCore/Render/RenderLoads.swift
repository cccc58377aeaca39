import WireText

/// How to read values from octets, as Swift. `octets` is the variable they are in.
extension RenderContext {
  /// The raw number of an integer member at a place, in its storage type.
  func rawLoad(_ shape: IntegerShape, at place: String, in octets: String = "octets") -> String {
    let order = shape.isLittleEndian ? "little" : "big"
    let storage = storageType(bits: shape.bits, isSigned: shape.isSigned)
    if [8, 16, 32, 64].contains(shape.bits) { return "\(octets).\(order)(\(place), as: \(storage).self)" }
    let load = "\(octets).\(order)(\(place), count: \(shape.bits / 8))"
    guard shape.isSigned else { return "\(storage)(truncatingIfNeeded: \(load))" }
    return "\(storage)(truncatingIfNeeded: Int64(bitPattern: \(load) &<< \(64 - shape.bits)) &>> \(64 - shape.bits))"
  }

  /// The raw number of a member at a place, as Int; more than Int holds is as good as the most that it holds.
  func count(_ shape: IntegerShape, at place: String) -> String {
    let load = rawLoad(shape, at: place)
    return shape.bits == 64 ? "Int(clamping: \(load))" : widened(load, to: "Int")
  }

  /// A group of bits as one unsigned number.
  func groupLoad(octets size: Int, isLittle: Bool, at place: String, in octets: String = "octets") -> String {
    rawLoad(IntegerShape(bits: size * 8, isLittleEndian: isLittle), at: place, in: octets)
  }

  /// A bit field out of a group that is already in `group`.
  func bitField(_ shape: IntegerShape, shift: Int, group: String, groupBits: Int) -> String {
    let shifted = shift == 0 ? group : "(\(group) &>> \(shift))"
    guard shape.bits < groupBits else { return shifted }
    return "\(shifted) & 0x\(String((UInt64(1) << UInt64(shape.bits)) &- 1, radix: 16))"
  }

  /// A number as the property's type.
  func convert(_ raw: String, _ shape: IntegerShape) -> String {
    if shape.isBoolean { return "(\(raw)) != 0" }
    if let time = shape.time { return time.swift(shape.bits == 64 ? raw : widened(raw, to: "UInt64")) }
    guard shape.codes != nil || shape.flags != nil else { return raw }
    let storage = storageType(bits: shape.bits, isSigned: shape.isSigned)
    let value = "\(lowering.integerType(shape))(rawValue: \(narrowed(raw, to: storage)))"
    return shape.codes != nil && lowering.isClosed(shape) ? "try Self.known(\(value))" : value
  }

  /// The value of a property, read at its place.
  func load(_ property: PropertyPlan, _ plan: MemberPlan) -> String {
    if case .bits(let size, let isLittle, _) = plan.member.kind, let shift = property.shift,
      case .integer(let shape) = property.member.kind
    {
      let group = groupLoad(octets: size, isLittle: isLittle, at: plan.place.text)
      return convertBits(bitField(shape, shift: shift, group: group, groupBits: size * 8), shape, groupBits: size * 8)
    }
    return load(plan.member, at: plan.place.text, to: plan.end)
  }

  private func convertBits(_ raw: String, _ shape: IntegerShape, groupBits: Int) -> String {
    if shape.isBoolean { return "\(raw) != 0" }
    let storage = storageType(bits: shape.bits)
    if shape.codes != nil || shape.flags != nil { return convert(raw, shape) }
    return storage == storageType(bits: groupBits) ? raw : "\(storage)(truncatingIfNeeded: \(raw))"
  }

  /// The value of a member of one piece.
  ///
  /// - Parameter end: where the member ends; only asked for those of varying size, and structs.
  func load(_ member: Member, at place: String, to end: String, in octets: String = "octets") -> String {
    switch member.kind {
    case .integer(let shape): return convert(rawLoad(shape, at: place, in: octets), shape)
    case .ipv4: return "\(octets).ipv4(\(place))"
    case .ipv6: return "\(octets).ipv6(\(place))"
    case .mac: return "\(octets).mac(\(place))"
    case .octets(let shape):
      if case .fixed = shape.extent { return "\(octets).fixedOctets(\(place))" }
      return "\(octets).array(\(valueArguments(shape.extent, place, end, in: octets)))"
    case .text(let shape):
      let arguments = valueArguments(shape.extent, place, end, in: octets)
      if shape.content == .date { return "try Self.known(\(octets).mailDate(\(arguments)))" }
      if shape.keepsInvalid { return "\(octets).wireString(\(arguments))" }
      return "try Self.known(\(octets).text(\(arguments)))"
    case .structure(let index): return "try \(structure(index, at: place, to: end))"
    default: return ""
    }
  }

  /// Where the value of octets or text starts, and how many octets it has, without prefix, terminator and padding.
  func value(
    _ extent: Extent, _ place: String, _ end: String, in octets: String = "octets"
  ) -> (start: String, count: String) {
    switch extent {
    case .fixed(let size): return (place, "\(size)")
    case .rest, .expression: return (place, difference(end, place))
    case .prefixed(let bits, _):
      let start = sum(place, bits / 8)
      return (start, difference(end, start))
    case .terminated: return (place, difference(end, sum(place, 1)))
    case .padded(let size, let pad): return (place, "\(octets).count(before: \(pad), \(place), count: \(size))")
    }
  }

  private func valueArguments(_ extent: Extent, _ place: String, _ end: String, in octets: String) -> String {
    let value = value(extent, place, end, in: octets)
    return "\(value.start), count: \(value.count)"
  }

  /// The octets of a value as a span.
  func valueSpan(_ extent: Extent, _ place: String, _ end: String, in octets: String = "octets") -> String {
    let value = value(extent, place, end, in: octets)
    switch extent {
    case .fixed, .padded: return "\(octets).extracting(\(value.start)..<\(sum(value.start, value.count)))"
    case .rest, .expression, .prefixed: return "\(octets).extracting(\(value.start)..<\(end))"
    case .terminated: return "\(octets).extracting(\(value.start)..<\(difference(end, "1")))"
    }
  }

  /// A nested struct made from its part of the octets.
  private func structure(_ index: Int, at place: String, to end: String) -> String {
    let type = SwiftName.type(definition.bodies[index].name)
    let part = "octets.extracting(\(place)..<\(end))"
    return "\(type)(Borrowed(\(self.part(part, of: index))))"
  }
}

/// Sum of two Swift integer expressions, folding numbers.
func sum(_ left: String, _ right: Int) -> String {
  if right == 0 { return left }
  if let number = Int(left) { return "\(number + right)" }
  if let range = left.range(ofSuffixNumber: ()) {
    let before = String(left[..<range.start])
    return range.value + right == 0 ? before : sum(before, range.value + right)
  }
  return right < 0 ? "\(left) &- \(-right)" : "\(left) &+ \(right)"
}

/// Sum of two Swift integer expressions, folding numbers.
func sum(_ left: String, _ right: String) -> String {
  if let number = Int(right) { return sum(left, number) }
  return left == "0" ? right : "\(left) &+ \(right)"
}

/// Difference of two Swift integer expressions, folding numbers.
func difference(_ left: String, _ right: String) -> String {
  if right == "0" { return left }
  if let left = Int(left), let right = Int(right) { return "\(left - right)" }
  return "\(left) &- \(right.contains(" ") ? "(\(right))" : right)"
}

extension String {
  /// The number behind a final ` &+ `, and where that starts.
  fileprivate func range(ofSuffixNumber: Void) -> (start: String.Index, value: Int)? {
    guard let range = ranges(of: " &+ ").last, let value = Int(self[range.upperBound...]) else { return nil }
    return (range.lowerBound, value)
  }
}

/// Absolute offset of a place in the body.
func absolute(_ place: String) -> String { place == "0" ? "offset" : "offset &+ \(place)" }

/// A raw number that fits a type as one of that type; as it is when it was read as one.
func narrowed(_ raw: String, to type: String) -> String {
  let isOne = raw.hasPrefix("octets.") && raw.hasSuffix("as: \(type).self)")
  return isOne ? raw : "\(type)(truncatingIfNeeded: \(raw))"
}

/// A number as one of a type that holds each that it can be.
///
/// Not `Int(number)`: without optimisation the compiler takes a hundred times as long over that, since it looks through the whole
/// of a generic initializer wherever one is; it was a quarter of the time of a build. Likewise the smart shifts beside `&>>`.
func widened(_ number: String, to type: String) -> String { "\(type)(truncatingIfNeeded: \(number))" }
