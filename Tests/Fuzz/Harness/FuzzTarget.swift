import Foundation
import PCPWire
import VectorSupport
import Wire
import WireText

/// What one fuzz target decodes, and where it starts.
public struct FuzzTarget: Sendable {
  /// The executable's name, and that of its folder under Regressions.
  public let name: String
  /// Octets to start from: the vectors.
  public let seeds: @Sendable () throws -> [[UInt8]]
  private let definition: WireDefinition
  private let properties: [Check]
  /// Parts of messages, which an input is taken for by its size.
  private let parts: [Check]

  private typealias Check = @Sendable (_ octets: [UInt8], _ isThorough: Bool) throws(PropertyFailure) -> Void

  /// Everything that a client sends to a server of PCP.
  public static let pcpRequest = FuzzTarget(
    "FuzzPCPRequest", MapRequest.definition, Properties<PCPRequest>(direction: "request", of: MapRequest.definition),
    parts: [
      PacketStart.self, RequestHeader.self, MapData.self, PeerData.self, ThirdPartyOption.self,
      PreferFailureOption.self, FilterOption.self, ThirdPartyIDOption.self, DescriptionOption.self,
      Prefix64Option.self, PortSetOption.self, IPv4PrefixList.self,
    ]
  ) { try pcpSeeds(from: .client) }

  /// Everything that a server of PCP sends.
  public static let pcpResponse = FuzzTarget(
    "FuzzPCPResponse", MapRequest.definition, Properties<PCPResponse>(direction: "response", of: MapRequest.definition),
    parts: [ResponseHeader.self, MapAnswer.self, PeerAnswer.self, Prefix64Option.self, IPv4PrefixList.self]
  ) { try pcpSeeds(from: .server) }

  /// NAT-PMP, both ways.
  public static let natpmp = FuzzTarget(
    "FuzzNATPMP", MapUDPRequest.definition,
    Properties<NATPMPRequest>(direction: "request", of: MapUDPRequest.definition),
    Properties<NATPMPResponse>(direction: "response", of: MapUDPRequest.definition),
    parts: [NATPMPRequestHeader.self, NATPMPResponseHeader.self, NATPMPMapping.self, NATPMPMapped.self]
  ) { try Vector.read("natpmp.txt").map(\.octets) }

  public static let all = [pcpRequest, pcpResponse, natpmp, cuspControlPlane, cuspUserPlane, cpnpClient, cpnpServer]
}

extension FuzzTarget {
  init<each Value>(
    _ name: String, _ definition: WireDefinition, _ properties: repeat Properties<each Value>,
    parts: [any WireBody.Type], seeds: @escaping @Sendable () throws -> [[UInt8]]
  ) {
    self.name = name
    self.definition = definition
    self.seeds = seeds
    var checks: [Check] = []
    for property in repeat each properties { checks.append(property.check) }
    self.properties = checks
    self.parts = parts.map { FuzzTarget.check(of: $0) }
  }

  private static func check<Body: WireBody>(of type: Body.Type) -> Check { Properties(body: type).check }

  private static func pcpSeeds(from sender: CapturedMessage.Sender) throws -> [[UInt8]] {
    let files = ["pcp-flow-examples.txt", "pcp-options.txt", "pcp-invalid.txt"]
    return try files.flatMap { try Vector.read($0) }.map(\.captured).filter { $0.sender == sender }.map(\.octets)
  }

  /// Checks every property of octets.
  ///
  /// - Parameter isThorough: whether the interpreter and the text forms are asked too; nil for one input in sixteen,
  ///   always the same ones.
  /// - Throws: the first property that octets have not.
  public func check(_ octets: [UInt8], isThorough: Bool? = nil) throws(PropertyFailure) {
    let isThorough = isThorough ?? (octets.reduce(0) { ($0 ^ UInt32($1)) &* 0x0100_0193 } & 15 == 0)
    for property in properties { try property(octets, isThorough) }
    try parts[octets.count % parts.count](octets, isThorough)
  }

  /// Words that the protocol is made of, in libFuzzer's form.
  public var dictionary: String { WireTextProtocol.of(definition).definition.fuzzDictionary }

  /// The inputs that ever failed, with their names.
  public func regressions() throws -> [(name: String, octets: [UInt8])] {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Regressions").appendingPathComponent(name)
    guard FileManager.default.fileExists(atPath: folder.path) else { return [] }
    return try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
      .sorted { $0.path < $1.path }
      .map { ($0.lastPathComponent, [UInt8](try Data(contentsOf: $0))) }
  }
}
