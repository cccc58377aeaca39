import Testing
import WireText
@Test func zz() throws {
  var d = MappingProtocol.definition
  d.bodies[0].message?.maximumSize = nil
  d.bodies[0].members[d.bodies[0].members.count-1].kind = .list(ListShape(family: 0, allowed: [.init(element: 1, minimum: 0, maximum: nil, missingCode: nil, excessCode: nil), .init(element: 2, minimum: 0, maximum: nil, missingCode: nil, excessCode: nil)]))
  d.bodies[0].rules = []
  let i = Interpreter(d)
  let clock = ContinuousClock()
  for n in [1000, 10000, 100000] {
    var o = MappingProtocol.request
    for _ in 0..<n { o += MappingProtocol.filterOption }
    let t = clock.measure { _ = try! i.decode(0, o) }
    let tree = try i.decode(0, o).tree
    let v = tree.value
    let e = clock.measure { _ = try! i.encode(0, v) }
    let j = clock.measure { _ = tree.json().text() }
    let text = tree.json().text()
    let r = clock.measure { _ = try! i.message(fromJSON: JSONValue(parsing: text)) }
    let a = clock.measure { _ = i.annotation(0, o) }
    var ports = Array(KitProtocol.everythingOctets.dropLast(4))
    for _ in 0..<n*4 { ports += [1,2] }
    let p = clock.measure { _ = try? KitProtocol.interpreter.decode(1, ports) }
    let bad = Array(repeating: UInt8(9), count: 4 * n)
    let b = clock.measure { _ = i.violations(0, MappingProtocol.request + bad.map { _ in UInt8(0) }) }
    print(n, o.count, "decode", t, "encode", e, "json", j, "read", r, "annot", a, "ports", p, "viol", b)
  }
}
