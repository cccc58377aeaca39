import Machine
import PCP
import Transport
import Wire

/// Asks over a socket that is connected to the server, one question at a time: again after a quarter of a second, twice as long each
/// time.
actor ProbeAsker: ProbeCarrier {
  /// What ends a wait.
  private enum Outcome: Sendable {
    case received([UInt8])
    case unreachable
    case timedOut
  }

  private let socket: UDPSocket
  private let path: ServerPath
  private let timeout: Duration
  private var readers: [Task<Void, Never>] = []
  private var waiting: (isAnswer: @Sendable ([UInt8]) -> Bool, continuation: CheckedContinuation<Outcome, Never>)?
  /// Tells the end of one wait from those of others.
  private var waits = 0

  init(_ socket: UDPSocket, _ path: ServerPath, timeout: Duration) {
    self.socket = socket
    self.path = path
    self.timeout = timeout
  }

  func ask(_ request: [UInt8], isAnswer: @escaping @Sendable ([UInt8]) -> Bool) async -> ProbeAnswer {
    if readers.isEmpty { read() }
    let end = ContinuousClock.now + timeout
    var interval = Duration.milliseconds(250)
    while ContinuousClock.now < end {
      let sentAt = ContinuousClock.now
      do { try await socket.send(Datagram(request, to: path.server)) } catch { return .none }
      switch await wait(until: min(end, sentAt + interval), isAnswer) {
      case .received(let octets): return .octets(octets, after: .now - sentAt)
      case .unreachable: return .unreachable
      case .timedOut: interval *= 2
      }
    }
    return .none
  }

  /// One task reads for all waits: a stream ends with the task that reads it.
  private func read() {
    readers = [
      Task { [socket] in for await datagram in socket.received { self.take(.received(datagram.octets)) } },
      Task { [socket] in for await _ in socket.unreachable { self.take(.unreachable) } },
    ]
  }

  private func wait(
    until moment: ContinuousClock.Instant, _ isAnswer: @escaping @Sendable ([UInt8]) -> Bool
  ) async -> Outcome {
    waits += 1
    let number = waits
    let alarm = Task {
      try await ContinuousClock().sleep(until: moment)
      self.end(number)
    }
    defer { alarm.cancel() }
    return await withCheckedContinuation { waiting = (isAnswer, $0) }
  }

  private func end(_ number: Int) { if number == waits { take(.timedOut) } }

  private func take(_ outcome: Outcome) {
    guard let waiting else { return }
    if case .received(let octets) = outcome, !waiting.isAnswer(octets) { return }
    self.waiting = nil
    waiting.continuation.resume(returning: outcome)
  }
}

extension ContinuousClock.Instant {
  fileprivate static func - (left: Self, right: Self) -> Duration { right.duration(to: left) }
}
