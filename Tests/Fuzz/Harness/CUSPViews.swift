import CUSPWire
import Wire

extension UpdateObjective: ViewComparable {
  func difference(from view: borrowing Borrowed<Self>) throws(WireError) -> String? {
    if view.asksForACK != asksForACK { return "asksForACK" }
    if view.transactionID != transactionID { return "transactionID" }
    var read = Objectives()
    try view.forEachAccessInterface { (element) throws(WireError) in
      read.accessInterface.append(try AccessInterfaceObjective(element))
    }
    try view.forEachStaticUser { (element) throws(WireError) in read.staticUser.append(try StaticUserObjective(element)) }
    try view.forEachUserBasic { (element) throws(WireError) in read.userBasic.append(try UserBasicObjective(element)) }
    try view.forEachUserIPv4 { (element) throws(WireError) in read.userIPv4.append(try UserIPv4Objective(element)) }
    try view.forEachUserIPv6 { (element) throws(WireError) in read.userIPv6.append(try UserIPv6Objective(element)) }
    try view.forEachRouteIPv4 { (element) throws(WireError) in read.routeIPv4.append(try RouteIPv4Objective(element)) }
    try view.forEachRouteIPv6 { (element) throws(WireError) in read.routeIPv6.append(try RouteIPv6Objective(element)) }
    try view.forEachUserPPP { (element) throws(WireError) in read.userPPP.append(try UserPPPObjective(element)) }
    try view.forEachUserQoS { (element) throws(WireError) in read.userQoS.append(try UserQoSObjective(element)) }
    // The order among kinds is the value's alone.
    read.order = objectives.order
    return read == objectives ? nil : "objectives"
  }
}

extension SourceReport: ViewComparable {
  func difference(from view: borrowing Borrowed<Self>) throws(WireError) -> String? {
    if view.asksForACK != asksForACK { return "asksForACK" }
    if view.transactionID != transactionID { return "transactionID" }
    var read = Resources()
    try view.forEachSlot { (element) throws(WireError) in read.slot.append(try SlotResource(element)) }
    try view.forEachInterface { (element) throws(WireError) in read.interface.append(try InterfaceResource(element)) }
    read.order = resources.order
    return read == resources ? nil : "resources"
  }
}

extension EventReport: ViewComparable {
  func difference(from view: borrowing Borrowed<Self>) throws(WireError) -> String? {
    if view.asksForACK != asksForACK { return "asksForACK" }
    if view.transactionID != transactionID { return "transactionID" }
    var read = Events()
    try view.forEachUserTraffic { (element) throws(WireError) in read.userTraffic.append(try UserTrafficEvent(element)) }
    try view.forEachUserDetectResult { (element) throws(WireError) in
      read.userDetectResult.append(try UserDetectResultEvent(element))
    }
    read.order = events.order
    return read == events ? nil : "events"
  }
}

extension StatisticsData: ViewComparable {
  func difference(from view: borrowing Borrowed<Self>) throws(WireError) -> String? {
    if view.asksForACK != asksForACK { return "asksForACK" }
    if view.transactionID != transactionID { return "transactionID" }
    if try view.withStatistics(StatisticsControl.init) != controls.statistics { return "statistics" }
    if view.reportsKind != reports.kind { return "reportsKind" }
    switch reports {
    case .objective(let value):
      return try view.withReportsObjective(StatisticsDataReportsObjective.init) == value ? nil : "reports.objective"
    case .sourceReport(let value):
      return try view.withReportsSourceReport(StatisticsDataReportsSourceReport.init) == value ? nil : "reports.sourceReport"
    case .eventReport(let value):
      return try view.withReportsEventReport(StatisticsDataReportsEventReport.init) == value ? nil : "reports.eventReport"
    }
  }
}
