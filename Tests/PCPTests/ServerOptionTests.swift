import Machine
import PCP
import PCPWire
import Testing
import Wire

/// Options at the server (RFC 6887 section 13, RFC 7220, RFC 7225, RFC 7753, RFC 7843).
@Suite struct ServerOptionTests {
  private func filter(_ text: String, length: UInt8 = 128, port: UInt16 = 0) -> FilterOption {
    FilterOption(prefixLength: length, remotePeerPort: port, remotePeerAddress: address(text))
  }

  @Test("Filters add up, a prefix length of 0 removes those before it")
  func filters() throws {
    var server = TestServer()
    let first = filter("192.0.2.200", port: 5968)
    let second = filter("192.0.2.201")
    let answer = server.map(.test(options: .init(filter: [first])), at: seconds(0)).map
    #expect(answer?.options.filter == [first])
    #expect(server.machine.mappings.map(\.filters) == [[first]])
    _ = server.map(.test(options: .init(filter: [second, first])), at: seconds(1))
    #expect(server.machine.mappings.map(\.filters) == [[first, second]])
    _ = server.map(.test(), at: seconds(2))
    #expect(server.machine.mappings.map(\.filters) == [[first, second]])
    let none = filter("::", length: 0)
    _ = server.map(.test(options: .init(filter: [none, second])), at: seconds(3))
    #expect(server.machine.mappings.map(\.filters) == [[second]])
    _ = server.map(.test(options: .init(filter: [none])), at: seconds(4))
    #expect(server.machine.mappings.map(\.filters) == [[]])
  }

  @Test("Changed filters count only when the backend has them")
  func filterChange() throws {
    var machine = ServerMachine(.test, startedAt: .origin, random: SplitMix64(seed: 1))
    let asked = machine.handle(.request(.map(.test()), from: inside, token(1)), at: seconds(0))
    guard case .install(let mapping) = try #require(asked.first) else { return }
    _ = machine.handle(.installed(mapping.id), at: seconds(0))
    let change = MapRequest.test(options: .init(filter: [filter("192.0.2.200")]))
    let effects = machine.handle(.request(.map(change), from: inside, token(2)), at: seconds(1))
    guard case .install(let changed) = try #require(effects.first) else { return }
    #expect(changed.id == mapping.id && changed.filters.count == 1)
    #expect(machine.mappings.map(\.filters) == [[]])
    _ = machine.handle(.notInstalled(mapping.id, .networkFailure), at: seconds(2))
    #expect(machine.mappings.map(\.filters) == [[]])
    #expect(machine.mappings.map(\.expiresAt) == [seconds(7200)])
  }

  @Test("Too many filters change nothing")
  func excessive() {
    var configuration = ServerConfiguration.test
    configuration.filtersPerMapping = 2
    var server = TestServer(configuration)
    let filters = (1...3).map { filter("192.0.2.\($0)") }
    #expect(
      server.map(.test(options: .init(filter: filters)), at: seconds(0))
        == .refusal(.excessiveRemotePeers, lifetime: 1800))
    #expect(server.machine.mappings.isEmpty)
    _ = server.map(.test(lifetime: 200, options: .init(filter: Array(filters.prefix(2)))), at: seconds(0))
    let before = server.machine.mappings
    #expect(
      server.map(.test(options: .init(filter: [filters[2]])), at: seconds(1))
        == .refusal(.excessiveRemotePeers, lifetime: 1800))
    #expect(server.machine.mappings == before)
  }

  @Test("THIRD_PARTY is for those on the list")
  func thirdParty() {
    var server = TestServer()
    let options = MapRequest.Options(thirdParty: ThirdPartyOption(address: address("198.51.100.7")))
    #expect(server.map(.test(options: options), at: seconds(0)) == .refusal(.unsuppOption, lifetime: 1800))
    let manager = peer("198.51.100.9")
    let answer = server.map(.test(from: manager, options: options), from: manager, at: seconds(0)).map
    #expect(answer?.options.thirdParty == options.thirdParty)
    #expect(server.machine.mappings.map(\.inner.address) == [address("198.51.100.7")])
  }

  @Test("THIRD_PARTY of no host is malformed", arguments: ["0.0.0.0", "::", "224.0.0.1", "ff02::1"])
  func thirdPartyOfNobody(text: String) {
    var server = TestServer()
    let manager = peer("198.51.100.9")
    let options = MapRequest.Options(thirdParty: ThirdPartyOption(address: address(text)))
    let answer = server.map(.test(from: manager, options: options), from: manager, at: seconds(0))
    #expect(answer == .refusal(.malformedOption, lifetime: 1800))
  }

  @Test("THIRD_PARTY_ID is not supported")
  func thirdPartyID() {
    var server = TestServer()
    let manager = peer("198.51.100.9")
    let options = MapRequest.Options(
      thirdParty: ThirdPartyOption(address: address("198.51.100.7")),
      thirdPartyID: ThirdPartyIDOption(value: [1, 2, 3]))
    #expect(
      server.map(.test(from: manager, options: options), from: manager, at: seconds(0))
        == .refusal(.unsuppOption, lifetime: 1800))
  }

  private func described(_ text: WireString) -> MapRequest {
    .test(options: .init(description: DescriptionOption(text: text)))
  }

  @Test("DESCRIPTION is kept, cut between characters, erased, and passed over when it is no text")
  func description() {
    var configuration = ServerConfiguration.test
    configuration.descriptionSize = 129
    var server = TestServer(configuration)
    let answer = server.map(described("mail"), at: seconds(0)).map
    #expect(answer?.options.description?.text == "mail")
    _ = server.map(.test(), at: seconds(1))
    #expect(server.machine.mappings.map(\.words) == ["mail"])
    let nonText = server.map(described(WireString(octets: [0xFF, 0xFE])), at: seconds(2)).map
    #expect(nonText != nil && nonText?.options.description == nil)
    #expect(server.machine.mappings.map(\.words) == ["mail"])
    let long = server.map(described(WireString(String(repeating: "é", count: 200))), at: seconds(3)).map
    #expect(long?.options.description?.text == WireString(String(repeating: "é", count: 64)))
    let empty = server.map(described(""), at: seconds(4)).map
    #expect(empty?.options.description?.text == "")
    #expect(server.machine.mappings.map(\.words) == [nil])
  }

  @Test("PREFIX64 is told to those who ask, as far as it fits")
  func prefix64() throws {
    let option = Prefix64Option(
      prefix: Array(address("64:ff9b::").octets.prefix(12)), suffix: [])
    var configuration = ServerConfiguration.test
    configuration.prefix64 = Array(repeating: option, count: 100)
    var server = TestServer(configuration)
    let asked = MapRequest.Options(prefix64: option)
    let answer = server.map(.test(options: asked), at: seconds(0)).map
    #expect(answer?.options.prefix64.count == 52)
    let size = try #require(answer).encoded().count
    #expect(size <= MessageFacts.maximumSize)
    #expect(server.map(.test(), at: seconds(1)).map?.options.prefix64 == [])
    let question = AnnounceRequest(requestedLifetime: 0, clientAddress: inside.address, options: .init(prefix64: option))
    guard case .response(.announce(let announced)) = server.ask(.announce(question), at: seconds(2)) else {
      Issue.record("no answer to ANNOUNCE")
      return
    }
    #expect(announced.options.prefix64.count == 53)
    #expect(try announced.encoded().count <= MessageFacts.maximumSize)
  }
}
