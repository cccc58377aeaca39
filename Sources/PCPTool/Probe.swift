import Machine
import PCP
import PCPWire
import Wire

/// An answer to a question of a probe.
enum ProbeAnswer: Sendable, Hashable {
  case octets([UInt8], after: Duration)
  /// The host says that nothing listens there.
  case unreachable
  case none
}

/// Whoever carries questions to a server and answers back.
protocol ProbeCarrier: Sendable {
  /// Sends octets until something comes back that is an answer to them.
  func ask(_ request: [UInt8], isAnswer: @escaping @Sendable ([UInt8]) -> Bool) async -> ProbeAnswer
}

/// Finds out what a gateway offers, without making a mapping.
struct Probe<Carrier: ProbeCarrier> {
  private let carrier: Carrier
  private let path: ServerPath
  /// Of a mapping that nobody has: the port of a service that throws everything away.
  private let discardPort: UInt16 = 9

  init(_ carrier: Carrier, _ path: ServerPath) {
    self.carrier = carrier
    self.path = path
  }

  private var client: IPv6Address { path.client }

  func run() async -> ProbeFindings {
    var findings = ProbeFindings(server: "\(path.server)")
    findings.pcp = await askPCP()
    if client.mapped != nil { findings.natPMP = await askNATPMP() }
    if findings.pcp.isSpoken {
      findings.operations = await askOperations()
      findings.options = await askOptions()
      findings.prefix64 = await askPrefixes()
    }
    return findings
  }
}

/// Versions.
extension Probe {
  private func askPCP() async -> ProbeFindings.Version {
    guard let request = try? AnnounceRequest(requestedLifetime: 0, clientAddress: client).encoded() else { return .init() }
    switch await carrier.ask(request, isAnswer: { $0.count >= 4 }) {
    case .unreachable: return ProbeFindings.Version(fault: "nothing listens there")
    case .none: return ProbeFindings.Version(fault: "no answer")
    case .octets(let octets, let duration):
      guard let header = try? ResponseHeader(decodingPrefix: octets) else {
        return ProbeFindings.Version(fault: "answered in version \(octets[0])")
      }
      var found = ProbeFindings.Version(isSpoken: true, epochTime: header.epochTime, milliseconds: duration / .milliseconds(1))
      // A server without ANNOUNCE is a server of this version all the same.
      if header.resultCode != .success { found.fault = "ANNOUNCE is answered by \(header.resultCode)" }
      return found
    }
  }

  private func askNATPMP() async -> ProbeFindings.Version {
    guard let request = try? ExternalAddressRequest().encoded() else { return .init() }
    switch await carrier.ask(request, isAnswer: { $0.count >= 4 }) {
    case .unreachable: return ProbeFindings.Version(fault: "nothing listens there")
    case .none: return ProbeFindings.Version(fault: "no answer")
    case .octets(let octets, let duration):
      guard case .externalAddress(let response)? = try? NATPMPResponse(decoding: octets) else {
        return ProbeFindings.Version(fault: "answered in version \(octets[0])")
      }
      var found = ProbeFindings.Version(isSpoken: true, epochTime: response.epochTime, milliseconds: duration / .milliseconds(1))
      if response.resultCode == .success {
        found.externalAddress = "\(response.externalAddress)"
      } else {
        found.fault = "the external address is answered by \(response.resultCode)"
      }
      return found
    }
  }
}

/// Operations and options of PCP.
extension Probe {
  /// The result of a request; nil without an answer.
  private func result(of request: [UInt8]?) async -> ResultCode? {
    guard let request, request.count > 1 else { return nil }
    let answer = await carrier.ask(request) { octets in
      // Answers carry the opcode of their request.
      guard let header = try? ResponseHeader(decodingPrefix: octets) else { return false }
      return header.opcode.rawValue == request[1]
    }
    guard case .octets(let octets, _) = answer else { return nil }
    return (try? ResponseHeader(decodingPrefix: octets))?.resultCode
  }

  private func deletion(_ options: MapRequest.Options = MapRequest.Options()) -> [UInt8]? {
    var random = SystemRandomNumberGenerator()
    let nonce = MappingNonce((0..<12).map { _ in UInt8.random(in: 0...255, using: &random) }) ?? MappingNonce()
    return try? MapRequest(
      requestedLifetime: 0, clientAddress: client, nonce: nonce, protocol: .udp, internalPort: discardPort,
      suggestedExternalPort: 0, suggestedExternalAddress: client.unspecifiedOfFamily, options: options
    ).encoded(unchecked: ())
  }

  private func askOperations() async -> [ProbeFindings.Feature] {
    // Protocol 0 is wrong in PEER (RFC 6887 section 12.1), which only a server that knows PEER sees.
    let peer = try? PeerRequest(
      requestedLifetime: 0, clientAddress: client, nonce: MappingNonce(repeating: 1), protocol: .any,
      internalPort: discardPort, suggestedExternalPort: 0, suggestedExternalAddress: client.unspecifiedOfFamily,
      remotePeerPort: discardPort, remotePeerAddress: client
    ).encoded(unchecked: ())
    let announce = try? AnnounceRequest(requestedLifetime: 0, clientAddress: client).encoded()
    // An operation of RFC 7652, with data of nothing but zeros.
    let authentication = (try? RequestHeader(opcode: .authentication, requestedLifetime: 0, clientAddress: client).encoded())
      .map { $0 + [UInt8](repeating: 0, count: 8) }
    var found: [ProbeFindings.Feature] = []
    for (name, request) in [("ANNOUNCE", announce), ("MAP", deletion()), ("PEER", peer), ("AUTHENTICATION", authentication)] {
      let result = await result(of: request)
      let isTaken: Bool? =
        switch result {
        case .unsuppOpcode: false
        case nil: nil
        default: true
        }
      found.append(ProbeFindings.Feature(name: name, isTaken: isTaken, result: result))
    }
    return found
  }

  private func askOptions() async -> [ProbeFindings.Feature] {
    // Each is wrong in a request to delete, or about the host itself (RFC 6887 sections 11.3, 13.1): who knows it says that, and who
    // does not know it says that it does not.
    let cases: [(String, MapRequest.Options)] = [
      ("THIRD_PARTY", MapRequest.Options(thirdParty: ThirdPartyOption(address: client))),
      ("PREFER_FAILURE", MapRequest.Options(preferFailure: PreferFailureOption())),
      (
        "FILTER",
        MapRequest.Options(filter: [FilterOption(prefixLength: 128, remotePeerPort: 0, remotePeerAddress: client)])
      ),
    ]
    var found: [ProbeFindings.Feature] = []
    for (name, options) in cases {
      let result = await result(of: deletion(options))
      let isTaken: Bool? =
        switch result {
        case .unsuppOption: false
        case .malformedOption, .malformedRequest: true
        // It was passed over, against RFC 6887 section 7.3, or refused for a reason of its own.
        default: nil
        }
      found.append(ProbeFindings.Feature(name: name, isTaken: isTaken, result: result))
    }
    return found
  }

  /// The prefixes of a NAT64 (RFC 7225 section 4).
  private func askPrefixes() async -> [String] {
    var request = AnnounceRequest(requestedLifetime: 0, clientAddress: client)
    request.options.prefix64 = Prefix64Option(prefix: [UInt8](repeating: 0, count: 12), suffix: [])
    guard let octets = try? request.encoded() else { return [] }
    let answer = await carrier.ask(octets) { (try? PCPResponse(decoding: $0)) != nil }
    guard case .octets(let response, _) = answer, case .announce(let announce)? = try? PCPResponse(decoding: response) else {
      return []
    }
    // There are servers that send back what they were asked with, which is no prefix (RFC 7225 section 4.1).
    return announce.options.prefix64.filter { $0.prefix.contains { $0 != 0 } }.compactMap { option in
      IPv6Address(octets: option.prefix + [UInt8](repeating: 0, count: max(0, 16 - option.prefix.count)))
        .map { "\($0)/\(option.prefix.count * 8)" }
    }
  }
}
