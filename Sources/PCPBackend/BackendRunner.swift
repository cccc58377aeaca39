public import PCP

/// Hands a server's changes to a backend, and the backend's answers to the server.
///
/// What comes while the backend works is its next batch, so that the more there is to do, the less each change costs.
public actor BackendRunner {
  /// What went wrong, for those who watch.
  public struct Fault: Sendable, Hashable {
    public var change: BackendChange
    public var reason: String
  }

  public nonisolated let backend: any MappingBackend
  private let retryInterval: Duration
  private let answer: @Sendable (ServerEndpoint.Command) async -> Void
  private let report: @Sendable (Fault) -> Void
  private var pending: [BackendChange] = []
  private let wakeups: AsyncStream<Void>
  private let wakeup: AsyncStream<Void>.Continuation

  /// - Parameters:
  ///   - retryInterval: how long until a mapping that could not be removed is tried again: its external port is not free
  ///     before.
  ///   - answer: hands a command to the server.
  ///   - report: told of every change that failed.
  public init(
    _ backend: any MappingBackend, retryInterval: Duration = .seconds(5),
    answer: @escaping @Sendable (ServerEndpoint.Command) async -> Void, report: @escaping @Sendable (Fault) -> Void = { _ in }
  ) {
    self.backend = backend
    self.retryInterval = retryInterval
    self.answer = answer
    self.report = report
    (wakeups, wakeup) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
  }

  /// Takes a change, to be made after those taken before it.
  public func submit(_ change: BackendChange) {
    pending.append(change)
    wakeup.yield()
  }

  /// Runs until the task is cancelled; a batch that has begun is finished.
  public func run() async {
    for await _ in wakeups {
      while !pending.isEmpty && !Task.isCancelled {
        let batch = pending
        pending = []
        let outcomes = await backend.apply(batch)
        for (change, outcome) in zip(batch, outcomes) { await settle(change, outcome) }
      }
    }
  }

  private func settle(_ change: BackendChange, _ outcome: BackendOutcome) async {
    switch (change, outcome) {
    case (.install(let mapping), .done): await answer(.installed(mapping.id))
    case (.install(let mapping), .failed(let code, let reason)):
      report(Fault(change: change, reason: reason))
      await answer(.notInstalled(mapping.id, code))
    case (.remove(let mapping), .done): await answer(.removed(mapping.id))
    case (.remove, .failed(_, let reason)):
      report(Fault(change: change, reason: reason))
      Task { [weak self, retryInterval] in
        try? await Task.sleep(for: retryInterval)
        await self?.submit(change)
      }
    }
  }
}
