public import Machine
public import PCP

/// Hands a server's changes to its store, and tells the server when they are on the disk.
///
/// What comes while the disk is busy is written together afterwards, so that a server under load waits for the disk once for
/// many requests.
public actor StoreRunner {
  /// The machine's time, and the same moment by the calendar in seconds since 1970.
  public typealias Clock = @Sendable () -> (now: Instant, date: Duration)

  private let store: MappingStore
  private let clock: Clock
  private let answer: @Sendable (ServerEndpoint.Command) async -> Void
  private let report: @Sendable (StoreError) -> Void
  private var pending: [MappingStore.Change] = []
  /// The start of an epoch that could not be written: it goes with the next changes, since nobody answers for it, and no loss may
  /// be on the disk without it.
  private var unwrittenEpoch: Instant?
  private let wakeups: AsyncStream<Void>
  private let wakeup: AsyncStream<Void>.Continuation

  /// - Parameters:
  ///   - answer: hands a command to the server.
  ///   - report: told of every write that failed; the changes in it are answered for as not recorded.
  public init(
    _ store: MappingStore, clock: @escaping Clock, answer: @escaping @Sendable (ServerEndpoint.Command) async -> Void,
    report: @escaping @Sendable (StoreError) -> Void
  ) {
    self.store = store
    self.clock = clock
    self.answer = answer
    self.report = report
    (wakeups, wakeup) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
  }

  /// Takes a change, to be made after those taken before it.
  public func submit(_ change: MappingStore.Change) {
    pending.append(change)
    wakeup.yield()
  }

  /// Runs until the task is cancelled.
  public func run() async {
    for await _ in wakeups {
      while !pending.isEmpty && !Task.isCancelled { await write() }
    }
  }

  private func write() async {
    let batch = (unwrittenEpoch.map { [.epoch(startedAt: $0)] } ?? []) + pending
    pending = []
    let (now, date) = clock()
    do throws(StoreError) {
      try await store.write(batch, at: now, date: date)
    } catch {
      report(error)
      unwrittenEpoch = batch.compactMap(\.epoch).last
      for id in batch.compactMap(\.mapping) { await answer(.notRecorded(id)) }
      return
    }
    unwrittenEpoch = nil
    for id in batch.compactMap(\.mapping) { await answer(.recorded(id)) }
  }
}

extension MappingStore.Change {
  /// The start of the epoch that it is.
  fileprivate var epoch: Instant? {
    if case .epoch(let start) = self { start } else { nil }
  }

  /// The mapping that it is of.
  fileprivate var mapping: Mapping.ID? {
    switch self {
    case .record(let mapping): mapping.id
    case .forget(let id): id
    case .epoch: nil
    }
  }
}
