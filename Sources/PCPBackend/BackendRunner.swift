public import PCP

/// Hands a server's changes to a backend, and the backend's answers to the server.
///
/// What comes while the backend works is its next batch, so that the more there is to do, the less each change costs.
public actor BackendRunner {
  /// What went wrong, for those who watch.
  public enum Fault: Sendable, Hashable, CustomStringConvertible {
    case failed(BackendChange, reason: String)
    /// Somebody had removed what the backend needs; it is there again.
    case repaired
    case notRepaired(reason: String)

    public var description: String {
      switch self {
      case .failed(.install(let mapping), let reason): "cannot install \(mapping): \(reason)"
      case .failed(.remove(let mapping), let reason): "cannot remove \(mapping): \(reason)"
      case .repaired: "somebody had removed the mappings: they are there again"
      case .notRepaired(let reason): reason
      }
    }
  }

  public nonisolated let backend: any MappingBackend
  private let retryInterval: Duration
  private let checkInterval: Duration
  private var isCheckDue = false
  private let answer: @Sendable (ServerEndpoint.Command) async -> Void
  private let report: @Sendable (Fault) -> Void
  private var pending: [BackendChange] = []
  private var lookups: [ImplicitLookup] = []
  private let wakeups: AsyncStream<Void>
  private let wakeup: AsyncStream<Void>.Continuation
  private let questions: AsyncStream<Void>
  private let question: AsyncStream<Void>.Continuation

  /// - Parameters:
  ///   - retryInterval: how long until a mapping that could not be removed is tried again: its external port is not free
  ///     before.
  ///   - checkInterval: how often is looked whether somebody else has removed what the backend has made.
  ///   - answer: hands a command to the server.
  ///   - report: told of every change that failed.
  public init(
    _ backend: any MappingBackend, retryInterval: Duration = .seconds(5), checkInterval: Duration = .seconds(10),
    answer: @escaping @Sendable (ServerEndpoint.Command) async -> Void, report: @escaping @Sendable (Fault) -> Void = { _ in }
  ) {
    self.backend = backend
    self.retryInterval = retryInterval
    self.checkInterval = checkInterval
    self.answer = answer
    self.report = report
    (wakeups, wakeup) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    (questions, question) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
  }

  /// Takes a change, to be made after those taken before it.
  public func submit(_ change: BackendChange) {
    pending.append(change)
    wakeup.yield()
  }

  /// Takes a question, to be answered beside the changes.
  public func submit(_ lookup: ImplicitLookup) {
    lookups.append(lookup)
    question.yield()
  }

  /// Runs until the task is cancelled; a batch that has begun is finished.
  public func run() async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await self.makeChanges() }
      group.addTask { await self.answerLookups() }
      group.addTask { await self.askForChecks() }
    }
  }

  private func answerLookups() async {
    for await _ in questions {
      while !lookups.isEmpty && !Task.isCancelled {
        let batch = lookups
        lookups = []
        // Who cannot be told of a mapping that traffic has made is treated as if there were none.
        let found = (try? await backend.implicitMappings(for: batch)) ?? Array(repeating: nil, count: batch.count)
        for (lookup, mapping) in zip(batch, found) { await answer(.lookedUp(lookup.token, mapping)) }
      }
    }
  }

  /// Checks wait for their turn among the changes.
  private func askForChecks() async {
    while (try? await Task.sleep(for: checkInterval)) != nil {
      isCheckDue = true
      wakeup.yield()
    }
  }

  private func check() async {
    isCheckDue = false
    do throws(BackendFault) {
      if try await backend.repair() { report(.repaired) }
    } catch {
      report(.notRepaired(reason: error.description))
    }
  }

  private func makeChanges() async {
    for await _ in wakeups {
      if isCheckDue && !Task.isCancelled { await check() }
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
      report(.failed(change, reason: reason))
      await answer(.notInstalled(mapping.id, code))
    case (.remove(let mapping), .done): await answer(.removed(mapping.id))
    case (.remove, .failed(_, let reason)):
      report(.failed(change, reason: reason))
      Task { [weak self, retryInterval] in
        try? await Task.sleep(for: retryInterval)
        await self?.submit(change)
      }
    }
  }
}
