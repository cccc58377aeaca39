import CPNPWire
import Foundation
import Testing
import VectorSupport
import Wire
import WireText

@Suite("CPNP: documents, and what a program does with them")
struct DocumentTests {
  @Test("An order that a person has written in JSON is the octets of the first vector, and back")
  func order() throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Vectors/cpnp-order.json")
    let order = try Quotation(json: try String(contentsOf: file, encoding: .utf8))
    let vector = try #require(try VectorCase.all.get().first?.vector)
    #expect(try order.encoded() == vector.octets)
    #expect(try Quotation(json: Quotation(decoding: vector.octets).json().text()) == order)
  }

  @Test("A document of every vector can be accepted exactly if it is concrete", arguments: try VectorCase.all.get())
  func concrete(_ entry: VectorCase) throws {
    guard let document = try document(of: entry.vector) else { return }
    let accept = Accept(
      sequenceNumber: 1, transactionID: Octets(repeating: 1),
      attributes: Accept.Attributes(
        customerIdentifier: CustomerIdentifierAttribute(value: [1]), providerIdentifier: ProviderIdentifierAttribute(value: [2]),
        nonce: NonceAttribute(value: Octets(repeating: 3)), document: document))
    let isAccepted = (try? accept.encoded()) != nil
    #expect(isAccepted == (document.isConcrete && !document.isEmpty))
    if entry.vector.name.hasPrefix("ACCEPT with ") { #expect(!document.isConcrete) }
  }

  /// The document of a message, whether the message is valid or not; nil if there is none that is.
  private func document(of vector: Vector) throws -> DocumentAttribute? {
    var rest = vector.octets.dropFirst(28)
    while rest.count >= 6 {
      let header = Array(rest.prefix(6))
      let size = header[2...].reduce(0) { $0 << 8 | Int($1) }
      if header[1] == 8 { return try? DocumentAttribute(decoding: Array(rest.dropFirst(6).prefix(size))) }
      rest = rest.dropFirst(6 + size)
    }
    return nil
  }

  @Test("Every way to leave something open is one that ACCEPT refuses")
  func open() throws {
    let names = try VectorCase.all.get().filter { $0.vector.name.hasPrefix("ACCEPT with ") }
    #expect(names.count == 21)
    for entry in names { #expect(try document(of: entry.vector) != nil, "\(entry)") }
  }
}

@Suite("CPNP: large documents")
struct LargeDocumentTests {
  /// An order for so many sites of two links each, and a capacity that names every link.
  private func order(sites: Int) -> Quotation {
    let nodes = (0..<sites).map { site in
      CustomerNode(identifier: "site \(site)", links: [Name(text: "\(site)-a"), Name(text: "\(site)-b")], localisation: "")
    }
    let capacity = CapacityEntry(
      way: .fromNodes, links: nodes.flatMap(\.links), rate: Quantity(form: .exactly, value: 100_000_000),
      burst: Quantity())
    let clauses = Profile.Clauses(
      customerNodesMap: CustomerNodesMapClause(nodes: nodes), capacity: CapacityClause(entries: [capacity]),
      conformanceTraffic: ConformanceTrafficClause(treatments: [.discard], mtu: Quantity()))
    return Quotation(
      sequenceNumber: 1, transactionID: Octets(repeating: 1),
      attributes: Quotation.Attributes(
        customerIdentifier: CustomerIdentifierAttribute(value: [1]),
        document: DocumentAttribute(components: [Component(profiles: [Profile(clauses: clauses)])])))
  }

  @Test("Thousands of sites fit, and every link is found in the map")
  func sites() throws {
    let order = order(sites: 5000)
    let octets = try order.encoded()
    #expect(octets.count > 100_000)
    #expect(try Quotation(decoding: octets) == order)
    var wrong = order
    let last = wrong.attributes.document.components[0].profiles[0].clauses.capacity?.entries[0].links.indices.last ?? 0
    wrong.attributes.document.components[0].profiles[0].clauses.capacity?.entries[0].links[last].text = "nowhere"
    let error = #expect(throws: WireError.self) { try wrong.encoded() }
    #expect(error?.rule.description == "capacityLinks")
  }

  @Test("More than a mebibyte is refused, written or read")
  func limit() throws {
    let order = order(sites: 30_000)
    #expect(throws: WireError.self) { try order.encoded() }
    let error = #expect(throws: WireError.self) { try Quotation(decoding: order.encoded(unchecked: ())) }
    #expect(error?.kind == .tooLong)
  }
}

@Suite("CPNP: messages over a stream, and those that cannot be decoded")
struct MessageTests {
  @Test("The length in the header says where a message ends")
  func frames() throws {
    let vector = try #require(try VectorCase.all.get().first?.vector)
    let octets = vector.octets + [1, 1]
    #expect(try CPNPClientMessage.frame(Array(octets.prefix(27))) == .incomplete(needed: 28))
    #expect(try CPNPClientMessage.frame(Array(octets.prefix(28))) == .incomplete(needed: vector.octets.count))
    #expect(try CPNPServerMessage.frame(octets) == .complete(vector.octets.count))
    var header = Array(octets.prefix(28))
    header.replaceSubrange(4..<8, with: [0, 0x10, 0, 1])
    #expect(throws: WireError.self) { try CPNPClientMessage.frame(header) }
  }

  @Test("The header of what cannot be decoded is there for an answer")
  func header() throws {
    let vector = try #require(try VectorCase.all.get().first { $0.vector.name == "Unknown attribute" }?.vector)
    #expect(throws: WireError.self) { try CPNPClientMessage(decoding: vector.octets) }
    let header = try MessageHeader(decodingPrefix: vector.octets)
    #expect(header.method == .quotation)
    #expect(header.sequenceNumber == 1)
  }

  @Test("No time is one that can be sent")
  func never() throws {
    #expect(CPNPTimes.never.description == "9999-12-31T23:59:59Z")
    let attribute = ExpectedResponseTimeAttribute(time: CPNPTimes.never)
    #expect(try attribute.encoded() == Array("Fri, 31 Dec 9999 23:59:59 GMT".utf8))
  }
}
