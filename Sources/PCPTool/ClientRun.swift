import ArgumentParser
import Machine
import PCP
import PCPWire
import Synchronization
import Transport
import Wire
import WireText

/// Asks one thing of a server, prints what comes of it, and ends.
struct ClientRun {
  private let options: ClientOptions
  private let record = ResponseRecord()

  init(_ options: ClientOptions) { self.options = options }

  /// - Throws: the exit status when the server does not do what it was asked for.
  func run(_ command: (ClientMachine.RequestID) -> ClientMachine.Input) async throws {
    let driver = try await connect()
    let id = ClientMachine.RequestID(rawValue: 1)
    let running = Task { await driver.run() }
    await driver.perform(command(id))
    var events = driver.events.makeAsyncIterator()
    var outcome: ClientEndpoint.Event?
    while outcome == nil, let event = await events.next() {
      if event.isOutcome { outcome = event }
    }
    running.cancel()
    await running.value
    try report(outcome)
  }

  private func connect() async throws -> UDPDriver<ClientEndpoint> {
    do {
      let source = try await UDPSocket.sourceAddress(for: options.peer)
      var configuration = ClientConfiguration(address: source.address)
      configuration.retransmission.maximumDuration = .seconds(options.timeout)
      let machine = ClientMachine(configuration, random: SystemEntropy())
      let socket = try await UDPSocket(boundTo: source)
      return UDPDriver(
        ClientEndpoint(machine, server: options.peer), sockets: [socket], clock: MonotonicClock(),
        watch: { [options, record] passage in record.note(passage, options) })
    } catch {
      complain("no way to \(options.peer): \(error)")
      throw Status.refused
    }
  }

  private func report(_ outcome: ClientEndpoint.Event?) throws {
    if options.json, let response = record.lastResponse { print(try response.json().text(isPretty: true)) }
    switch outcome {
    case .alive(_, let epochTime): say("\(options.peer) is there, its Epoch Time is \(epochTime) s")
    case .granted(_, let grant):
      let outside = PeerAddress(grant.externalAddress, port: grant.externalPort)
      say("mapped to \(outside) for \(grant.lifetime) s, nonce \(grant.nonce)")
    case .deleted: say("deleted")
    case .refused(_, let code, let lifetime, _):
      complain("\(options.peer) refuses: \(code), for \(lifetime) s")
      throw Status.refused
    case .unsendable(_, let error):
      complain("this cannot be asked for: \(error)")
      throw ExitCode.validationFailure
    case .unanswered, .announced, .expired, .serverLostState, .unreachable, .speaks, nil:
      complain("\(options.peer) does not answer")
      throw Status.refused
    }
  }

  /// For a person; with `--json` standard output is for programs.
  private func say(_ text: String) {
    if !options.json { print(text) }
  }
}

extension ClientEndpoint.Event {
  /// Whether it is what a single request comes to.
  fileprivate var isOutcome: Bool {
    switch self {
    case .alive, .granted, .refused, .deleted, .unanswered, .unsendable: true
    case .announced, .expired, .serverLostState, .unreachable, .speaks: false
    }
  }
}

/// Keeps the server's last response, and prints what passes.
private final class ResponseRecord: Sendable {
  private let response = Mutex<PCPResponse?>(nil)

  var lastResponse: PCPResponse? { response.withLock { $0 } }

  func note(_ passage: UDPDriver<ClientEndpoint>.Passage, _ options: ClientOptions) {
    switch passage {
    case .sent(let datagram):
      show(datagram.octets, "request", "to \(datagram.destination)", options)
    case .received(let octets, let peer):
      // Anyone can send to the port; what is no response of this server is nobody's answer.
      if peer.address == options.peer.address, peer.port == options.peer.port,
        let response = try? PCPResponse(decoding: octets)
      {
        self.response.withLock { $0 = response }
      }
      show(octets, "response", "from \(peer)", options)
    case .unsent(let datagram, let reason): complain("cannot send to \(datagram.destination): \(reason)")
    }
  }

  private func show(_ octets: [UInt8], _ direction: String, _ way: String, _ options: ClientOptions) {
    guard options.annotate else { return }
    let interpreter = WireTextProtocol.of(RequestHeader.definition).interpreter
    guard let number = interpreter.direction(named: direction) else { return }
    let text = "\(way):\n\(interpreter.annotation(direction: number, octets))"
    // With `--json` standard output is for programs.
    if options.json { complain(text) } else { print(text) }
  }
}
