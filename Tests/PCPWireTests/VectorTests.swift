import PCPWire
import Testing
import VectorSupport
import Wire
import WireText

@Suite("Vectors worked out by hand, both ways")
struct VectorTests {
  @Test("The files are whole: 63 figures, each with its octets")
  func files() throws {
    let figures = Set(
      VectorCase.all.filter { $0.file == "pcp-flow-examples.txt" }.compactMap { entry in
        let words = entry.vector.name.split(separator: " ")
        return words.first == "Figure" ? Int(words[1].filter(\.isNumber)) : nil
      })
    #expect(figures.count == 63)
    #expect(VectorCase.all.count >= 323)
    #expect(Set(VectorCase.all.map(\.testDescription)).count == VectorCase.all.count)
  }

  @Test("Generated code decodes, and encodes the same octets", arguments: VectorCase.valid)
  func generated(_ entry: VectorCase) throws {
    let type = try #require(entry.tested.types[entry.vector.message ?? ""])
    try checkGenerated(type, entry.vector)
  }

  private func checkGenerated<Body: WireBody>(_ type: Body.Type, _ vector: Vector) throws {
    let value = try Body(decoding: vector.octets)
    let encoded = try value.encoded()
    #expect(value.encodedSize == encoded.count)
    #expect((encoded == vector.octets) == vector.isCanonical)
    #expect(try Body(decoding: encoded) == value)
    #expect(try Body.isCanonical(vector.octets) == vector.isCanonical)
    #expect(Body.violations(in: vector.octets).isEmpty)
    #expect(try Body(json: value.json().text()) == value)
    #expect(!(try value.dump()).isEmpty)
  }

  @Test("The interpreter finds every value, and no others", arguments: VectorCase.valid)
  func interpreted(_ entry: VectorCase) throws {
    let interpreter = entry.tested.interpreter
    let body = try #require(interpreter.body(named: entry.vector.message ?? ""))
    let decoded = try interpreter.decode(body, entry.vector.octets)
    var leaves = decoded.json(interpreter).leaves()
    #expect(leaves.removeValue(forKey: "message") != nil)
    for (path, value) in entry.vector.expectations {
      let expected = try JSONValue(parsing: value)
      #expect(leaves.removeValue(forKey: path) == expected, "\(path)")
    }
    #expect(leaves.isEmpty, "values the vector does not mention")
    let octets = try interpreter.encode(body, decoded.tree.value)
    #expect((octets == entry.vector.octets) == entry.vector.isCanonical)
  }

  @Test("The direction's enum picks the message", arguments: VectorCase.valid)
  func chosen(_ entry: VectorCase) throws {
    let type = try #require(entry.tested.types[entry.vector.message ?? ""])
    let chosen = entry.tested.directions.values.compactMap { try? $0.init(decoding: entry.vector.octets, .strict) }
    #expect(chosen.contains { Swift.type(of: $0.message) == type })
  }

  @Test("What must be refused is, with the code it earns", arguments: VectorCase.invalid)
  func refused(_ entry: VectorCase) throws {
    let vector = entry.vector
    let messages = try #require(entry.tested.directions[vector.direction ?? "request"])
    let error = #expect(throws: WireError.self) { _ = try messages.init(decoding: vector.octets, .strict) }
    let found = try #require(error)
    #expect(found.code.description == vector.error, "\(found)")
    if let kind = vector.kind { #expect(found.kind.name == kind, "\(found)") }
    if let offset = vector.offset { #expect(found.offset == offset, "\(found)") }
    if let member = vector.member {
      #expect(found.path.description.split(separator: ".", maxSplits: 1).dropFirst().first.map(String.init) == member)
    }
  }
}

extension JSONValue {
  /// Every leaf by its path, as vectors write it: empty objects and arrays are leaves too.
  func leaves(_ path: String = "") -> [String: JSONValue] {
    switch content {
    case .object(let entries) where !entries.isEmpty:
      return entries.reduce(into: [:]) { result, entry in
        let name = path.isEmpty ? entry.key : "\(path).\(entry.key)"
        result.merge(entry.value.leaves(name)) { first, _ in first }
      }
    case .array(let items) where !items.isEmpty:
      return items.enumerated().reduce(into: [:]) { result, item in
        result.merge(item.element.leaves("\(path)[\(item.offset)]")) { first, _ in first }
      }
    default: return [path: self]
    }
  }
}
