import Machine
import PCPWire
import Wire

extension ServerConfiguration {
  /// What whoever runs a server may set, by the names of the properties.
  public enum Setting: String, Sendable, Hashable, CaseIterable {
    case externalAddresses, externalPorts, externalPortsByAddress, pairsAddresses, unmappedUDPPorts, unmappedTCPPorts
    case protocols, mapsAllPorts, mapsAllProtocols, isNAT64, reuseDelay, staticMappings
    case minimumLifetime, maximumLifetime, longErrorLifetime, shortErrorLifetime
    case speaksNATPMP, servedClients, servingAddresses, thirdPartyClients, thirdPartyIDs, accessRules, rateLimit
    case mappingsPerHost, mappings, portsPerSet, waitingRequests, filtersPerMapping, descriptionSize
    case prefix64, announcementCount, firstAnnouncementInterval, announcementTargets, updateIntervals, noticesPerSecond
  }

  /// Something that a configuration cannot be.
  public struct Fault: Sendable, Hashable, CustomStringConvertible {
    /// What does not go together, or cannot be by itself.
    public var settings: [Setting]
    /// Which one of several, from 0 on; nil where it is not one of several.
    public var index: Int?
    /// One line for whoever runs the server.
    public var description: String

    init(_ description: String, in settings: Setting..., at index: Int? = nil) {
      self.settings = settings
      self.index = index
      self.description = description
    }
  }

  /// What is wrong with the configuration; empty when nothing is.
  public var faults: [Fault] {
    limitFaults + addressFaults + staticMappings.indices.compactMap { staticFault($0) }
      + prefix64.indices.compactMap { prefixFault($0) }
  }

  private var limitFaults: [Fault] {
    var faults: [Fault] = []
    if minimumLifetime > maximumLifetime {
      faults.append(Fault("the shortest lifetime is longer than the longest", in: .minimumLifetime, .maximumLifetime))
    }
    if minimumLifetime == 0 { faults.append(Fault("the shortest lifetime is 0, which means deletion", in: .minimumLifetime)) }
    if filtersPerMapping < 1 { faults.append(Fault("a mapping must be allowed at least one filter", in: .filtersPerMapping)) }
    if descriptionSize < 128 {
      faults.append(Fault("descriptions must be kept up to 128 octets at least", in: .descriptionSize))
    }
    if portsPerSet < 1 { faults.append(Fault("a set of ports must be allowed at least one", in: .portsPerSet)) }
    if noticesPerSecond < 1 { faults.append(Fault("at least one notice a second must be allowed", in: .noticesPerSecond)) }
    if !unmappedUDPPorts.isSuperset(of: [PCPPorts.client, PCPPorts.server]) {
      faults.append(
        Fault("the UDP ports \(PCPPorts.client) and \(PCPPorts.server) must not be mapped", in: .unmappedUDPPorts))
    }
    if let rateLimit, rateLimit.burst < 1 || rateLimit.perSecond < 1 || rateLimit.sources < 1 {
      faults.append(Fault("a limit of 0 requests leaves nobody served", in: .rateLimit))
    }
    if thirdPartyIDs.contains(where: \.isEmpty) {
      faults.append(Fault("an identifier of a third party must have an octet", in: .thirdPartyIDs))
    }
    return faults
  }

  private var addressFaults: [Fault] {
    var faults: [Fault] = []
    if externalPorts.lowerBound == 0 { faults.append(Fault("0 is no external port", in: .externalPorts)) }
    if externalPortsByAddress.values.contains(where: { $0.lowerBound == 0 }) {
      faults.append(Fault("0 is no external port", in: .externalPortsByAddress))
    }
    for (index, address) in externalAddresses.enumerated() where address.isUnspecified || address.isMulticast {
      faults.append(Fault("\(address.plainText) cannot be an external address", in: .externalAddresses, at: index))
    }
    for address in externalPortsByAddress.keys.map(\.plainText).sorted()
    where !externalAddresses.contains(where: { $0.plainText == address }) {
      let text = "\(address) has a range of ports, and is no external address"
      faults.append(Fault(text, in: .externalPortsByAddress, .externalAddresses))
    }
    for (index, address) in externalAddresses.enumerated() where externalAddresses[..<index].contains(address) {
      faults.append(Fault("the external address \(address.plainText) is given twice", in: .externalAddresses, at: index))
    }
    return faults
  }

  private func staticFault(_ index: Int) -> Fault? {
    let mapping = staticMappings[index]
    let ends = "the static mapping of \(PeerAddress(mapping.inner.address, port: mapping.inner.port))"
    let last = Int(max(mapping.inner.port, mapping.outer.port)) + Int(mapping.portCount) - 1
    let text: String
    if mapping.inner.protocol != mapping.outer.protocol {
      text = "\(ends) changes the protocol"
    } else if (mapping.inner.port == 0) != (mapping.outer.port == 0) {
      text = "\(ends) has all ports at one end only"
    } else if mapping.inner.protocol == .any && mapping.inner.port != 0 {
      text = "\(ends) has one port of all protocols"
    } else if mapping.portCount < 1 || last > Int(UInt16.max) || (mapping.inner.port == 0 && mapping.portCount != 1) {
      text = "\(ends) has \(mapping.portCount) ports, which there are not"
    } else {
      return nil
    }
    return Fault(text, in: .staticMappings, at: index)
  }

  /// What is wrong with a prefix of the NAT64: it is none (RFC 7225 section 4.1), or cannot be told to anybody.
  private func prefixFault(_ index: Int) -> Fault? {
    do throws(WireError) {
      _ = try prefix64[index].encoded()
    } catch {
      return Fault("prefix \(index + 1) of the NAT64 is none: \(error)", in: .prefix64, at: index)
    }
    var answer = AnnounceResponse(lifetime: 0, epochTime: 0)
    answer.options.prefix64 = [prefix64[index]]
    let size = answer.encodedSize
    if size <= MessageFacts.maximumSize { return nil }
    return Fault(
      "prefix \(index + 1) of the NAT64 makes an answer of \(size) octets; \(MessageFacts.maximumSize) are the most",
      in: .prefix64, at: index)
  }
}
