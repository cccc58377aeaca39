import Testing
import VectorSupport
import Wire
import WireText

/// Others have encoded these messages, and others decode them: we read the same in them, and write the same octets.
@Suite("Protocols of others: their messages")
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

  @Test("Every message decodes, as what it is, and is encoded to the same octets; what must be refused is, as its document asks")
  func vectors() throws {
    for foreign in try ForeignProtocol.all.get() {
      for entry in foreign.cases { #expect(entry.problems() == [], "\(foreign.name): \(entry)") }
    }
  }

  @Test("A message cut at any octet is none, or a shorter one where no length says otherwise; the error says what and where")
  func cuts() throws {
    for foreign in try ForeignProtocol.all.get() {
      for vector in foreign.vectors {
        let direction = try #require(vector.message.flatMap(foreign.direction(of:)))
        for count in stride(from: 0, to: vector.octets.count, by: max(1, vector.octets.count / 300)) {
          let octets = Array(vector.octets[..<count])
          let found = foreign.interpreter.violations(direction: direction, octets)
          let name: Comment = "\(foreign.name): \(vector.name) cut to \(count): \(found)"
          #expect(foreign.isWrong(found, vector.octets), name)
          if found.isEmpty {
            #expect(!foreign.saysItsLength, name)
            let decoded = try foreign.interpreter.decode(direction: direction, octets)
            #expect(try foreign.interpreter.encode(decoded.body, decoded.tree.value) == octets, name)
          }
        }
      }
    }
  }

  @Test("A message with any octet changed is another, or none; the error says what and where")
  func corruptions() throws {
    for foreign in try ForeignProtocol.all.get() {
      for vector in foreign.vectors {
        let direction = try #require(vector.message.flatMap(foreign.direction(of:)))
        for place in stride(from: 0, to: vector.octets.count, by: max(1, vector.octets.count / 60)) {
          let change = ([0x01, 0x80, 0xFF] as [UInt8])[place % 3]
          var octets = vector.octets
          octets[place] ^= change
          check(octets, foreign, direction, "\(foreign.name): \(vector.name) with octet \(place) changed by \(change)")
        }
      }
    }
  }

  /// Octets are wrong in words, or mean what encodes to octets that mean the same.
  private func check(_ octets: [UInt8], _ foreign: ForeignProtocol, _ direction: Int, _ name: Comment) {
    let interpreter = foreign.interpreter
    let found = interpreter.violations(direction: direction, octets)
    #expect(foreign.isWrong(found, octets), "\(name): \(found)")
    do {
      let decoded = try interpreter.decode(direction: direction, octets)
      #expect(found.isEmpty, name)
      let encoded = try interpreter.encode(decoded.body, decoded.tree.value)
      #expect(try interpreter.decode(direction: direction, encoded).tree.value == decoded.tree.value, name)
    } catch {
      #expect(found.first?.description == "\(error)", name)
    }
  }

  @Test(
    "tshark says the same of every value",
    .disabled(if: Tshark.isSkipped, "\(Tshark.skipVariable)=1: nobody but ourselves vouches for these octets"))
  func values() throws {
    for foreign in try ForeignProtocol.all.get() {
      var count = 0
      var unexplained = Set(foreign.map.lacking.keys).union(foreign.map.derived.keys)
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
        unexplained.subtract(comparison.explanations)
      }
      #expect(unexplained.isEmpty, "\(foreign.name): tshark is excused for what it does not lack")
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
