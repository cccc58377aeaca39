import Testing
import VectorSupport
import Wire
import WireText

@testable import WiregenCore

@Suite("Interpreted: messages drawn from schemas") struct RandomTests {
  /// A schema of the repository, by its folder and name.
  struct Source: CustomTestStringConvertible, Sendable {
    var folder: String
    var name: String
    var testDescription: String { "\(folder)/\(name)" }
  }

  static let sources: [Source] = [
    "Schemas", "Tests/Schemas", "Tests/KitWire", "Tests/Golden", "Tests/EverythingWire",
  ]
  .flatMap { folder in
    ((try? Repository.names(in: folder, ending: ".xml")) ?? []).map { Source(folder: folder, name: $0) }
  }

  @Test("What is drawn is most often valid, and comes back from octets and JSON", arguments: sources)
  func drawn(_ source: Source) throws {
    guard let interpreter = try interpreter(source) else { return }
    for (body, definition) in interpreter.definition.bodies.enumerated() {
      var maker = SampleMaker(interpreter, seed: UInt64(body))
      var mutator = Mutator(seed: UInt64(body))
      let rounds = definition.message == nil ? 2 : 5
      var valid = 0
      for round in 0..<rounds {
        let check = Agreement(interpreter: interpreter, body: body, place: "\(definition.name), round \(round)")
        guard let octets = maker.octets(of: body) else { continue }
        if try check.isValid(octets) { valid += 1 }
        for _ in 0..<2 { _ = try check.isValid(mutator.mutate(octets)) }
      }
      #expect(valid * 2 >= rounds, "\(definition.name): \(valid) of \(rounds)")
    }
  }

  @Test("Every construct is drawn") func constructs() throws {
    guard let source = Self.sources.first(where: { $0.name == "everything.xml" }), let interpreter = try interpreter(source)
    else { return }
    var drawn: Set<String> = []
    for body in interpreter.definition.bodies.indices {
      var maker = SampleMaker(interpreter, seed: 7)
      for _ in 0..<40 {
        guard let octets = maker.octets(of: body), let decoded = try? interpreter.decode(body, octets) else { continue }
        drawn.formUnion(decoded.tree.root.paths)
      }
    }
    for family in interpreter.definition.families {
      for element in family.elements {
        let isDrawn = drawn.contains { $0.hasSuffix(".\(element.name)") }
        #expect(isDrawn, "\(family.name).\(element.name)")
      }
    }
    for body in interpreter.definition.bodies where body.message != nil {
      for member in body.members where !member.name.isEmpty {
        let isDrawn = drawn.contains("\(body.name).\(member.name)")
        #expect(isDrawn, "\(body.name).\(member.name)")
        guard case .choice(let choice) = member.kind else { continue }
        for chosen in choice.allCases {
          let isChosen = drawn.contains("\(member.name).\(chosen.name)")
          #expect(isChosen, "\(member.name).\(chosen.name)")
        }
      }
    }
  }

  /// nil for what is no protocol, or does not resolve.
  private func interpreter(_ source: Source) throws -> Interpreter? {
    let files = files(below: source.folder)
    guard let own = files[source.name], String(decoding: own, as: UTF8.self).contains("<protocol") else { return nil }
    let outcome = resolve(source.name, in: files)
    // Samples are the business of other tests.
    guard let schema = outcome.schema else { return nil }
    return Interpreter(try ProtocolDefinition(parsing: schema.definition.text()))
  }
}

/// What holds of any octets.
private struct Agreement {
  let interpreter: Interpreter
  let body: Int
  let place: String

  /// Whether they decode; then they come back from what they say, and from JSON.
  func isValid(_ octets: [UInt8]) throws -> Bool {
    let collected = try interpreter.decode(body, octets, mode: .collecting)
    #expect(interpreter.annotation(body, octets).contains("octets\n"), comment(octets))
    #expect(!collected.tree.dump().isEmpty, comment(octets))
    let decoded: Decoded
    do throws(Violation) {
      decoded = try interpreter.decode(body, octets)
    } catch {
      #expect(collected.violations.first == error, comment(octets))
      return false
    }
    #expect(collected.isValid && collected.tree == decoded.tree, comment(octets))
    let value = decoded.tree.value
    let encoded: [UInt8]
    do throws(Violation) {
      encoded = try interpreter.encode(body, value)
    } catch {
      // Without what is ignored, or in the one form that is sent, it may be too little or too much for its place.
      #expect(try !interpreter.isCanonical(body, octets), "\(error): \(comment(octets))")
      return true
    }
    #expect(try interpreter.decode(body, encoded).tree.value == value, comment(octets))
    #expect(try interpreter.isCanonical(body, encoded), comment(octets))
    try checkJSON(decoded, octets)
    return true
  }

  private func checkJSON(_ decoded: Decoded, _ octets: [UInt8]) throws {
    let json = decoded.tree.json(isMessage: false)
    let parsed = try JSONValue(parsing: json.text())
    #expect(parsed == json, comment(octets))
    #expect(try JSONValue(parsing: json.text(isPretty: true)) == json, comment(octets))
    do {
      let read = try interpreter.value(of: body, fromJSON: parsed)
      // What is kept as it came, JSON makes anew: padding, and what is reserved in a header.
      let again = try interpreter.decode(body, interpreter.encode(body, read)).tree
      #expect(again.json(isMessage: false) == json, comment(octets))
    } catch let error as Violation {
      #expect(error.kind == .mismatch && decoded.tree.root.hasRaggedElement(interpreter), "\(error): \(comment(octets))")
    }
  }

  private func comment(_ octets: [UInt8]) -> Comment {
    "\(place): \(octets.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())"
  }
}

extension WireTree.Node {
  /// Whether there is an unknown element in it: where the length counts the padding, JSON does not tell that from the value.
  fileprivate func hasRaggedElement(_ interpreter: Interpreter) -> Bool {
    guard interpreter.definition.families.contains(where: \.lengthCountsPadding) else { return false }
    if case .unknownElement = value { return true }
    return children.contains { $0.hasRaggedElement(interpreter) }
  }

  /// Names of what is in it, each with what it is in.
  fileprivate var paths: [String] {
    children.flatMap { child in ["\(name).\(child.name)"] + child.paths }
  }
}
