import Wire
import WireText

/// Renders the checks of values whose octets are there.
extension CheckRenderer {
  /// Checks the value of a member of fixed size.
  mutating func renderValue(_ member: Member, at place: Place) {
    renderValue(member, at: place.text)
    guard case .integer(let shape) = member.kind else { return }
    switch shape.computed {
    case .rest(let unit, let plus)?:
      renderLimit(
        member, shape, at: place, "\(sum(place.moved(by: shape.bits / 8).text, octets(shape, unit, plus, at: place.text)))")
    case .message(let unit, let plus)? where plan.message != nil:
      renderLimit(member, shape, at: place, octets(shape, unit, plus, at: place.text))
    case .checksum(let algorithm, let over, let xor)? where over != .body:
      renderChecksum(member, shape, algorithm, over, xor, at: place.text)
    case .element?: renderElementLength(shape, at: place)
    default: break
    }
  }

  /// Checks the value of a member of fixed size, or of the value of an array.
  mutating func renderValue(_ member: Member, at place: String) {
    switch member.kind {
    case .integer(let shape):
      guard !isMatched(member.name) else { return }
      renderNumber(shape, context.rawLoad(shape, at: place), member, at: place)
    case .bits(let octets, let isLittle, let group):
      var shift = octets * 8
      for inner in group {
        shift -= inner.bitWidth
        let load = context.groupLoad(octets: octets, isLittle: isLittle, at: place)
        renderBit(inner, shift: shift, group: load, groupBits: octets * 8, at: place)
      }
    case .reserved(let size, let send, true):
      report(
        ".reserved", if: "!octets.isFilled(\(place), count: \(size), with: \(send))", at: place, "reserved",
        context.code(of: member, in: plan), isWarning: member.isWarning)
    case .octets(let shape):
      renderBounds(member, context.value(shape.extent, place, place).count, shape.minimum, shape.maximum, at: place)
    case .text(let shape):
      let value = context.value(shape.extent, place, place)
      renderBounds(member, value.count, shape.minimum, shape.maximum, at: place)
      renderText(member, shape, value, at: place)
    default: break
    }
  }

  private mutating func renderBit(_ member: Member, shift: Int, group: String, groupBits: Int, at place: String) {
    switch member.kind {
    case .integer(let shape):
      guard !isMatched(member.name) else { return }
      renderNumber(
        shape, context.bitField(shape, shift: shift, group: group, groupBits: groupBits), member, at: place)
    case .reserved(let bits, let send, true):
      let value = context.bitField(IntegerShape(bits: bits), shift: shift, group: group, groupBits: groupBits)
      report(
        ".reserved", if: "\(value) != \(send)", at: place, "reserved", context.code(of: member, in: plan),
        isWarning: member.isWarning)
    default: break
    }
  }

  /// Whether a match has compared the member already.
  private func isMatched(_ name: String) -> Bool {
    plan.message?.matches.contains { $0.member == name && $0.first == $0.last } ?? false
  }

  private mutating func renderNumber(_ shape: IntegerShape, _ raw: String, _ member: Member, at place: String) {
    let code = context.code(of: member, in: plan)
    if let constant = shape.constant {
      report(".constant", if: "\(raw) != \(constant)", at: place, member.name, code, isWarning: member.isWarning)
      return
    }
    if let test = unnamed(shape, raw) {
      report(".code", if: test, at: place, member.name, code, isWarning: member.isWarning)
    }
    var tests: [String] = []
    let bounds = shape.widthBounds
    if let minimum = shape.minimum, minimum > bounds.lowerBound { tests.append("\(raw) < \(minimum)") }
    if let maximum = shape.maximum, maximum < bounds.upperBound { tests.append("\(raw) > \(maximum)") }
    guard !tests.isEmpty else { return }
    report(".range", if: tests.joined(separator: " || "), at: place, member.name, code, isWarning: member.isWarning)
  }

  /// The test for a number, or bits, that only those with a name may be; nil where any will do.
  private func unnamed(_ shape: IntegerShape, _ raw: String) -> String? {
    var tests: [String] = []
    if context.lowering.isClosed(shape) {
      if let flags = shape.flags {
        let width = shape.bits == 64 ? UInt64.max : UInt64(1) << UInt64(shape.bits) - 1
        let unnamed = width & ~context.definition.flags[flags].known
        if unnamed != 0 { tests.append("\(raw) & 0x\(String(unnamed, radix: 16)) != 0") }
      } else {
        let type = context.lowering.integerType(shape)
        tests.append(Compare.isNil("\(type)(rawValue: \(narrowed(raw, to: storageType(bits: shape.bits))))"))
      }
    }
    if let only = shape.only {
      let test = only.map { "\(raw) != \($0)" }.joined(separator: " && ")
      tests.append(only.isEmpty ? "true" : only.count > 1 && !tests.isEmpty ? "(\(test))" : test)
    }
    return tests.isEmpty ? nil : tests.joined(separator: " || ")
  }

  /// Bounds of a count of octets or values.
  mutating func renderBounds(_ member: Member, _ size: String, _ minimum: Int, _ maximum: Int?, at place: String) {
    var tests: [String] = []
    if minimum > 0 { tests.append("\(size) < \(minimum)") }
    if let maximum { tests.append("\(size) > \(maximum)") }
    guard !tests.isEmpty else { return }
    report(
      ".range", if: tests.joined(separator: " || "), at: place, member.name, context.code(of: member, in: plan),
      isWarning: member.isWarning)
  }

  mutating func renderText(_ member: Member, _ shape: TextShape, _ value: (start: String, count: String), at place: String) {
    let arguments = "\(value.start), count: \(value.count)"
    var tests: [String] = []
    switch shape.content {
    case .date: tests.append(Compare.isNil("octets.mailDate(\(arguments))"))
    case .utf8: if !shape.keepsInvalid { tests.append("!octets.isText(\(arguments))") }
    case .ascii: if !shape.keepsInvalid { tests.append("!octets.isASCII(\(arguments))") }
    }
    if shape.refusesNUL { tests.append("octets.hasZero(\(arguments))") }
    guard !tests.isEmpty else { return }
    report(
      ".text", if: tests.joined(separator: " || "), at: place, member.name, context.code(of: member, in: plan),
      isWarning: member.isWarning)
  }

  // MARK: Lengths that end the container

  /// The octets that a length says, as Int.
  private func octets(_ shape: IntegerShape, _ unit: Int, _ plus: Int, at place: String) -> String {
    var number = context.count(shape, at: place)
    // More than there ever are is as good as any that does not fit.
    if unit > 1 { number = shape.bits == 64 ? "Swift.min(\(number), Int.max / \(unit)) &* \(unit)" : "\(number) &* \(unit)" }
    return plus > 0 ? "\(number) &- \(plus)" : plus < 0 ? "\(number) &+ \(-plus)" : number
  }

  /// The container ends where a length says, so many octets behind the body's start.
  private mutating func renderLimit(_ member: Member, _ shape: IntegerShape, at place: Place, _ end: String) {
    let behind = place.moved(by: shape.bits / 8)
    let name = "\(member.name)Container"
    source.line("let \(name) = \(end)")
    let code = context.code(of: member, in: plan)
    source.block("guard \(name) >= \(behind.text), \(name) <= octets.byteCount else") {
      $0.line("throw check.failure(.length, at: \(absolute(place.text)), \"\(member.name)\", code: \(code))")
    }
    source.line("octets = octets.extracting(first: \(name))")
    // What was there for the choice of the message need not be in the container.
    if behind.base == nil { matched = min(matched, behind.plus) }
  }

  // MARK: Checksums

  private mutating func renderChecksum(
    _ member: Member, _ shape: IntegerShape, _ algorithm: ChecksumAlgorithm,
    _ over: IntegerShape.ChecksumScope, _ xor: UInt64, at place: String
  ) {
    let value: String
    var guarding = ""
    switch over {
    case .before where plan.message != nil: value = algorithm.call("octets", "0..<\(place)")
    case .before:
      // Alone, there is no message to compare with.
      guarding = "message.byteCount > 0 && "
      let end = difference("offset", "\(context.headerSize(ofBody: plan.index))")
      value = "check.\(algorithm.function)(of: message, before: \(end))"
    default:
      guard plan.message != nil else { return }
      value = algorithm.call("octets", "0..<octets.byteCount", own: "\(place)..<\(sum(place, shape.bits / 8))")
    }
    compare(value, xor, member, shape, at: place, guarding)
  }

  /// Checksums over the body, behind its last member.
  mutating func renderChecksums() {
    for member in plan.members {
      guard case .integer(let shape) = member.member.kind, case .checksum(let algorithm, .body, let xor)? = shape.computed
      else { continue }
      let place = member.place.text
      let value = algorithm.call("octets", "0..<\(plan.end.text)", own: "\(place)..<\(sum(place, shape.bits / 8))")
      let guarding = member.isOptional ? "layout.\(member.presenceField) && " : ""
      compare(value, xor, member.member, shape, at: place, guarding)
    }
  }

  private mutating func compare(
    _ value: String, _ xor: UInt64, _ member: Member, _ shape: IntegerShape, at place: String, _ guarding: String
  ) {
    let combined = xor == 0 ? value : "\(value) ^ 0x\(String(xor, radix: 16))"
    report(
      ".checksum", if: "\(guarding)\(context.rawLoad(shape, at: place)) != \(combined)", at: place, member.name,
      context.code(of: member, in: plan), isWarning: member.isWarning)
  }
}

extension ChecksumAlgorithm {
  /// The checksum of some octets, as Swift.
  func call(_ octets: String, _ range: String, own: String? = nil) -> String {
    "\(octets).\(function)(\(range)\(own.map { ", without: \($0)" } ?? ""))"
  }

  /// The name that it has in Wire.
  var function: String {
    switch self {
    case .internet: "internetChecksum"
    case .sum8, .xor8, .crc16, .crc32, .crc32c: rawValue
    }
  }
}

extension RenderContext {
  /// Octets that an element's header has before the body; 0 where the body has the header, and for what is no element.
  func headerSize(ofBody index: Int) -> Int {
    guard let family = definition.families.first(where: { $0.elements.contains { $0.body == index } }),
      !family.headerIsInBody
    else { return 0 }
    return headerSize(family)
  }
}
