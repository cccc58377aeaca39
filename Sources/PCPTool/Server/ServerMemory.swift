import Logging
import Machine
import PCP
import PCPStore
import Transport

/// What a server remembers of earlier runs, and what it writes down for later ones.
struct ServerMemory {
  /// The machine's clock, by which the moments in `content` are.
  let clock = MonotonicClock()
  /// nil without a store.
  let store: MappingStore?
  let content: MappingStore.Content

  /// - Throws: when the store cannot be used.
  init(_ path: String?, _ logger: Logger) throws {
    guard let path else {
      store = nil
      content = MappingStore.Content()
      return
    }
    do throws(StoreError) {
      let store = try MappingStore(path: path)
      content = try store.read(at: clock.now, date: CalendarTime.now)
      self.store = store
    } catch {
      complain("\(error)")
      throw Status.badConfiguration
    }
    logger.notice("store \(path): \(content.mappings.count) mappings")
  }

  /// The machine: one that goes on where the store says an earlier one was, or else a new one.
  func machine(_ configuration: ServerConfiguration) -> ServerMachine {
    guard let epoch = content.epochStartedAt else {
      return ServerMachine(configuration, startedAt: clock.now, random: SystemEntropy())
    }
    return ServerMachine(
      configuration, startedAt: clock.now, epochStartedAt: epoch, mappings: content.mappings, random: SystemEntropy())
  }

  /// Has changes written down as they come; nil without a store.
  func runner(for driver: UDPDriver<ServerEndpoint>, _ logger: Logger) -> StoreRunner? {
    store.map { store in
      StoreRunner(
        store, clock: { [clock] in (clock.now, CalendarTime.now) }, answer: { await driver.perform($0) },
        report: { logger.error("\($0)") })
    }
  }
}
