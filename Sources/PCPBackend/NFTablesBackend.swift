import Machine
public import PCP
import PCPWire

/// Mappings as elements of the maps and sets of a table of nftables, and the flows they stand for in conntrack.
///
/// One transaction makes a batch. One that fails is halved until what is wrong stands alone, so that the others stand.
public actor NFTablesBackend: MappingBackend {
  /// A step with what it is in the table.
  private struct PlannedStep: Sendable {
    var id: Mapping.ID
    var step: MappingStep
    var old: [RulesetElement]
    var new: [RulesetElement]

    var reversed: PlannedStep {
      PlannedStep(id: id, step: MappingStep(before: step.after, after: step.before), old: new, new: old)
    }
  }

  public nonisolated let name = "nftables"
  private let configuration: NFTablesConfiguration
  private let tables: NFTables
  private let conntrack: Conntrack
  private var installed: [Mapping.ID: Mapping] = [:]
  /// Remote peers that PEER stands for, by the outer end they see.
  private var peers: [ExternalTuple: Set<PeerAddress>] = [:]

  /// - Throws: when a program that it needs is not installed.
  public init(_ configuration: NFTablesConfiguration) throws(BackendFault) { try self.init(configuration, under: []) }

  /// - Parameter runner: a command that runs the programs: in another network namespace, for tests.
  init(_ configuration: NFTablesConfiguration, under runner: [String]) throws(BackendFault) {
    if let fault = configuration.faults.first { throw BackendFault(fault) }
    self.configuration = configuration
    tables = try NFTables(table: configuration.table, under: runner)
    conntrack = try Conntrack(under: runner)
  }

  private var ruleset: Ruleset { Ruleset(configuration: configuration) }

  // MARK: Start and end

  public func reconcile(with mappings: [Mapping]) async throws(BackendFault) -> [Mapping.ID: String] {
    let isThere = try await tables.isTableThere()
    try await conntrack.check()
    let leftovers = isThere ? try await tables.leftovers() : []
    var (steps, failures) = plan(mappings)
    if let complaint = await commit(steps, after: ruleset.creation) {
      if let reason = await commit([], after: ruleset.creation)?.reason {
        throw BackendFault("nft does not make the table \(configuration.table): \(reason)")
      }
      guard !steps.isEmpty else { throw BackendFault(complaint.reason) }
      for (id, complaint) in await commit(steps[...]) { failures[id] = complaint.reason }
      steps.removeAll { failures[$0.id] != nil }
    }
    for step in steps { note(step.step, step.id) }
    try await cutFlows(Self.steps(from: leftovers, to: steps.compactMap(\.step.after)))
    return failures
  }

  /// New mappings, and what cannot be one.
  private func plan(_ mappings: [Mapping]) -> ([PlannedStep], [Mapping.ID: String]) {
    var steps: [PlannedStep] = []
    var failures: [Mapping.ID: String] = [:]
    for mapping in mappings {
      do throws(UnsuitableMapping) {
        let elements = try elements(of: mapping)
        steps.append(PlannedStep(id: mapping.id, step: MappingStep(after: mapping), old: [], new: elements))
      } catch {
        failures[mapping.id] = error.reason
      }
    }
    return (steps, failures)
  }

  /// From what an earlier run left to what is to be.
  private static func steps(from leftovers: [Leftover], to mappings: [Mapping]) -> [MappingStep] {
    var now: [Leftover: Mapping] = [:]
    for mapping in mappings {
      for offset in 0..<(mapping.inner.port == 0 ? 1 : max(mapping.portCount, 1)) {
        var (inner, outer) = (mapping.inner, mapping.outer)
        (inner.port, outer.port) = (inner.port &+ offset, outer.port &+ offset)
        now[Leftover(inner: inner, outer: outer, remote: mapping.remote)] = mapping
      }
    }
    var steps = leftovers.map { leftover in
      let mapping = Mapping(
        id: Mapping.ID(rawValue: 0), kind: leftover.remote.map { .outbound(remote: $0) } ?? .inbound, inner: leftover.inner,
        outer: leftover.outer, nonce: MappingNonce(), requester: PeerAddress(leftover.inner.address, port: 0),
        expiresAt: .origin)
      return MappingStep(before: mapping, after: now[leftover])
    }
    let kept = Set(leftovers.compactMap { now[$0]?.id })
    steps += mappings.filter { !kept.contains($0.id) }.map { MappingStep(after: $0) }
    return steps
  }

  public func removeAll() async throws(BackendFault) {
    do { try await tables.commit(ruleset.removal) } catch { throw BackendFault("the table is not removed: \(error.reason)") }
    let steps = installed.values.map { MappingStep(before: $0) }
    (installed, peers) = ([:], [:])
    try await cutFlows(steps)
  }

  public func repair() async throws(BackendFault) -> Bool {
    if try await tables.isTableThere() { return false }
    if let complaint = await makeAnew() { throw BackendFault("the table is gone, and cannot be made: \(complaint.reason)") }
    return true
  }

  /// Makes the table with all that was in it.
  private func makeAnew() async -> NFTables.Complaint? {
    await commit(plan(Array(installed.values)).0, after: ruleset.creation)
  }

  public func implicitMappings(for lookups: [ImplicitLookup]) async throws(BackendFault) -> [ImplicitMapping?] {
    var found: [InternalTuple: [ImplicitMapping]] = [:]
    for selection in Self.selections(lookups) {
      for flow in try await conntrack.flows(selection) {
        // Over IPv6, where nothing is translated, a flow that an inner host has begun is all there is.
        guard let mapping = flow.implicitMapping(isTranslated: selection.family == .ipv4) else { continue }
        found[mapping.inner, default: []].append(mapping)
      }
    }
    return lookups.map { lookup in found[lookup.inner]?.first(where: lookup.matches) }
  }

  /// What must be listed to answer questions: for a single one no more than it is about.
  private static func selections(_ lookups: [ImplicitLookup]) -> [FlowSelection] {
    let families = AddressFamily.allCases.filter { family in
      lookups.contains { ($0.inner.address.mapped == nil) == (family == .ipv6) }
    }
    guard lookups.count == 1, let lookup = lookups.first else { return families.map { FlowSelection(family: $0) } }
    let source = PeerAddress(lookup.inner.address, port: lookup.inner.port)
    return families.map { FlowSelection(family: $0, protocol: lookup.inner.protocol, originalSource: source) }
  }

  // MARK: Changes

  public func apply(_ changes: [BackendChange]) async -> [BackendOutcome] {
    var failures: [Mapping.ID: BackendOutcome] = [:]
    let steps = plan(changes, &failures)
    for start in stride(from: 0, to: steps.count, by: max(1, configuration.batchSize)) {
      let batch = steps[start..<min(start + max(1, configuration.batchSize), steps.count)]
      await apply(batch, &failures)
    }
    return changes.map { failures[$0.mapping.id] ?? .done }
  }

  /// The steps of a batch: of several changes of one mapping the last counts.
  private func plan(_ changes: [BackendChange], _ failures: inout [Mapping.ID: BackendOutcome]) -> [PlannedStep] {
    var order: [Mapping.ID] = []
    var wanted: [Mapping.ID: Mapping?] = [:]
    for change in changes {
      let id = change.mapping.id
      if wanted[id] == nil { order.append(id) }
      switch change {
      case .install(let mapping): wanted[id] = .some(mapping)
      case .remove: wanted[id] = .some(nil)
      }
    }
    return order.compactMap { id in
      let (before, after) = (installed[id], wanted[id] ?? nil)
      do throws(UnsuitableMapping) {
        let new = try after.map { mapping throws(UnsuitableMapping) in try elements(of: mapping) } ?? []
        let old = before.flatMap { try? elements(of: $0) } ?? []
        return PlannedStep(id: id, step: MappingStep(before: before, after: after), old: old, new: new)
      } catch {
        failures[id] = .failed(.networkFailure, reason: error.reason)
        return nil
      }
    }
  }

  private func elements(of mapping: Mapping) throws(UnsuitableMapping) -> [RulesetElement] {
    try MappingPlan(mapping, hasPinholes: configuration.hasPinholes).elements
  }

  private func apply(_ steps: ArraySlice<PlannedStep>, _ failures: inout [Mapping.ID: BackendOutcome]) async {
    for (id, complaint) in await commit(steps) {
      failures[id] = .failed(complaint.isExhaustion ? .noResources : .networkFailure, reason: complaint.reason)
    }
    let done = steps.filter { failures[$0.id] == nil }
    for step in done { note(step.step, step.id) }
    do throws(BackendFault) {
      try await cutFlows(done.filter { Set($0.old) != Set($0.new) }.map(\.step))
    } catch {
      // A mapping that lets pass what it should not, or not what it should, is half made.
      let back = done.map(\.reversed)
      _ = await commit(back[...])
      for step in back {
        note(step.step, step.id)
        failures[step.id] = .failed(.networkFailure, reason: error.description)
      }
    }
  }

  private func note(_ step: MappingStep, _ id: Mapping.ID) {
    if let before = step.before, let remote = before.remote {
      peers[before.outer]?.remove(remote)
      if peers[before.outer]?.isEmpty == true { peers[before.outer] = nil }
    }
    if let after = step.after, let remote = after.remote { peers[after.outer, default: []].insert(remote) }
    installed[id] = step.after
  }

  private func cutFlows(_ steps: [MappingStep]) async throws(BackendFault) {
    var cuts = FlowCuts(steps, peers: peers)
    for selection in cuts.selections {
      for flow in try await conntrack.flows(selection) { cuts.examine(flow) }
    }
    try await conntrack.delete(cuts.deletions)
  }

  // MARK: Transactions

  /// Makes all steps in one transaction, which makes or leaves all of them.
  private func commit(_ steps: [PlannedStep], after preparation: String) async -> NFTables.Complaint? {
    var script = RulesetScript()
    for step in steps { script.change(from: step.old, to: step.new) }
    let text = preparation + script.text(table: configuration.table)
    if text.isEmpty { return nil }
    do throws(NFTables.Complaint) {
      try await tables.commit(text)
      return nil
    } catch {
      return error
    }
  }

  /// Makes as many of the steps as can be made.
  ///
  /// - Returns: why the others cannot.
  private func commit(_ steps: ArraySlice<PlannedStep>, isRepaired: Bool = false) async -> [Mapping.ID: NFTables.Complaint] {
    guard let complaint = await commit(Array(steps), after: "") else { return [:] }
    if !isRepaired {
      do throws(BackendFault) {
        if try await !tables.isTableThere() {
          // Whoever loads a ruleset anew often removes all tables before.
          if let complaint = await makeAnew() { return everyone(steps, complaint) }
          return await commit(steps, isRepaired: true)
        }
      } catch {
        return everyone(steps, NFTables.Complaint(reason: error.description))
      }
    }
    if steps.count > 1 {
      let middle = steps.startIndex + steps.count / 2
      let first = await commit(steps[..<middle], isRepaired: true)
      return first.merging(await commit(steps[middle...], isRepaired: true)) { $1 }
    }
    guard let step = steps.first, step.step.after == nil else { return everyone(steps, complaint) }
    return await remove(step) ? [:] : everyone(steps, complaint)
  }

  private func everyone(
    _ steps: ArraySlice<PlannedStep>, _ complaint: NFTables.Complaint
  ) -> [Mapping.ID: NFTables.Complaint] {
    Dictionary(steps.map { ($0.id, complaint) }) { $1 }
  }

  /// Removes what is there of a mapping, some of which may be gone already.
  private func remove(_ step: PlannedStep) async -> Bool {
    var script = RulesetScript()
    script.change(from: step.old, to: [])
    for deletion in script.singleDeletions(table: configuration.table) {
      do throws(NFTables.Complaint) {
        try await tables.commit(deletion)
      } catch {
        guard error.reason.contains("No such file or directory") else { return false }
      }
    }
    return true
  }
}
