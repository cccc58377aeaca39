import CPNPWire
import VectorSupport
import Wire

extension FuzzTarget {
  /// Everything that a client of CPNP sends.
  public static let cpnpClient = FuzzTarget(
    "FuzzCPNPClient", CPNPProtocol.definition,
    Properties<CPNPClientMessage>(direction: "clientMessage", of: CPNPProtocol.definition),
    parts: [DocumentAttribute.self, Profile.self]
  ) { try cpnpSeeds(from: "clientMessage") }

  /// Everything that a server of CPNP sends.
  public static let cpnpServer = FuzzTarget(
    "FuzzCPNPServer", CPNPProtocol.definition,
    Properties<CPNPServerMessage>(direction: "serverMessage", of: CPNPProtocol.definition),
    parts: [DocumentAttribute.self, InformationElementsAttribute.self, MessageHeader.self]
  ) { try cpnpSeeds(from: "serverMessage") }

  /// The vectors of one direction. What they hold comes in alone as well: a message of which a fuzzer changes the size is refused
  /// by the length in its header, whatever follows.
  private static func cpnpSeeds(from sender: String) throws -> [[UInt8]] {
    let tested = VectorProtocol(CPNPProtocol.definition, CPNPClientMessage.self, CPNPServerMessage.self, directionsOverlap: true)
    let cases = try tested.cases(["cpnp.txt", "cpnp-documents.txt", "cpnp-invalid.txt"])
    let messages = cases.filter { $0.direction == sender }.map(\.vector.octets)
    return messages + cases.flatMap { attributes(of: $0.vector.octets) }
  }

  /// The values of documents and information elements in a message: types 8 and 9, behind a header of 28 octets.
  private static func attributes(of message: [UInt8]) -> [[UInt8]] {
    var values: [[UInt8]] = []
    var rest = message.dropFirst(28)
    while rest.count >= 6 {
      let header = Array(rest.prefix(6))
      let size = header[2...].reduce(0) { $0 << 8 | Int($1) }
      if [8, 9].contains(header[1]) { values.append(Array(rest.dropFirst(6).prefix(size))) }
      rest = rest.dropFirst(6 + size)
    }
    return values
  }
}
