import Machine
import PCPWire
import Wire

extension ServerConfiguration {
  /// What is wrong with the configuration; empty when nothing is.
  public var faults: [String] {
    limitFaults + addressFaults + staticMappings.compactMap { fault(in: $0) } + prefix64.indices.compactMap { prefixFault($0) }
  }

  private var limitFaults: [String] {
    var faults: [String] = []
    if minimumLifetime > maximumLifetime { faults.append("the shortest lifetime is longer than the longest") }
    if minimumLifetime == 0 { faults.append("the shortest lifetime is 0, which means deletion") }
    if filtersPerMapping < 1 { faults.append("a mapping must be allowed at least one filter") }
    if descriptionSize < 128 { faults.append("descriptions must be kept up to 128 octets at least") }
    if portsPerSet < 1 { faults.append("a set of ports must be allowed at least one") }
    if noticesPerSecond < 1 { faults.append("at least one notice a second must be allowed") }
    if !unmappedUDPPorts.isSuperset(of: [PCPPorts.client, PCPPorts.server]) {
      faults.append("the UDP ports \(PCPPorts.client) and \(PCPPorts.server) must not be mapped")
    }
    if let rateLimit, rateLimit.burst < 1 || rateLimit.perSecond < 1 || rateLimit.sources < 1 {
      faults.append("a limit of 0 requests leaves nobody served")
    }
    if thirdPartyIDs.contains(where: \.isEmpty) { faults.append("an identifier of a third party must have an octet") }
    return faults
  }

  private var addressFaults: [String] {
    var faults: [String] = []
    if ([externalPorts] + externalPortsByAddress.values).contains(where: { $0.lowerBound == 0 }) {
      faults.append("0 is no external port")
    }
    for address in externalAddresses where address.isUnspecified || address.isMulticast {
      faults.append("\(address.plainText) cannot be an external address")
    }
    for address in externalPortsByAddress.keys.map(\.plainText).sorted()
    where !externalAddresses.contains(where: { $0.plainText == address }) {
      faults.append("\(address) has a range of ports, and is no external address")
    }
    if Set(externalAddresses).count < externalAddresses.count { faults.append("an external address is given twice") }
    return faults
  }

  private func fault(in mapping: StaticMapping) -> String? {
    let ends = "the static mapping of \(PeerAddress(mapping.inner.address, port: mapping.inner.port))"
    if mapping.inner.protocol != mapping.outer.protocol { return "\(ends) changes the protocol" }
    if (mapping.inner.port == 0) != (mapping.outer.port == 0) { return "\(ends) has all ports at one end only" }
    if mapping.inner.protocol == .any && mapping.inner.port != 0 { return "\(ends) has one port of all protocols" }
    let last = Int(max(mapping.inner.port, mapping.outer.port)) + Int(mapping.portCount) - 1
    if mapping.portCount < 1 || last > Int(UInt16.max) || (mapping.inner.port == 0 && mapping.portCount != 1) {
      return "\(ends) has \(mapping.portCount) ports, which there are not"
    }
    return nil
  }

  /// What is wrong with a prefix of the NAT64: it is none (RFC 7225 section 4.1), or cannot be told to anybody.
  private func prefixFault(_ index: Int) -> String? {
    do throws(WireError) {
      _ = try prefix64[index].encoded()
    } catch {
      return "prefix \(index + 1) of the NAT64 is none: \(error)"
    }
    var answer = AnnounceResponse(lifetime: 0, epochTime: 0)
    answer.options.prefix64 = [prefix64[index]]
    let size = answer.encodedSize
    if size <= MessageFacts.maximumSize { return nil }
    return "prefix \(index + 1) of the NAT64 makes an answer of \(size) octets; \(MessageFacts.maximumSize) are the most"
  }
}
