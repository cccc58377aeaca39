import Admin
import Machine
import PCP
import Synchronization
import Transport
import Wire

/// What a running server says over its admin socket.
final class ServerAdministration: Sendable {
  /// What it is asked about.
  struct Facts: Sendable {
    var driver: UDPDriver<ServerEndpoint>
    var clock: MonotonicClock
    var listening: [String]
    var backend: String
    /// The file; nil without a store.
    var store: String?
    /// The file; nil without one.
    var configuration: String?
  }

  /// nil as long as the server is starting.
  private let facts = Mutex<Facts?>(nil)

  /// Has questions answered from now on.
  func begin(_ facts: Facts) { self.facts.withLock { $0 = facts } }

  var routes: [AdminRoute] {
    [
      AdminRoute("/status") { [self] in await answer { await $0.status } },
      AdminRoute("/mappings") { [self] in await answer { await $0.mappings } },
    ]
  }

  private func answer<Report: Encodable>(_ report: (Facts) async -> Report) async -> AdminResponse {
    guard let facts = facts.withLock({ $0 }) else { return AdminResponse(fault: "the server is starting", status: 503) }
    return AdminResponse(await report(facts))
  }
}

extension ServerAdministration.Facts {
  fileprivate var status: StatusReport {
    get async {
      let now = clock.now
      let (mappings, requests, epoch, external) = await driver.inspect {
        (
          $0.mappings, RequestReport($0.counts, waiting: $0.waitingRequests), $0.epochTime(at: now),
          $0.configuration.externalAddresses
        )
      }
      return StatusReport(
        version: Command.version, uptime: (now - .origin).wholeSeconds, epochTime: epoch, listening: listening,
        external: external.map(\.plainText), backend: backend, store: store, configuration: configuration,
        mappings: mappings.count, ports: mappings.reduce(0) { $0 + Int($1.portCount) },
        hosts: Set(mappings.map(\.inner.address)).count, requests: requests)
    }
  }

  fileprivate var mappings: [MappingReport] {
    get async {
      let now = clock.now
      return await driver.inspect { $0.mappings }.map { MappingReport($0, at: now) }
    }
  }
}
