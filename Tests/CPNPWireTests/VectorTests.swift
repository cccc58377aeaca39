import CPNPWire
import Testing
import VectorSupport
import WireText

@Suite("CPNP: vectors worked out by hand, both ways")
struct VectorTests {
  @Test("What is valid decodes to what it says and is encoded again, what is not is refused", arguments: try VectorCase.all.get())
  func vector(_ entry: VectorCase) {
    #expect(entry.problems() == [])
  }

  @Test("There is one of every message and every element")
  func everyOne() throws {
    let all = try VectorCase.all.get()
    #expect(Set(all.map(\.description)).count == all.count)
    let definition = VectorProtocol.cpnp.interpreter.definition
    #expect(Set(definition.messages.map { definition.bodies[$0].name }) == Set(all.compactMap(\.vector.message)))
    let paths = all.flatMap { $0.vector.expectations.map(\.path) }
    for element in definition.families.flatMap(\.elements) {
      #expect(paths.contains { $0.contains("].\(element.name)") }, "\(element.name)")
    }
  }

  @Test("There is one that breaks each rule: of messages each, of what they hold each by its name")
  func everyRule() throws {
    let interpreter = VectorProtocol.cpnp.interpreter
    var broken: Set<String> = []
    for entry in try VectorCase.all.get() {
      guard let direction = entry.direction.flatMap({ interpreter.direction(named: $0) }) else { continue }
      for violation in interpreter.violations(direction: direction, entry.vector.octets) {
        guard let rule = violation.rule else { continue }
        broken.insert(violation.path.contains(".") ? rule : "\(violation.path).\(rule)")
      }
    }
    for body in interpreter.definition.bodies {
      for rule in body.rules {
        let name = body.message == nil ? rule.name : "\(body.name).\(rule.name)"
        #expect(broken.contains(name), "\(name)")
      }
    }
  }
}
