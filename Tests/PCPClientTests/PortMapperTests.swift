import Foundation
import Machine
import PCP
import PCPWire
import Testing
import Transport
import Wire

@testable import PCPClient

/// The Swift API, over real sockets on the loopback interface, against our own server.
@Suite(.timeLimit(.minutes(1))) struct PortMapperTests {
  /// Waits until something has come about.
  private func eventually(_ condition: () async -> Bool) async throws {
    for _ in 0..<400 {
      if await condition() { return }
      try await Task.sleep(for: .milliseconds(25))
    }
    Issue.record("it never came about")
  }

  @Test("A mapping is asked for, granted, and deleted when the loop is left")
  func loop() async throws {
    let server = try await LoopbackServer()
    let mapper = PortMapper([[server.address]])
    for await state in mapper.mapping(
      .tcp, internalPort: 8080, details: { $0.options.description = DescriptionOption(text: "web") })
    {
      guard let port = state.mapped else { continue }
      #expect(port.external.address == external && port.external.port != 0 && port.external.host == "192.0.2.1")
      #expect(port.external.serverProtocol == .pcp && port.external.portCount == 1)
      let left = port.external.expiresAt - .now
      #expect(left > .seconds(7100) && left <= .seconds(7200))
      let mappings = await server.mappings()
      #expect(mappings.map(\.inner) == [InternalTuple(.tcp, loopback, port: 8080)])
      #expect(mappings.first?.outer.port == port.external.port)
      break
    }
    try await eventually { await server.mappings().isEmpty }
    await server.stop()
  }

  @Test("A mapping goes when the task that follows it is cancelled")
  func cancellation() async throws {
    let server = try await LoopbackServer()
    let mapper = PortMapper([[server.address]])
    let task = Task { for await _ in mapper.mapping(.udp, internalPort: 4000) {} }
    try await eventually { await server.mappings().count == 1 }
    task.cancel()
    await task.value
    try await eventually { await server.mappings().isEmpty }
    await server.stop()
  }

  @Test("The scope form deletes before it returns, also when its body throws")
  func scope() async throws {
    struct Failure: Error {}
    let server = try await LoopbackServer()
    let mapper = PortMapper([[server.address]])
    let port = try await mapper.withMapping(.tcp, internalPort: 80) { port, mapping in
      #expect(mapping.state.mapped == port)
      #expect(await server.mappings().count == 1)
      return port.external.port
    }
    #expect(port != 0)
    #expect(await server.mappings().isEmpty)
    await #expect(throws: Failure.self) {
      try await mapper.withMapping(.tcp, internalPort: 80) { _, _ in throw Failure() }
    }
    #expect(await server.mappings().isEmpty)
    await server.stop()
  }

  @Test("Several mappings and several readers, and an end that deletes all")
  func shutdown() async throws {
    let server = try await LoopbackServer()
    let mapper = PortMapper([[server.address]])
    let first = mapper.mapping(.tcp, internalPort: 1)
    let second = mapper.mapping(.udp, internalPort: 2)
    let readers = (0..<2).map { _ in
      Task {
        for await state in first where state.mapped != nil { return true }
        return false
      }
    }
    for reader in readers { #expect(await reader.value) }
    _ = try await second.mapped(within: .seconds(10))
    #expect(await server.mappings().count == 2)
    await mapper.shutdown()
    #expect(await server.mappings().isEmpty)
    #expect(first.state == .unavailable(.stopped))
    await #expect(throws: PortMapperError.unavailable(.stopped)) {
      try await mapper.mapping(.tcp, internalPort: 3).mapped(within: .seconds(10))
    }
    await server.stop()
  }

  @Test("A refusal is told with its result and when it is asked for again")
  func refusal() async throws {
    let server = try await LoopbackServer { $0.protocols = [.tcp] }
    let mapper = PortMapper([[server.address]])
    do {
      _ = try await mapper.mapping(.udp, internalPort: 8080).mapped(within: .seconds(10))
      Issue.record("granted")
    } catch .refused(let refusal) {
      #expect(refusal.reason == .result(.unsuppProtocol))
      #expect(try #require(refusal.retryAt) - .now > .seconds(1700))
      #expect(refusal.description == "refused: UNSUPP_PROTOCOL")
    }
    await server.stop()
  }

  @Test("What cannot be asked for is said at once")
  func invalid() async throws {
    let mapper = PortMapper([[PeerAddress(loopback, port: 9)]])
    do {
      _ = try await mapper.mapping(.any, internalPort: 80).mapped(within: .seconds(10))
      Issue.record("granted")
    } catch .refused(let refusal) {
      guard case .invalid = refusal.reason else {
        Issue.record("\(refusal)")
        return
      }
      #expect(refusal.retryAt == nil)
    }
  }

  @Test("Where nothing listens the host's ICMP error tells; without a gateway nobody is asked; who is silent is not waited for")
  func nobody() async throws {
    let socket = try await UDPSocket(boundTo: PeerAddress(loopback, port: 0))
    let silent = PortMapper([[socket.localAddress]])
    await #expect(throws: PortMapperError.timedOut) {
      try await silent.mapping(.tcp, internalPort: 1).mapped(within: .milliseconds(200))
    }
    let patient = PortMapper([[socket.localAddress]]) { $0.silenceNotice = .milliseconds(100) }
    await #expect(throws: PortMapperError.unavailable(.silent)) {
      try await patient.mapping(.tcp, internalPort: 1).mapped(within: .seconds(10))
    }
    await socket.close()
    let refusing = PortMapper([[socket.localAddress]])
    await #expect(throws: PortMapperError.unavailable(.notSupported)) {
      try await refusing.mapping(.tcp, internalPort: 1).mapped(within: .seconds(10))
    }
    await #expect(throws: PortMapperError.unavailable(.noGateway)) {
      try await PortMapper([]).mapping(.tcp, internalPort: 1).mapped(within: .seconds(10))
    }
  }

  @Test("RFC 7488: an address where nothing listens gives way to the next; two servers are asked at once")
  func servers() async throws {
    let gone = try await UDPSocket(boundTo: PeerAddress(loopback, port: 0))
    await gone.close()
    let first = try await LoopbackServer()
    let second = try await LoopbackServer()
    let mapper = PortMapper([[gone.localAddress, first.address], [second.address]])
    let mapping = mapper.mapping(.tcp, internalPort: 8080)
    try await eventually { mapping.state.mapped?.endpoints.count == 2 }
    let port = try #require(mapping.state.mapped)
    #expect(
      port.endpoints.map(\.server) == [ServerChoice.ID([gone.localAddress, first.address]), ServerChoice.ID([second.address])])
    #expect(Set(port.endpoints.map(\.nonce)).count == 2)
    await mapping.delete()
    #expect(await first.mappings().isEmpty)
    #expect(await second.mappings().isEmpty)
    await first.stop()
    await second.stop()
  }

  @Test("A deletion waits for those who granted, not for those who never answered; who is gone does not confirm it")
  func deletion() async throws {
    let silent = try await UDPSocket(boundTo: PeerAddress(loopback, port: 0))
    let server = try await LoopbackServer()
    let mapper = PortMapper([[server.address], [silent.localAddress]]) { $0.deletionTimeout = .seconds(1) }
    let first = mapper.mapping(.tcp, internalPort: 1)
    let second = mapper.mapping(.tcp, internalPort: 2)
    for mapping in [first, second] { _ = try await mapping.mapped(within: .seconds(10)) }
    let started = ContinuousClock.now
    #expect(await first.delete())
    #expect(ContinuousClock.now - started < .milliseconds(900))
    await server.stop()
    #expect(await second.delete() == false)
    await silent.close()
  }

  @Test("RFC 6887 Appendix A: a NAT-PMP gateway does as well")
  func natPMP() async throws {
    let socket = try await UDPSocket(boundTo: PeerAddress(loopback, port: 0))
    let gateway = UDPDriver(NATPMPGateway(), sockets: [socket], clock: MonotonicClock())
    let running = Task { await gateway.run() }
    let mapper = PortMapper([[socket.localAddress]])
    let mapping = mapper.mapping(.tcp, internalPort: 8080)
    let port = try await mapping.mapped(within: .seconds(10))
    #expect(port.external.description == "192.0.2.1:9000")
    #expect(port.external.serverProtocol == .natPMP)
    #expect(await gateway.inspect(\.mapped) == [8080: 9000])
    await mapping.delete()
    #expect(await gateway.inspect(\.mapped).isEmpty)
    running.cancel()
    await running.value
  }

  @Test("RFC 6887 section 14.1.3: a server that has lost its mappings says so, and has them again soon")
  func restart() async throws {
    let first = try await LoopbackServer()
    let mapper = PortMapper([[first.address]]) { $0.client.maximumRecoveryDelay = .milliseconds(50) }
    let mapping = mapper.mapping(.tcp, internalPort: 8080)
    let port = try await mapping.mapped(within: .seconds(10)).external.port
    let client = try #require(await first.mappings().first?.requester)
    // The server's clock must be seen to go back.
    try await Task.sleep(for: .seconds(3))
    mapping.renew()
    try await Task.sleep(for: .milliseconds(200))
    await first.stop()
    let second = try await LoopbackServer(port: first.address.port, announcing: [client])
    await second.driver.perform(.start)
    try await eventually { await second.mappings().first?.outer.port == port }
    #expect(mapping.state.mapped?.external.port == port)
    await second.stop()
  }

  @Test("The example of the README is one that compiles")
  func readme() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let readme = try String(contentsOf: root.appending(path: "README.md"), encoding: .utf8)
    let example = try String(
      contentsOf: URL(filePath: #filePath).deletingLastPathComponent().appending(path: "ReadmeExample.swift"), encoding: .utf8)
    #expect(readme.contains("```swift\n\(example)```\n"))
  }
}
