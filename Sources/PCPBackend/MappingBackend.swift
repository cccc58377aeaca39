public import PCP
public import PCPWire

/// What a backend is asked to do to one mapping.
public enum BackendChange: Sendable, Hashable {
  /// Make the mapping work, in the place of one with the same identifier.
  case install(Mapping)
  /// Take the mapping away; one that is not there is taken away already.
  case remove(Mapping)

  public var mapping: Mapping {
    switch self {
    case .install(let mapping), .remove(let mapping): mapping
    }
  }
}

/// What has come of one change.
public enum BackendOutcome: Sendable, Hashable {
  case done
  /// Nothing has changed; the code tells the client why.
  case failed(ResultCode, reason: String)
}

/// Why a backend cannot do its work.
public struct BackendFault: Error, Sendable, Hashable, CustomStringConvertible {
  /// One line for whoever runs the server.
  public var description: String

  public init(_ description: String) { self.description = description }
}

/// What makes mappings work: a table in memory, or a NAT.
///
/// Changes come in batches, one batch at a time; each change of a batch stands or fails for itself, and one that fails
/// leaves nothing half made.
public protocol MappingBackend: Sendable {
  /// What the server says it is.
  var name: String { get }

  /// Makes the backend hold exactly these mappings, whatever an earlier run has left in it. The first call that is made.
  ///
  /// - Returns: those that could not be installed, with the reason of each.
  /// - Throws: when the backend cannot work at all.
  func reconcile(with mappings: [Mapping]) async throws(BackendFault) -> [Mapping.ID: String]

  /// Does what is asked, and cuts the flows that it stands no longer for.
  ///
  /// - Returns: what has come of each change, in their order.
  func apply(_ changes: [BackendChange]) async -> [BackendOutcome]

  /// Makes anew what somebody else has removed.
  ///
  /// - Returns: whether anything was missing.
  func repair() async throws(BackendFault) -> Bool

  /// Looks for what inner hosts have opened by themselves.
  ///
  /// - Returns: what is found for each question, in their order; nil where there is nothing.
  func implicitMappings(for lookups: [ImplicitLookup]) async throws(BackendFault) -> [ImplicitMapping?]

  /// Takes away all that the backend has made, and cuts the flows that went through it.
  func removeAll() async throws(BackendFault)
}
