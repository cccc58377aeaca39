import PCPWire
import Wire

/// A message whose view has its members one by one, to be held against the value's.
protocol ViewComparable: WireBody {
  /// The first member that reads otherwise in the view.
  func difference(from view: borrowing Borrowed<Self>) throws(WireError) -> String?
}

extension ViewComparable {
  /// The first member that reads otherwise in a view of the octets.
  func differenceFromView(of octets: RawSpan) throws(WireError) -> String? {
    try difference(from: Borrowed<Self>(octets))
  }
}

extension MapRequest: ViewComparable {
  func difference(from view: borrowing Borrowed<Self>) throws(WireError) -> String? {
    if view.requestedLifetime != requestedLifetime { return "requestedLifetime" }
    if view.clientAddress != clientAddress { return "clientAddress" }
    if view.nonce != nonce { return "nonce" }
    if view.protocol != self.protocol { return "protocol" }
    if view.internalPort != internalPort { return "internalPort" }
    if view.suggestedExternalPort != suggestedExternalPort { return "suggestedExternalPort" }
    if view.suggestedExternalAddress != suggestedExternalAddress { return "suggestedExternalAddress" }
    return try optionsDifference(from: view)
  }

  private func optionsDifference(from view: borrowing Borrowed<Self>) throws(WireError) -> String? {
    if try view.withThirdParty(ThirdPartyOption.init) != options.thirdParty { return "thirdParty" }
    if try view.withPreferFailure(PreferFailureOption.init) != options.preferFailure { return "preferFailure" }
    if try view.withThirdPartyID(ThirdPartyIDOption.init) != options.thirdPartyID { return "thirdPartyID" }
    if try view.withPrefix64(Prefix64Option.init) != options.prefix64 { return "prefix64" }
    if try view.withPortSet(PortSetOption.init) != options.portSet { return "portSet" }
    var filters: [FilterOption] = []
    try view.forEachFilter { (filter) throws(WireError) in filters.append(try FilterOption(filter)) }
    return filters == options.filter ? nil : "filter"
  }
}

extension PeerRequest: ViewComparable {
  func difference(from view: borrowing Borrowed<Self>) throws(WireError) -> String? {
    if view.requestedLifetime != requestedLifetime { return "requestedLifetime" }
    if view.clientAddress != clientAddress { return "clientAddress" }
    if view.nonce != nonce { return "nonce" }
    if view.internalPort != internalPort { return "internalPort" }
    if view.remotePeerPort != remotePeerPort { return "remotePeerPort" }
    if view.remotePeerAddress != remotePeerAddress { return "remotePeerAddress" }
    if try view.withThirdParty(ThirdPartyOption.init) != options.thirdParty { return "thirdParty" }
    return nil
  }
}

extension MapResponse: ViewComparable {
  func difference(from view: borrowing Borrowed<Self>) throws(WireError) -> String? {
    if view.lifetime != lifetime { return "lifetime" }
    if view.epochTime != epochTime { return "epochTime" }
    if view.nonce != nonce { return "nonce" }
    if view.assignedExternalPort != assignedExternalPort { return "assignedExternalPort" }
    if view.assignedExternalAddress != assignedExternalAddress { return "assignedExternalAddress" }
    if try view.withPortSet(PortSetOption.init) != options.portSet { return "portSet" }
    var prefixes: [Prefix64Option] = []
    try view.forEachPrefix64 { (prefix) throws(WireError) in prefixes.append(try Prefix64Option(prefix)) }
    return prefixes == options.prefix64 ? nil : "prefix64"
  }
}

extension MapErrorResponse: ViewComparable {
  func difference(from view: borrowing Borrowed<Self>) throws(WireError) -> String? {
    if view.resultCode != resultCode { return "resultCode" }
    if view.lifetime != lifetime { return "lifetime" }
    if view.clientAddressTail != clientAddressTail { return "clientAddressTail" }
    if try view.withMapping(MapData.init) != mapping { return "mapping" }
    let copied = view.withCopied { octets in octets.array(0, count: octets.byteCount) }
    return copied == self.copied ? nil : "copied"
  }
}
