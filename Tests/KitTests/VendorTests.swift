import FuzzHarness
import KitAcme
import KitBeta
import KitRival
import KitWire
import Testing
import VectorSupport
import Wire
import WireText

/// What two vendors add to one protocol from modules of their own, the second to an element of the first.
@Suite("Elements of vendors: known to whoever has their registry")
struct VendorTests {
  private static func both() throws -> ExtensionRegistry { try Acme.extensions.merging(Beta.extensions) }

  /// A message with everything of both.
  private static func traited() throws -> Traited {
    var burst = BurstEntry(burst: Burst(speed: .fast, extras: [.warm], size: 300), more: .init())
    burst.more.spark = [SparkEntry(value: 3), SparkEntry(value: 9)]
    try burst.more.set(flare: FlareEntry(heat: 4000))
    var message = Traited(tone: .shrill, traits: [.calm, .loud], entries: .init(stamp: StampEntry(time: 5)))
    try message.entries.set(burst: burst)
    try message.entries.set(remark: RemarkEntry(text: "hi"))
    try message.entries.set(flare: [FlareEntry(heat: 1), FlareEntry(heat: 2)])
    try message.entries.set(spark: [SparkEntry(value: 1)])
    return message
  }

  private static let octets: [UInt8] = [
    6, 200, 0x41,  // type, tone, traits
    1, 2, 0, 5,  // stamp
    70, 16, 2, 1, 1, 44, 71, 1, 3, 0, 71, 1, 9, 0, 72, 2, 15, 160,  // burst: two sparks and a flare
    2, 2, 104, 105,  // remark
    72, 2, 0, 1, 72, 2, 0, 2,  // flares
    71, 1, 1, 0,  // spark
  ]

  @Test("Octets worked out by hand")
  func handMade() throws {
    let value = try Self.traited()
    let octets = Self.octets
    #expect(try value.encoded() == octets)
    let decoded = try Traited(decoding: octets, extensions: try Self.both())
    #expect(decoded == value)
    #expect(try decoded.entries.burst?.burst == Burst(speed: .fast, extras: [.warm], size: 300))
    #expect(try decoded.entries.burst?.more.flare == FlareEntry(heat: 4000))
    #expect(try decoded.entries.flare.map(\.heat) == [1, 2])
    #expect(try decoded.entries.remark?.text == "hi")
    #expect(decoded.entries.unknown.count == 5)
    #expect(decoded.traits == [.calm, .loud])
  }

  @Test("What is wrong in a vendor's element is found with the registry, and only then")
  func errors() throws {
    func violations(_ octets: [UInt8], _ extensions: ExtensionRegistry) -> [String] {
      Traited.violations(in: octets, extensions: extensions).map(\.description)
    }
    let all = try Self.both()
    let head: [UInt8] = [6, 1, 0]
    let spark: [UInt8] = [71, 1, 1, 0]
    // The list's code for what is wrong reaches neither into the struct nor into the list in there.
    let burst: [UInt8] = [70, 8, 7, 0, 0, 0, 71, 1, 10, 0]
    #expect(violations(head + burst + spark, ExtensionRegistry()) == [])
    #expect(
      violations(head + burst + spark, Acme.extensions) == [
        "offset 5: Traited.entries[0].burst.burst.speed: a number without a meaning [own]",
        "offset 7: Traited.entries[0].burst.burst.size: out of range [general]",
        "offset 11: Traited.entries[0].burst.more[0].spark.value: out of range [entry]",
      ])
    #expect(violations(head, all) == ["offset 3: Traited.entries.spark: missing [lack]"])
    let flare: [UInt8] = [72, 2, 0x27, 0x10]
    #expect(violations(head + flare + spark, Acme.extensions) == [])
    #expect(
      violations(head + spark + flare, all) == [
        "offset 9: Traited.entries[1].flare.heat: out of range [entry]",
        "offset 3: Traited.entries[0].spark: out of order [order]",
      ])
    let stamped: [UInt8] = [6, 9, 0, 1, 2, 0, 5]
    #expect(violations(stamped + spark, Acme.extensions) == ["offset 11: Traited.entries.remark: missing [lack]"])
    #expect(violations(stamped + [2, 0] + spark, Acme.extensions) == [])
    #expect(
      violations(head + [2, 0, 2, 0] + spark, all) == ["offset 5: Traited.entries[1].remark: more often than allowed [order]"])
  }

  @Test("The interpreter with the same extensions says the same, on vectors and values changed at random")
  func agreement() throws {
    let extensions = try Self.both()
    var mutator = Mutator(seed: 8)
    var seeds = try Vector.read("kit-lists.txt").map(\.octets) + [try Self.traited().encoded()]
    let ordered: [UInt8] = [1, 0, 1, 2, 0, 1, 70, 4, 1, 0, 0, 1, 5, 1, 0, 0]
    let probe: [UInt8] = [0, 22, 0xC2, 0, 0, 15, 0, 0, 0x11, 0x5C, 3, 0, 8, 0, 0, 0]
    let session: [UInt8] = [4, 1, 7, 0x40, 0, 0, 10, 5, 97, 98, 99, 0, 0]
    seeds += [ordered, session.dropLast() + probe + probe + probe, [5, 8, 9, 2, 1, 0, 1, 2, 9, 0]]
    let types: [any WireBody.Type] = [
      Traited.self, Ordered.self, Placed.self, Told.self, Avps.self, Boxes.self, Shelf.self, FolderEntry.self,
    ]
    for type in types {
      for seed in seeds {
        agree(type, seed, extensions)
        for count in seed.indices { agree(type, Array(seed[..<count]), extensions) }
        for _ in 0..<40 { agree(type, mutator.mutate(seed), extensions) }
        for place in seed.indices.dropFirst(2) {
          for code: UInt8 in [70, 71, 72, 9] {
            var changed = seed
            changed[place] = code
            agree(type, changed, extensions)
          }
        }
      }
    }
  }

  private func agree<Body: WireBody>(_ type: Body.Type, _ octets: [UInt8], _ extensions: ExtensionRegistry) {
    let interpreter = WireTextProtocol.of(Body.definition, extensions: extensions).interpreter
    guard let body = interpreter.body(named: "\(Body.wireName)") else { return }
    let found = Body.violations(in: octets, extensions: extensions).map { error in
      "\(error.kind.name) \(error.severity) \(error.offset) \(error.path) \(error.code.value.map { "\($0)" } ?? "-") \(error.rule)"
    }
    let expected = interpreter.violations(body, octets).map { violation in
      "\(violation.kind.name) \(violation.severity) \(violation.offset) \(violation.path) "
        + "\(violation.code.map { "\($0)" } ?? "-") \(violation.rule ?? "")"
    }
    #expect(found == expected, "\(Body.wireName) \(octets)")
    let value = try? Body(decoding: octets, extensions: extensions)
    #expect((value != nil) == found.isEmpty, "\(Body.wireName) \(octets)")
  }

  @Test("JSON and the readable forms have the vendors' names with the registry, and numbers without")
  func text() throws {
    let (value, all) = (try Self.traited(), try Self.both())
    let text = try value.json(extensions: all).text()
    for name in ["\"shrill\"", "\"loud\"", "\"burst\"", "\"flare\"", "\"fast\"", "\"warm\""] {
      #expect(text.contains(name), "\(name) in \(text)")
    }
    #expect(try Traited(json: text, extensions: all) == value)
    #expect(throws: JSONError.self) { try Traited(json: text) }
    let plain = try value.json().text()
    #expect(plain.contains("200") && plain.contains("\"code\":70") || plain.contains("\"code\": 70"), "\(plain)")
    #expect(try Traited(json: plain) == value)
    #expect(try value.dump(extensions: all).contains("ACME_BURST"))
    #expect(Traited.annotation(of: try value.encoded(), extensions: all).contains("flare"))
    #expect(!Traited.annotation(of: try value.encoded()).contains("flare"))
  }

  @Test("Names alone are known too: an extension without elements of its own")
  func names() throws {
    let value = Traited(tone: Tone(rawValue: 201), traits: [], entries: .init())
    #expect(Tone.hoarse == Tone(rawValue: 201))
    #expect(try value.json(extensions: Rival.extensions).text().contains("\"hoarse\""))
  }

  @Test("Two that take the same code cannot be used together")
  func clash() throws {
    let clash = #expect(throws: ExtensionClash.self) { try Acme.extensions.merging(Rival.extensions) }
    #expect(
      clash?.description
        == "Acme and Rival cannot be used together: in KitLists.Entry, burst (70) of the first clashes with spike (70) of the "
        + "second")
    #expect(try Acme.extensions.merging(Acme.extensions) == Acme.extensions)
    #expect(try ExtensionRegistry().merging(Acme.extensions) == Acme.extensions)
    #expect(ExtensionRegistry().isEmpty)
  }
}
