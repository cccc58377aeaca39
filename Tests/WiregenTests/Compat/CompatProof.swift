import VectorSupport
import Wire
import WireText

@testable import WiregenCore

/// What two versions of a schema make of the same octets, as far as it differs: what a verdict is held against.
///
/// It knows nothing of how the versions are compared but which definitions belong together.
struct CompatProof {
  /// Something that octets show, with those octets.
  enum Difference: Hashable {
    /// Both accept them, and read something else; or encode otherwise what was read; or are not at the same place any more.
    case readOtherwise, encodedOtherwise, laidOutOtherwise
    case refusedByNew, refusedByOld, otherCode
  }

  private let old: Interpreter
  private let new: Interpreter
  private let pairing: SchemaPairing
  private let reading: Reading
  private var makers: (old: SampleMaker, new: SampleMaker)
  private let wanted: Set<Difference>
  /// The first octets that show each difference.
  private(set) var differences: [Difference: String] = [:]
  private var round: UInt64 = 0
  /// How many octets were tried.
  private(set) var count = 0

  /// - Parameter wanted: when one of these is found, the search is over.
  init(_ old: ProtocolDefinition, _ new: ProtocolDefinition, until wanted: Set<Difference>) {
    (self.old, self.new) = (Interpreter(old), Interpreter(new))
    pairing = SchemaPairing(old: old, new: new)
    reading = Reading(old, new)
    makers = (SampleMaker(self.old, seed: 0), SampleMaker(self.new, seed: 0))
    self.wanted = wanted
  }

  private var isDone: Bool { !wanted.isEmpty && differences.keys.contains { wanted.contains($0) } }

  private mutating func found(_ difference: Difference, _ place: String, _ octets: [UInt8]) {
    if differences[difference] == nil { differences[difference] = "\(place): \(hexadecimal(octets))" }
  }

  /// Tries octets drawn from both versions, and changed, for every body, message and frame.
  ///
  /// - Parameters:
  ///   - more: octets of messages to try as well, by the message's name.
  ///   - round: another one has other draws.
  mutating func search(_ more: [(message: String, octets: [UInt8])] = [], round: UInt64 = 0) {
    self.round = round
    comparePorts()
    for (message, octets) in more {
      guard let left = old.body(named: message), let right = pairing.bodies.newOfOld[left] else { continue }
      compare(octets, left, right)
      guard let direction = old.definition.bodies[left].message?.direction else { continue }
      compareMessages(octets, direction, pairing.directions.newOfOld[direction] ?? 0)
    }
    var drawn: [[UInt8]] = []
    for (left, right) in pairing.bodies.sorted where !isDone {
      let octets = draw(left, right)
      if old.definition.bodies[left].message != nil { drawn += octets }
      for one in octets where !isDone { compare(one, left, right) }
    }
    for body in new.definition.messages where pairing.bodies.oldOfNew[body] == nil { drawn += draw(new, &makers.new, body, 20) }
    for body in old.definition.messages where pairing.bodies.newOfOld[body] == nil { drawn += draw(old, &makers.old, body, 20) }
    for (left, right) in pairing.directions.sorted {
      for one in drawn where !isDone { compareMessages(one, left, right) }
    }
  }

  private mutating func draw(_ left: Int, _ right: Int) -> [[UInt8]] {
    let rounds = old.definition.bodies[left].message == nil ? 3 : 10
    return draw(old, &makers.old, left, rounds) + draw(new, &makers.new, right, rounds)
  }

  /// Octets of a body, each followed by some that are nearly right; of the shortest that are right all that differ in one octet
  /// by a bit, or have one that numbers are often compared with. Of these, most are of messages.
  private func draw(_ interpreter: Interpreter, _ maker: inout SampleMaker, _ body: Int, _ rounds: Int) -> [[UInt8]] {
    let seed = round << 32 | UInt64(body)
    maker.reseed(seed)
    var mutator = Mutator(seed: seed)
    let drawn = (0..<rounds).compactMap { _ in maker.octets(of: body) }
    var result: [[UInt8]] = []
    for octets in drawn {
      result.append(octets)
      for _ in 0..<4 { result.append(mutator.mutate(octets)) }
    }
    let valid = drawn.filter { interpreter.violations(body, $0).isEmpty }
    let shortest = valid.min { $0.count < $1.count } ?? []
    for place in shortest.indices.prefix(interpreter.definition.bodies[body].message == nil ? 8 : 40) {
      for other in (0..<8).map({ shortest[place] ^ 1 << UInt8($0) }) + [2, 3, 11, 12, 99] {
        var octets = shortest
        octets[place] = other
        result.append(octets)
      }
    }
    return result
  }
}

// MARK: - One body

extension CompatProof {
  private enum Outcome {
    case accepted(Decoded)
    case refused(Violation)
  }

  private static func outcome(_ interpreter: Interpreter, _ body: Int, _ octets: [UInt8], _ mode: Check.Mode) -> Outcome {
    do throws(Violation) {
      return .accepted(try interpreter.decode(body, octets, mode: mode))
    } catch { return .refused(error) }
  }

  private mutating func compare(_ octets: [UInt8], _ left: Int, _ right: Int) {
    count += 1
    let place = old.definition.bodies[left].name
    for mode in [Check.Mode.strict, .lenient] {
      switch (Self.outcome(old, left, octets, mode), Self.outcome(new, right, octets, mode)) {
      case (.accepted(let one), .accepted(let other)):
        if reading.differs(one.tree.root, other.tree.root) { found(.readOtherwise, place, octets) }
        compareEncoding(one, left, right, octets)
        // Lenient decoding accepts them too.
        if mode == .strict { return }
      case (.accepted(let one), .refused):
        found(.refusedByNew, place, octets)
        if isMoved(one.tree.root, in: new, right, octets) { found(.laidOutOtherwise, place, octets) }
        compareEncoding(one, left, right, octets)
      case (.refused, .accepted(let other)):
        found(.refusedByOld, place, octets)
        if isMoved(other.tree.root, in: old, left, octets) { found(.laidOutOtherwise, place, octets) }
      case (.refused(let one), .refused(let other)):
        if one.code != other.code { found(.otherCode, place, octets) }
      }
    }
  }

  /// What the old version read, encoded by both from its JSON: names and forms of values that the new one does not know say
  /// nothing.
  private mutating func compareEncoding(_ decoded: Decoded, _ left: Int, _ right: Int, _ octets: [UInt8]) {
    // Much of what is tried differs in one octet from what was tried before; nothing is passed over where something is sought.
    guard !wanted.isEmpty || count % 5 == 1 else { return }
    let json = decoded.tree.json(isMessage: false)
    guard let one = try? old.value(of: left, fromJSON: json), let other = try? new.value(of: right, fromJSON: json),
      let first = try? old.encode(left, one, checked: false), let second = try? new.encode(right, other, checked: false)
    else { return }
    if first != second { found(.encodedOtherwise, old.definition.bodies[left].name, octets) }
  }
}

extension CompatProof {
  /// Whether a member of octets that one version accepts is at another place, or of another size, as far as the other version
  /// can tell it apart.
  private func isMoved(_ tree: WireTree.Node, in other: Interpreter, _ body: Int, _ octets: [UInt8]) -> Bool {
    guard let decoded = try? other.decode(body, octets, mode: .collecting) else { return false }
    return tree.children.contains { child in
      guard !child.name.isEmpty, child.role == .member || child.role == .computed else { return false }
      let partner = decoded.tree.root.children.first { $0.name == child.name && $0.role == child.role }
      return partner.map { $0.start != child.start || $0.count != child.count } ?? false
    }
  }
}

// MARK: - Messages, frames, ports

extension CompatProof {
  private mutating func compareMessages(_ octets: [UInt8], _ left: Int, _ right: Int) {
    count += 1
    let place = old.definition.directions[left]
    let first = Result { () throws(Violation) in try old.decode(direction: left, octets) }
    let second = Result { () throws(Violation) in try new.decode(direction: right, octets) }
    switch (first, second) {
    case (.success(let one), .success(let other)):
      if pairing.bodies.newOfOld[one.body] != other.body { found(.readOtherwise, place, octets) }
    case (.success, .failure): found(.refusedByNew, place, octets)
    case (.failure, .success): found(.refusedByOld, place, octets)
    case (.failure(let one), .failure(let other)): if one.code != other.code { found(.otherCode, place, octets) }
    }
    if let one = try? old.chooseMessage(direction: left, octets), let other = try? new.chooseMessage(direction: right, octets),
      pairing.bodies.newOfOld[one] != other
    {
      found(.readOtherwise, place, octets)
    }
    compareFrames(octets, left, right)
  }

  private mutating func compareFrames(_ octets: [UInt8], _ left: Int, _ right: Int) {
    let place = "frames of \(old.definition.directions[left])"
    let first = Result { () throws(Violation) in try old.frame(direction: left, octets) }
    let second = Result { () throws(Violation) in try new.frame(direction: right, octets) }
    switch (first, second) {
    case (.success(let one), .success(let other)): if let one, let other, one != other { found(.readOtherwise, place, octets) }
    case (.success(let one), .failure): if one != nil { found(.refusedByNew, place, octets) }
    case (.failure, .success(let other)): if other != nil { found(.refusedByOld, place, octets) }
    case (.failure(let one), .failure(let other)): if one.code != other.code { found(.otherCode, place, octets) }
    }
  }

  /// Octets that arrive at a port are of its direction.
  private mutating func comparePorts() {
    for port in old.definition.ports {
      let isThere = new.definition.ports.contains {
        ($0.number, $0.transport, pairing.directions.oldOfNew[$0.direction]) == (port.number, port.transport, port.direction)
      }
      if !isThere { found(.readOtherwise, "port \(port.number)", []) }
    }
  }
}

// MARK: - What trees say

/// Compares what octets say in two versions, whatever things are called.
private struct Reading {
  /// Units of durations, by the names of their members.
  private let oldUnits: [String: IntegerShape.TimeUnit]
  private let newUnits: [String: IntegerShape.TimeUnit]

  init(_ old: ProtocolDefinition, _ new: ProtocolDefinition) { (oldUnits, newUnits) = (Self.units(old), Self.units(new)) }

  private static func units(_ definition: ProtocolDefinition) -> [String: IntegerShape.TimeUnit] {
    var units: [String: IntegerShape.TimeUnit] = [:]
    for member in definition.bodies.flatMap(\.members) {
      if case .integer(let shape) = member.kind, case .duration(let unit)? = shape.time { units[member.name] = unit }
    }
    return units
  }

  func differs(_ old: WireTree.Node, _ new: WireTree.Node) -> Bool {
    switch (old.value, new.value) {
    case (.list, .list): return elementsDiffer(old.children, new.children)
    case (.structure, .structure), (.array, .array), (.choice, .choice), (.bits, .bits), (.element, .element):
      let (left, right) = (Self.telling(old.children), Self.telling(new.children))
      return left.count != right.count || zip(left, right).contains { differs($0, $1) }
    default: return scalarsDiffer(old, new)
    }
  }

  /// What says something: not what is reserved, nor the groups that bits are in, nor what has no octets.
  private static func telling(_ nodes: [WireTree.Node]) -> [WireTree.Node] {
    nodes.flatMap { node -> [WireTree.Node] in
      if case .bits = node.value { return telling(node.children) }
      switch node.role {
      case .member, .constant, .computed: return node.count > 0 ? [node] : []
      case .reserved, .header, .padding, .trailing, .ignored, .derived: return []
      }
    }
  }

  /// Elements that both know: what one of them does not know, it cannot read otherwise.
  private func elementsDiffer(_ old: [WireTree.Node], _ new: [WireTree.Node]) -> Bool {
    func known(_ nodes: [WireTree.Node]) -> [Int: WireTree.Node] {
      Dictionary(nodes.filter(\.isElement).map { ($0.start, $0) }) { first, _ in first }
    }
    let (left, right) = (known(old), known(new))
    return left.contains { start, node in
      guard let other = right[start] else { return false }
      if case .element(let tag) = node.value, case .element(tag) = other.value { return differs(node, other) }
      return true
    }
  }

  private func scalarsDiffer(_ old: WireTree.Node, _ new: WireTree.Node) -> Bool {
    if case .date(let one, _, _) = old.value, case .date(let other, _, _) = new.value { return one != other }
    if let one = oldUnits[old.name], let other = newUnits[new.name], one != other { return true }
    switch (old.wireValue, new.wireValue) {
    case (.boolean(let flag), .integer(let number)), (.integer(let number), .boolean(let flag)):
      return number != (flag ? 1 : 0)
    case (let one, let other): return one != other
    }
  }
}

extension WireTree.Node {
  fileprivate var isElement: Bool {
    if case .element = value { return true }
    return false
  }

  /// The value alone.
  fileprivate var wireValue: WireValue { WireTree(root: self).value }
}

private func hexadecimal(_ octets: [UInt8]) -> String {
  octets.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}
