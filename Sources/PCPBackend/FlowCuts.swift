import Machine
import PCP
import PCPWire
import Wire

/// What a mapping was and what it is now; nil where there was or is none.
struct MappingStep: Sendable {
  var before: Mapping?
  var after: Mapping?

  var family: AddressFamily { (before ?? after)?.inner.address.mapped == nil ? .ipv6 : .ipv4 }
}

/// Finds the flows that steps leave without a mapping, and those that stand in the way of a new one.
///
/// A packet of a flow that conntrack knows is never looked up in the table again, so that the flow must go for a change to
/// have effect. Flows of others, and those that a mapping still stands for, are left alone.
struct FlowCuts: Sendable {
  /// One end of mappings; port 0 for all ports, protocol 0 for all.
  private struct End: Hashable, Sendable {
    var `protocol`: UInt8
    var address: IPv6Address
    var port: UInt16

    init(_ transport: TransportProtocol, _ address: IPv6Address, _ port: UInt16) {
      self.protocol = transport.rawValue
      self.address = address
      self.port = port
    }
  }

  /// Flows of one step and direction.
  private struct Findings: Sendable {
    var cut: [Flow] = []
    /// Whether others would be found by the same words.
    var hasOthers = false
  }

  private let steps: [MappingStep]
  /// Remote peers that PEER stands for, by the outer end they see.
  private let peers: [ExternalTuple: Set<PeerAddress>]
  private var inward: [End: [Int]] = [:]
  private var outward: [End: [Int]] = [:]
  private var inwardFindings: [Int: Findings] = [:]
  private var outwardFindings: [Int: Findings] = [:]

  init(_ steps: [MappingStep], peers: [ExternalTuple: Set<PeerAddress>]) {
    self.steps = steps
    self.peers = peers
    for (index, step) in steps.enumerated() {
      for mapping in [step.before, step.after].compactMap({ $0 }) {
        for offset in 0..<mapping.ports {
          let (inner, outer) = (mapping.inner, mapping.outer)
          Self.note(End(outer.protocol, outer.address, outer.port &+ offset), index, in: &inward)
          // Over IPv6 nothing stands in the way of what an inner host sends.
          guard step.family == .ipv4, step.before != nil else { continue }
          Self.note(End(inner.protocol, inner.address, inner.port &+ offset), index, in: &outward)
        }
      }
    }
  }

  private static func note(_ end: End, _ index: Int, in table: inout [End: [Int]]) {
    if table[end]?.last != index { table[end, default: []].append(index) }
  }

  /// What must be listed for `examine`: all that steps could concern, and not more than can be helped.
  var selections: [FlowSelection] {
    var selections: [FlowSelection] = []
    for family in AddressFamily.allCases {
      // A new pinhole has nothing in its way: what was dropped left no flow.
      let concerned = steps.filter { $0.family == family && (family == .ipv4 || $0.before != nil) }
      guard let first = concerned.first else { continue }
      if concerned.count == 1 && (first.before == nil || first.after == nil || first.before?.outer == first.after?.outer) {
        selections += [selection(of: first, isInward: true)].compactMap { $0 }
        if family == .ipv4 && first.before != nil { selections += [selection(of: first, isInward: false)].compactMap { $0 } }
      } else {
        let protocols = Set(concerned.compactMap { ($0.before ?? $0.after)?.inner.protocol })
        selections.append(
          FlowSelection(family: family, protocol: protocols.count == 1 ? protocols.first.flatMap { $0 == .any ? nil : $0 } : nil))
      }
    }
    return selections
  }

  /// What names the flows at one end of a step's mapping.
  private func selection(of step: MappingStep, isInward: Bool) -> FlowSelection? {
    guard let mapping = step.before ?? step.after else { return nil }
    let (inner, outer) = (mapping.inner, mapping.outer)
    var selection = FlowSelection(family: step.family, protocol: inner.protocol == .any ? nil : inner.protocol)
    let isSingle = mapping.ports == 1
    if isInward {
      selection.originalDestination = PeerAddress(outer.address, port: isSingle ? outer.port : 0)
    } else {
      selection.originalSource = PeerAddress(inner.address, port: isSingle ? inner.port : 0)
    }
    return selection
  }

  /// Looks at a flow.
  mutating func examine(_ flow: Flow) {
    for index in Self.steps(at: flow.original.destination, flow.protocol, in: inward) {
      if isCut(flow, inwardBy: steps[index]) {
        inwardFindings[index, default: Findings()].cut.append(flow)
      } else {
        inwardFindings[index, default: Findings()].hasOthers = true
      }
    }
    for index in Self.steps(at: flow.original.source, flow.protocol, in: outward) {
      if isCut(flow, outwardBy: steps[index]) {
        outwardFindings[index, default: Findings()].cut.append(flow)
      } else {
        outwardFindings[index, default: Findings()].hasOthers = true
      }
    }
  }

  private static func steps(at place: PeerAddress, _ transport: TransportProtocol, in table: [End: [Int]]) -> [Int] {
    let ends = [
      End(transport, place.address, place.port), End(transport, place.address, 0), End(.any, place.address, 0),
    ]
    return Array(Set(ends.flatMap { table[$0] ?? [] })).sorted()
  }

  /// What is to be deleted.
  var deletions: [FlowSelection] {
    var deletions: [FlowSelection] = []
    for index in steps.indices {
      for (isInward, findings) in [(true, inwardFindings[index]), (false, outwardFindings[index])] {
        guard let findings, !findings.cut.isEmpty else { continue }
        // Each deletion goes through the whole table, so that one for all is better than one for each.
        let isAll = findings.cut.count > 1 && !findings.hasOthers && steps[index].isWhole
        let all = isAll ? selection(of: steps[index], isInward: isInward) : nil
        deletions += all.map { [$0] } ?? findings.cut.map(\.selection)
      }
    }
    var seen: Set<FlowSelection> = []
    return deletions.filter { seen.insert($0).inserted }
  }

  // MARK: Judging

  private func isCut(_ flow: Flow, inwardBy step: MappingStep) -> Bool {
    let remote = flow.original.source
    let outer = ExternalTuple(flow.protocol, flow.original.destination.address, port: flow.original.destination.port)
    if let after = step.after, after.lets(remote, in: step.family), after.takes(flow.original.destination, isOuter: true) {
      if after.leads(flow) { return false }
      // What came before the mapping was made got no answer; who got one is served by somebody else.
      if step.before == nil { return !flow.isReplied && step.isNarrow }
    }
    if peers[outer]?.contains(remote) == true && step.before?.remote != remote { return false }
    if let before = step.before { return before.leads(flow) && before.concerns(remote) }
    // A new mapping with filters, and an old flow that they keep out.
    return false
  }

  private func isCut(_ flow: Flow, outwardBy step: MappingStep) -> Bool {
    let remote = flow.original.destination
    guard let before = step.before, before.concerns(remote), before.takes(flow.reply.destination, isOuter: true) else {
      return false
    }
    if let after = step.after, after.outer == before.outer, after.inner == before.inner { return false }
    let outer = ExternalTuple(flow.protocol, flow.reply.destination.address, port: flow.reply.destination.port)
    return before.remote == remote || peers[outer]?.contains(remote) != true
  }
}

extension MappingStep {
  /// Whether it is about ports, and not about all that an address has.
  fileprivate var isNarrow: Bool { after?.inner.port != 0 }

  /// Whether one selection names all flows at an end.
  fileprivate var isWhole: Bool { (before ?? after)?.ports == 1 && before?.remote == nil && after?.remote == nil }
}

extension Mapping {
  /// How many ports it takes; 1 where it takes all.
  fileprivate var ports: UInt16 { inner.port == 0 ? 1 : max(portCount, 1) }

  /// The remote peer of an outbound mapping.
  var remote: PeerAddress? {
    switch kind {
    case .inbound: nil
    case .outbound(let remote): remote
    }
  }

  fileprivate func concerns(_ other: PeerAddress) -> Bool { remote == nil || remote == other }

  /// Whether the remote peer's packets are let in.
  fileprivate func lets(_ other: PeerAddress, in family: AddressFamily) -> Bool {
    if let remote { return remote == other }
    return filters.isEmpty || RemoteFilter.all(of: self, family).contains { $0.contains(other) }
  }

  /// Whether a place is at one of its ends.
  fileprivate func takes(_ place: PeerAddress, isOuter: Bool) -> Bool {
    guard place.address == (isOuter ? outer.address : inner.address) else { return false }
    let first = isOuter ? outer.port : inner.port
    return first == 0 || (place.port >= first && UInt32(place.port) < UInt32(first) + UInt32(ports))
  }

  /// Whether a flow from outside goes where the mapping leads.
  fileprivate func leads(_ flow: Flow) -> Bool {
    guard takes(flow.original.destination, isOuter: true), takes(flow.reply.source, isOuter: false) else { return false }
    let (outside, inside) = (flow.original.destination.port, flow.reply.source.port)
    return inner.port == 0 ? outside == inside : outside &- outer.port == inside &- inner.port
  }
}
