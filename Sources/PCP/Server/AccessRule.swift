public import Machine
public import PCPWire
import Wire

/// One rule of who may ask for what.
///
/// Of the rules that have to do with a request the first decides; what none decides is allowed. External ports are decided
/// one by one: a request is given a port that it may have, and refused when there is none. Deleting is always allowed to whom
/// the mapping belongs.
public struct AccessRule: Sendable, Hashable {
  public enum Action: Sendable, Hashable { case allow, deny }

  public var action: Action
  /// Where requests come from; nil for everywhere.
  public var source: AddressPrefix?
  /// What is asked for; empty for everything.
  public var opcodes: Set<Opcode>
  /// nil for all protocols.
  public var `protocol`: TransportProtocol?
  public var internalPorts: ClosedRange<UInt16>
  public var externalPorts: ClosedRange<UInt16>

  public init(
    _ action: Action, source: AddressPrefix? = nil, opcodes: Set<Opcode> = [], protocol transport: TransportProtocol? = nil,
    internalPorts: ClosedRange<UInt16> = 0...UInt16.max, externalPorts: ClosedRange<UInt16> = 0...UInt16.max
  ) {
    self.action = action
    self.source = source
    self.opcodes = opcodes
    self.protocol = transport
    self.internalPorts = internalPorts
    self.externalPorts = externalPorts
  }

  /// Whether the rule has to do with a request.
  ///
  /// One for many ports or protocols is allowed only by a rule for all of them, and denied by one for any of them.
  fileprivate func concerns(_ request: AccessRequest) -> Bool {
    if let source, !source.contains(request.source) { return false }
    if !opcodes.isEmpty && !opcodes.contains(request.opcode) { return false }
    guard let transport = request.protocol else {
      return self.protocol == nil && internalPorts == 0...UInt16.max && externalPorts == 0...UInt16.max
    }
    switch action {
    case .allow:
      let ports = request.internalPorts
      return (self.protocol == nil || self.protocol == transport) && internalPorts.lowerBound <= ports.lowerBound
        && internalPorts.upperBound >= ports.upperBound
    case .deny:
      return (self.protocol == nil || transport == .any || self.protocol == transport)
        && internalPorts.overlaps(request.internalPorts)
    }
  }
}

/// What rules are about in a request.
struct AccessRequest: Sendable, Hashable {
  var opcode: Opcode
  var source: IPv6Address
  /// nil when the request is about no mapping.
  var `protocol`: TransportProtocol?
  var internalPorts: ClosedRange<UInt16> = 0...UInt16.max
}

/// External ports, in ranges that do not overlap.
struct PortRanges: Sendable, Hashable {
  var ranges: [ClosedRange<UInt16>]

  static let all = PortRanges(ranges: [0...UInt16.max])

  var isEmpty: Bool { ranges.isEmpty }
  var isAll: Bool { ranges.reduce(0) { $0 + $1.count } == Int(UInt16.max) + 1 }

  func contains(_ port: UInt16) -> Bool { ranges.contains { $0.contains(port) } }

  func within(_ range: ClosedRange<UInt16>) -> [ClosedRange<UInt16>] {
    ranges.filter { $0.overlaps(range) }.map { $0.clamped(to: range) }
  }

  fileprivate func without(_ range: ClosedRange<UInt16>) -> PortRanges {
    PortRanges(
      ranges: ranges.flatMap { own -> [ClosedRange<UInt16>] in
        guard own.overlaps(range) else { return [own] }
        var rest: [ClosedRange<UInt16>] = []
        if own.lowerBound < range.lowerBound { rest.append(own.lowerBound...range.lowerBound - 1) }
        if own.upperBound > range.upperBound { rest.append(range.upperBound + 1...own.upperBound) }
        return rest
      })
  }
}

extension [AccessRule] {
  /// The external ports that a request may be given.
  func permittedPorts(for request: AccessRequest) -> PortRanges {
    var permitted = PortRanges(ranges: [])
    var undecided = PortRanges.all
    for rule in self where rule.concerns(request) {
      if rule.action == .allow { permitted.ranges += undecided.within(rule.externalPorts) }
      undecided = undecided.without(rule.externalPorts)
    }
    permitted.ranges += undecided.ranges
    return permitted
  }
}
