import CUSPWire
import VectorSupport
import Wire

extension FuzzTarget {
  /// Everything that a CP sends to a UP.
  public static let cuspControlPlane = FuzzTarget(
    "FuzzCUSPControlPlane", CUSPProtocol.definition,
    Properties<CUSPControlPlane>(direction: "controlPlane", of: CUSPProtocol.definition),
    parts: [
      CommonHeader.self, UserBasicObjective.self, UserPPPObjective.self, AccessInterfaceObjective.self, UserIPv4Objective.self,
      UserIPv6Objective.self, UserQoSObjective.self, RouteIPv4Objective.self, RouteIPv6Objective.self, StaticUserObjective.self,
      HelloControl.self, StatisticsControl.self,
    ]
  ) { try cuspSeeds(from: "controlPlane") }

  /// Everything that a UP sends to its CP.
  public static let cuspUserPlane = FuzzTarget(
    "FuzzCUSPUserPlane", CUSPProtocol.definition,
    Properties<CUSPUserPlane>(direction: "userPlane", of: CUSPProtocol.definition),
    parts: [
      FrameHeader.self, UserTrafficEvent.self, UserDetectResultEvent.self, InterfaceResource.self, SlotResource.self,
      StatisticsControl.self,
    ]
  ) { try cuspSeeds(from: "userPlane") }

  private static func cuspSeeds(from sender: String) throws -> [[UInt8]] {
    let tested = VectorProtocol(CUSPProtocol.definition, CUSPControlPlane.self, CUSPUserPlane.self, directionsOverlap: true)
    let cases = try tested.cases(["cusp-messages.txt", "cusp-elements.txt", "cusp-invalid.txt"])
    return cases.filter { $0.direction == sender }.map(\.vector.octets)
  }
}
