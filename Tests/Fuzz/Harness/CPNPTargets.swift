import CPNPWire
import VectorSupport
import Wire

extension FuzzTarget {
  /// Everything that a client of CPNP sends.
  public static let cpnpClient = FuzzTarget(
    "FuzzCPNPClient", CPNPProtocol.definition,
    Properties<CPNPClientMessage>(direction: "clientMessage", of: CPNPProtocol.definition),
    parts: [
      MessageHeader.self, DocumentAttribute.self, Profile.self, CustomerNodesMapClause.self, ScopeClause.self,
      QosGuaranteesClause.self, FlowIdentificationClause.self, InformationElementsAttribute.self,
    ]
  ) { try cpnpSeeds(from: "clientMessage") }

  /// Everything that a server of CPNP sends.
  public static let cpnpServer = FuzzTarget(
    "FuzzCPNPServer", CPNPProtocol.definition,
    Properties<CPNPServerMessage>(direction: "serverMessage", of: CPNPProtocol.definition),
    parts: [
      MessageHeader.self, DocumentAttribute.self, CapacityClause.self, ConformanceTrafficClause.self,
      RoutingAndForwardingClause.self, NotificationsClause.self, NegotiationOptionsInformation.self, Quantity.self,
    ]
  ) { try cpnpSeeds(from: "serverMessage") }

  private static func cpnpSeeds(from sender: String) throws -> [[UInt8]] {
    let tested = VectorProtocol(CPNPProtocol.definition, CPNPClientMessage.self, CPNPServerMessage.self, directionsOverlap: true)
    let cases = try tested.cases(["cpnp.txt", "cpnp-documents.txt", "cpnp-invalid.txt"])
    return cases.filter { $0.direction == sender }.map(\.vector.octets)
  }
}
