import Testing
import Wire
import WireText

@Suite("Any octets: a value or a violation")
struct TotalityTests {
  static let rounds = 1000

  @Test("Messages with options, changed at random", arguments: [1, 2, 3] as [UInt64])
  func mapping(seed: UInt64) throws {
    var random = SplitMix(state: seed)
    let options = [
      MappingProtocol.thirdPartyOption, MappingProtocol.preferFailureOption, MappingProtocol.filterOption,
      MappingProtocol.descriptionOption, MappingProtocol.ignoredOption, MappingProtocol.keptOption,
    ]
    for round in 0..<Self.rounds {
      var octets = MappingProtocol.request
      for _ in 0..<Int.random(in: 0...4, using: &random) {
        octets += options.randomElement(using: &random) ?? []
      }
      octets = changed(octets, &random)
      try check(MappingProtocol.interpreter, 0, octets, "seed \(seed), round \(round)")
      _ = MappingProtocol.interpreter.violations(direction: 0, octets)
    }
  }

  @Test("Every body, changed at random", arguments: [4, 5] as [UInt64])
  func everything(seed: UInt64) throws {
    var random = SplitMix(state: seed)
    let seeds: [(Int, [UInt8])] = [
      (1, KitProtocol.everythingOctets), (2, Array("text".utf8)), (3, hex("05010203")), (5, [1]),
      (6, hex("0201020304")), (8, hex("01ee03")), (9, hex("040100ff07080000040900ff07080000")), (10, [1, 2]),
    ]
    for round in 0..<Self.rounds {
      for (body, octets) in seeds {
        let octets = changed(octets, &random)
        try check(KitProtocol.interpreter, body, octets, "seed \(seed), round \(round), body \(body)")
      }
    }
  }

  /// A few octets replaced, removed or put in.
  private func changed(_ octets: [UInt8], _ random: inout SplitMix) -> [UInt8] {
    var octets = octets
    for _ in 0..<Int.random(in: 0...3, using: &random) {
      let place = Int.random(in: 0...octets.count, using: &random)
      let value = [0, 1, 2, 4, 127, 128, 255, UInt8.random(in: 0...255, using: &random)].randomElement(
        using: &random)
      switch Int.random(in: 0..<6, using: &random) {
      case 0: octets.removeSubrange(place...)
      case 1: octets.insert(value ?? 0, at: place)
      case 2: octets.insert(contentsOf: [0, 0, 0, 0], at: place)
      default: if place < octets.count { octets[place] = value ?? 0 }
      }
    }
    return octets
  }

  /// The modes agree, what is decoded is the same after encoding it, and every text form can be made.
  private func check(_ interpreter: Interpreter, _ body: Int, _ octets: [UInt8], _ place: Comment) throws {
    let collected = try interpreter.decode(body, octets, mode: .collecting)
    _ = interpreter.annotation(body, octets)
    _ = collected.tree.dump()
    let decoded: Decoded
    do throws(Violation) {
      decoded = try interpreter.decode(body, octets)
    } catch {
      #expect(collected.violations.first == error, place)
      return
    }
    #expect(collected.isValid, place)
    let value = decoded.tree.value
    let encoded = try interpreter.encode(body, value)
    #expect(try interpreter.decode(body, encoded).tree.value == value, place)
    #expect(try interpreter.isCanonical(body, encoded), place)
    let json = decoded.tree.json(isMessage: false)
    let read = try interpreter.value(of: body, fromJSON: JSONValue(parsing: json.text()))
    let again = try interpreter.decode(body, interpreter.encode(body, read))
    #expect(again.tree.json(isMessage: false) == json, place)
  }
}
