import ArgumentParser
import Machine
import PCP
import PCPWire
import Transport
import Wire

/// Asks one thing of a server, prints what comes of it, and ends.
struct ClientRun {
  private let options: ClientOptions

  init(_ options: ClientOptions) { self.options = options }

  /// - Parameter isIPv4: which default gateway is meant where no server is given; nil for either.
  /// - Throws: the exit status when the server does not do what it was asked for.
  func run(_ wish: ClientWish, isIPv4: Bool? = nil) async throws {
    let path = try await options.path(isIPv4: isIPv4)
    let record = PassageRecord(options, path.server)
    let driver = try await connect(path, record)
    let running = Task { await driver.run() }
    await driver.perform(.want(ClientMachine.RequestID(rawValue: 1), wish))
    // NAT-PMP has its own times after which it gives up; whoever asks waits for neither.
    let alarm = Task { [timeout = options.timeout] in
      try await Task.sleep(for: .seconds(timeout))
      running.cancel()
    }
    var outcome: ClientEvent?
    for await event in driver.events where event.isOutcome {
      outcome = event
      break
    }
    alarm.cancel()
    running.cancel()
    await running.value
    try report(outcome, record, path.server)
  }

  private func connect(_ path: ServerPath, _ record: PassageRecord) async throws -> UDPDriver<ServerSession> {
    do {
      let session = ServerSession(
        ClientConfiguration(address: path.client), server: ServerChoice(to: path.server, from: path.client),
        random: SystemEntropy())
      let local = PeerAddress(path.client, port: 0, scope: path.server.scope)
      let socket = try await UDPSocket(boundTo: local, connectedTo: path.server)
      return UDPDriver(session, sockets: [socket], clock: MonotonicClock(), watch: { record.note($0) })
    } catch {
      complain("no way to \(path.server): \(error)")
      throw Status.refused
    }
  }

  private func report(_ outcome: ClientEvent?, _ record: PassageRecord, _ server: PeerAddress) throws {
    if options.json, let response = record.lastResponse { print(response) }
    switch outcome {
    case .alive(_, let epochTime): say("\(server) is there, its Epoch Time is \(epochTime) s")
    case .granted(_, let grant):
      let outside = PeerAddress(grant.externalAddress, port: grant.externalPort)
      say("mapped to \(outside) for \(grant.lifetime) s, nonce \(grant.nonce)")
    case .deleted: say("deleted")
    case .refused(_, let code, let lifetime, _):
      complain("\(server) refuses: \(code), for \(lifetime) s")
      throw Status.refused
    case .unsendable(_, let error):
      complain("this cannot be asked for: \(error)")
      throw ExitCode.validationFailure
    case .unreachable:
      complain("nothing listens at \(server)")
      throw Status.refused
    case .unanswered, .announced, .expired, .serverLostState, .speaks, nil:
      complain("\(server) does not answer")
      throw Status.refused
    }
  }

  /// For a person; with `--json` standard output is for programs.
  private func say(_ text: String) {
    if !options.json { print(text) }
  }
}

extension ClientEvent {
  /// Whether it is what a single request comes to.
  fileprivate var isOutcome: Bool {
    switch self {
    case .alive, .granted, .refused, .deleted, .unanswered, .unsendable, .unreachable: true
    case .announced, .expired, .serverLostState, .speaks: false
    }
  }
}
