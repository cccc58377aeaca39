import Machine
import PCPWire
import Wire

/// A NAT-PMP request as the machine understands it, and the machine's answers as NAT-PMP has them (RFC 6886).
struct NATPMPTranslation: Sendable, Hashable {
  var request: NATPMPRequest

  /// What the machine is asked: the external address is asked for as if for a sign of life, since no state is in the answer.
  func pcpRequest(from client: IPv6Address) -> PCPRequest {
    switch request {
    case .externalAddress: .announce(AnnounceRequest(requestedLifetime: 0, clientAddress: client))
    case .mapUDP(let map): mapping(.udp, map.internalPort, map.suggestedExternalPort, map.requestedLifetime, from: client)
    case .mapTCP(let map): mapping(.tcp, map.internalPort, map.suggestedExternalPort, map.requestedLifetime, from: client)
    }
  }

  private func mapping(
    _ transport: TransportProtocol, _ port: UInt16, _ suggested: UInt16, _ lifetime: UInt32, from client: IPv6Address
  ) -> PCPRequest {
    .map(
      MapRequest(
        requestedLifetime: lifetime, clientAddress: client, nonce: MappingNonce(), protocol: transport, internalPort: port,
        suggestedExternalPort: suggested, suggestedExternalAddress: .unspecifiedIPv4))
  }

  /// The answer to a request that was granted; nil for what is no answer to it.
  ///
  /// - Parameter address: the external address; nil when there is none.
  func response(_ granted: PCPResponse, _ address: IPv4Address?) -> NATPMPResponse? {
    switch (request, granted) {
    case (.externalAddress, .announce(let granted)):
      return NATPMPTranslation.externalAddress(address, epochTime: granted.epochTime)
    case (.mapUDP(let map), .map(let granted)): return mapped(granted, askedFor: map.requestedLifetime)
    case (.mapTCP(let map), .map(let granted)): return mapped(granted, askedFor: map.requestedLifetime)
    case (.externalAddress, _), (.mapUDP, _), (.mapTCP, _): return nil
    }
  }

  /// No mapping is promised for longer than was asked for; of one that is deleted no port is named (sections 3.3 and 3.4).
  private func mapped(_ granted: MapResponse, askedFor seconds: UInt32) -> NATPMPResponse {
    let lifetime = min(granted.lifetime, seconds)
    return answer(.success, granted.epochTime, externalPort: lifetime == 0 ? 0 : granted.assignedExternalPort, lifetime)
  }

  /// The answer to a request that was refused (section 3.5).
  func refusal(_ code: NATPMPResultCode, epochTime: UInt32) -> NATPMPResponse {
    answer(code, epochTime, externalPort: 0, 0)
  }

  private func answer(
    _ code: NATPMPResultCode, _ epochTime: UInt32, externalPort: UInt16, _ lifetime: UInt32
  ) -> NATPMPResponse {
    switch request {
    case .externalAddress:
      .externalAddress(ExternalAddressResponse(resultCode: code, epochTime: epochTime, externalAddress: IPv4Address(0)))
    case .mapUDP(let map):
      .mapUDP(
        MapUDPResponse(
          resultCode: code, epochTime: epochTime, internalPort: map.internalPort, mappedExternalPort: externalPort,
          lifetime: lifetime))
    case .mapTCP(let map):
      .mapTCP(
        MapTCPResponse(
          resultCode: code, epochTime: epochTime, internalPort: map.internalPort, mappedExternalPort: externalPort,
          lifetime: lifetime))
    }
  }

  /// The external address, asked for or not (section 3.2).
  static func externalAddress(_ address: IPv4Address?, epochTime: UInt32) -> NATPMPResponse {
    .externalAddress(
      ExternalAddressResponse(
        resultCode: address == nil ? .networkFailure : .success, epochTime: epochTime,
        externalAddress: address ?? IPv4Address(0)))
  }

  /// A request for an operation that there is not, as it is returned: whole, with the header of answers (section 3.5).
  static func unsupported(_ operation: NATPMPOperation, _ octets: [UInt8], epochTime: UInt32) -> [UInt8]? {
    let header = NATPMPResponseHeader(
      isResponse: true, operation: operation, resultCode: .unsupportedOpcode, epochTime: epochTime)
    return (try? header.encoded()).map { $0 + octets.prefix(MessageFacts.maximumSize).dropFirst($0.count) }
  }
}

extension ResultCode {
  /// The code that NAT-PMP has for the same (RFC 6886 section 3.5): what it has none for is refused.
  var natPMP: NATPMPResultCode {
    switch known {
    case .success: .success
    case .unsuppVersion: .unsupportedVersion
    case .unsuppOpcode: .unsupportedOpcode
    case .networkFailure: .networkFailure
    case .noResources, .userExQuota, .cannotProvideExternal: .outOfResources
    default: .notAuthorized
    }
  }
}

/// NAT-PMP at the endpoint.
extension ServerEndpoint {
  mutating func receiveNATPMP(
    _ octets: [UInt8], from peer: PeerAddress, to local: IPv6Address?, isOverloaded: Bool, at now: Instant
  ) -> [Effect] {
    // What is sent to the outer address has come in from outside, or means to (section 3.3).
    if let local, configuration.externalAddresses.contains(local) { return drop(peer, .wrongInterface) }
    switch NATPMPReception(octets, isOverloaded: isOverloaded) {
    case .drop(let reason): return drop(peer, reason)
    case .refuse(let operation):
      let answer = NATPMPTranslation.unsupported(operation, octets, epochTime: epochTime(at: now))
      let refusal = Refusal(.unsuppOpcode, lifetime: 0)
      counts.refused[.unsuppOpcode, default: 0] += 1
      let datagrams = [answer].compactMap(\.self).map { Effect.transmit(Datagram($0, to: peer, from: local)) }
      return datagrams + [.report(.refused(peer, refusal))]
    case .accept(let request):
      let translation = NATPMPTranslation(request: request)
      let datagram = Pending(octets: octets, peer: peer, local: local, natPMP: translation)
      return accept(translation.pcpRequest(from: peer.address), datagram, at: now)
    }
  }

  func respondNATPMP(_ request: Pending, _ translation: NATPMPTranslation, _ granted: PCPResponse) -> [Effect] {
    let response = translation.response(granted, configuration.natPMPAddress?.mapped)
    guard let octets = try? response?.encoded() else { return [] }
    return [.transmit(Datagram(octets, to: request.peer, from: request.local))]
  }

  /// The external address, told to all hosts of the link as often as PCP announces the server (section 3.2.1); nothing where
  /// there is no address of IPv4 to tell.
  func announceNATPMP(_ announcement: PCPResponse) -> [Effect] {
    guard configuration.speaksNATPMP, case .announce(let announcement) = announcement,
      let address = configuration.natPMPAddress?.mapped,
      let octets = try? NATPMPTranslation.externalAddress(address, epochTime: announcement.epochTime).encoded()
    else { return [] }
    let targets = configuration.announcementTargets.filter { $0.address.mapped != nil }
    return targets.map { .transmit(Datagram(octets, to: $0)) }
  }
}
