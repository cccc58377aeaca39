public import PCP
public import PCPWire

/// Mappings in memory: nothing forwards packets. For tests, and for servers that only answer.
public actor MemoryBackend: MappingBackend {
  public nonisolated let name = "memory"
  /// What is installed.
  public private(set) var mappings: [Mapping.ID: Mapping] = [:]
  private var implicit: [ImplicitMapping] = []
  private var refusal: (@Sendable (Mapping) -> ResultCode?)?

  public init() {}

  /// Says what hosts have opened by themselves, which nothing here finds out.
  public func setImplicitMappings(_ mappings: [ImplicitMapping]) { implicit = mappings }

  /// Makes installing fail where a code is given.
  public func refuse(_ refusal: (@Sendable (Mapping) -> ResultCode?)?) { self.refusal = refusal }

  public func reconcile(with mappings: [Mapping]) -> [Mapping.ID: String] {
    self.mappings = Dictionary(mappings.map { ($0.id, $0) }) { $1 }
    return [:]
  }

  public func apply(_ changes: [BackendChange]) -> [BackendOutcome] {
    changes.map { change in
      switch change {
      case .install(let mapping):
        if let code = refusal?(mapping) { return .failed(code, reason: "refused") }
        mappings[mapping.id] = mapping
      case .remove(let mapping): mappings[mapping.id] = nil
      }
      return .done
    }
  }

  public func repair() -> Bool { false }

  public func implicitMappings(for lookups: [ImplicitLookup]) -> [ImplicitMapping?] {
    lookups.map { implicit.first(where: $0.matches) }
  }

  public func removeAll() { mappings = [:] }
}
