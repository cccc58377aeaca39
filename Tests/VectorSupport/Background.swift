import Foundation

/// Runs what takes long on a thread of its own: the threads of tests are as few as cores, and those that talk over sockets, and
/// look at clocks, wait for them.
public func inBackground<Output: Sendable>(_ body: @escaping @Sendable () throws -> Output) async throws -> Output {
  try await withCheckedThrowingContinuation { continuation in
    let thread = Thread { continuation.resume(with: Result(catching: body)) }
    thread.stackSize = 8 << 20
    thread.start()
  }
}
