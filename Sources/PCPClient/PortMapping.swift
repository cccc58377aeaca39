import PCP
import PCPWire

/// A mapping that a program wants, as the sequence of its states: the present one at once, then each change.
///
/// The mapping lasts as long as this value, or an iterator over it, exists. When the last of them goes, when a loop over it is left
/// or its task is cancelled, the mapping is deleted in the background; `delete` does it and waits. Whoever ends the process without
/// that leaves the mapping to the gateway until its life is over. A reader that is slow misses states in between, never the
/// latest one.
public final class PortMapping: AsyncSequence, Sendable {
  public typealias Element = MappingState
  public typealias Failure = Never

  /// Kept, so that it is there as long as any of its mappings.
  private let mapper: PortMapper
  private let id: ClientMachine.RequestID

  init(_ mapper: PortMapper, _ wish: ClientWish, _ families: ClientGroup.AddressFamilies) {
    self.mapper = mapper
    id = mapper.core.add(wish, families)
  }

  private var core: ClientCore { mapper.core }

  deinit { core.delete(id) }

  /// Several readers each see all.
  public func makeAsyncIterator() -> Iterator { Iterator(mapping: self, states: core.observe(id).makeAsyncIterator()) }

  public struct Iterator: AsyncIteratorProtocol {
    /// Keeps the mapping.
    let mapping: PortMapping
    var states: AsyncStream<MappingState>.Iterator

    /// The next state; nil when the mapping was deleted, or the task is cancelled.
    public mutating func next() async -> MappingState? { await states.next() }

    /// The next state; nil when the mapping was deleted, or the task is cancelled.
    public mutating func next(isolation actor: isolated (any Actor)?) async -> MappingState? {
      await states.next(isolation: actor)
    }
  }

  /// The present state.
  public var state: MappingState { core.state(of: id) }

  /// Waits until the port is mapped.
  ///
  /// - Throws: `refused` as soon as every gateway has refused, `unavailable` as soon as there is nobody to ask, `timedOut`
  ///   otherwise. The mapping is wanted all the same, and may still come.
  public func mapped(within timeout: Duration) async throws(PortMapperError) -> MappedPort {
    let states = core.observe(id)
    let outcome = await withTaskGroup(of: Result<MappedPort, PortMapperError>.self) { group in
      group.addTask { await Self.outcome(of: states) }
      group.addTask {
        do { try await Task.sleep(for: timeout) } catch { return .failure(.cancelled) }
        return .failure(.timedOut)
      }
      let first = await group.next() ?? .failure(.cancelled)
      group.cancelAll()
      return first
    }
    return try outcome.get()
  }

  private static func outcome(of states: AsyncStream<MappingState>) async -> Result<MappedPort, PortMapperError> {
    for await state in states {
      switch state {
      case .mapped(let port): return .success(port)
      case .refused(let refusal): return .failure(.refused(refusal))
      case .unavailable(let unavailability): return .failure(.unavailable(unavailability))
      case .requesting, .lost: break
      }
    }
    return .failure(Task.isCancelled ? .cancelled : .unavailable(.stopped))
  }

  /// Asks for a renewal now, as after a change that the gateway knows of and the host does not.
  public func renew() { core.renew(id) }

  /// Deletes the mapping and waits until it is gone, as long as the mapper's `deletionTimeout` says at most, also in a task that was
  /// cancelled.
  ///
  /// - Returns: whether every gateway that had granted it has confirmed that it is gone; if not, it goes when its life is over.
  @discardableResult public func delete() async -> Bool { await core.deleted(id) }
}
