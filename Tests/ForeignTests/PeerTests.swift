import Testing
import VectorSupport
import Wire
import WireText

/// Others have encoded these messages, and others decode them: we read the same in them, and write the same octets.
@Suite("Protocols of others: the interpreter")
struct PeerTests {
  @Test("Enough messages of each, of every kind that the schema has")
  func coverage() throws {
    for foreign in try ForeignProtocol.all.get() {
      #expect(foreign.vectors.count >= 20)
      let definition = foreign.interpreter.definition
      let kinds = Set(definition.messages.map { definition.bodies[$0].name })
      #expect(Set(foreign.vectors.compactMap(\.message)) == kinds, "\(foreign.name)")
    }
  }

  @Test("Every message decodes, as what it is, and encodes to the same octets")
  func octets() throws {
    for foreign in try ForeignProtocol.all.get() {
      for vector in foreign.vectors { check(vector, foreign) }
    }
  }

  private func check(_ vector: Vector, _ foreign: ForeignProtocol) {
    let name: Comment = "\(foreign.name): \(vector.name)"
    do {
      let message = try #require(vector.message)
      let direction = try #require(foreign.direction(of: message), name)
      let decoded = try foreign.interpreter.decode(direction: direction, vector.octets)
      #expect(foreign.interpreter.definition.bodies[decoded.body].name == message, name)
      let encoded = try foreign.interpreter.encode(decoded.body, decoded.tree.value)
      #expect((encoded == vector.octets) == vector.isCanonical, name)
      #expect(try foreign.interpreter.decode(direction: direction, encoded).tree.value == decoded.tree.value, name)
    } catch {
      Issue.record("\(name): \(error)")
    }
  }

  @Test("A message cut at any octet is none: the error says where, in words")
  func cuts() throws {
    for foreign in try ForeignProtocol.all.get() {
      for vector in foreign.vectors {
        let direction = try #require(vector.message.flatMap(foreign.direction(of:)))
        for count in stride(from: 0, to: vector.octets.count, by: max(1, vector.octets.count / 300)) {
          let octets = Array(vector.octets[..<count])
          let found = foreign.interpreter.violations(direction: direction, octets)
          #expect(!found.isEmpty, "\(foreign.name): \(vector.name) cut to \(count)")
          for violation in found {
            #expect(violation.offset <= count && !violation.path.isEmpty, "\(foreign.name): \(vector.name) cut to \(count)")
          }
        }
      }
    }
  }

  @Test(
    "tshark says the same of every value",
    .disabled(if: Tshark.isSkipped, "\(Tshark.skipVariable)=1: nobody but ourselves vouches for these octets"))
  func values() throws {
    for foreign in try ForeignProtocol.all.get() {
      var count = 0
      let captured = foreign.vectors.map { foreign.captured($0) }
      for (vector, dissection) in zip(foreign.vectors, try Tshark.dissect(captured, as: foreign.dissector)) {
        let name: Comment = "\(foreign.name): \(vector.name)"
        #expect(dissection.octets == vector.octets, name)
        #expect(dissection.isMalformed == (foreign.map.malformed[vector.name] != nil), name)
        guard let direction = vector.message.flatMap(foreign.direction(of:)),
          let decoded = try? foreign.interpreter.decode(direction: direction, vector.octets)
        else {
          Issue.record("\(name): no message of ours")
          continue
        }
        let comparison = ForeignComparison(dissection, decoded.tree, foreign)
        #expect(comparison.problems == [], name)
        count += comparison.count
      }
      print("\(foreign.name): \(count) values in \(captured.count) messages are the same by tshark's word")
    }
  }
}

extension ForeignProtocol {
  /// A vector as a message on the network: whose first direction is the client's.
  func captured(_ vector: Vector) -> CapturedMessage {
    let isAnswer = (vector.message.flatMap(direction(of:)) ?? 0) > 0
    return CapturedMessage(vector.name, vector.octets, from: isAnswer ? .server : .client)
  }
}
