import AcmeWire
import PCPWire
import Testing
import Wire
import WireText

@Suite("A schema of one's own")
struct BeaconTests {
  @Test func bothWays() throws {
    let value = BeaconAnnouncement(state: .busy, interval: 60, name: "hall")
    let octets: [UInt8] = [1, 1, 0, 60, 4, 0x68, 0x61, 0x6C, 0x6C]
    #expect(try value.encoded() == octets)
    #expect(try BeaconAnnouncement(decoding: octets) == value)
    #expect(
      try BeaconAnnouncement(json: #"{"message": "BeaconAnnouncement", "state": "busy", "interval": 60, "name": "hall"}"#)
        == value)
  }

  @Test func refusesWhatIsWrong() {
    let error = #expect(throws: WireError.self) { try BeaconAnnouncement(decoding: [1, 2, 0, 60, 0]) }
    #expect(error?.description == "offset 1: BeaconAnnouncement.state: a number without a meaning")
    #expect(throws: WireError.self) { try BeaconAnnouncement(state: .idle, interval: 0, name: "").encoded() }
  }
}

@Suite("A private option, added to PCP from outside")
struct BurstTests {
  private let request = MapRequest(
    requestedLifetime: 7200, clientAddress: IPv6Address(mapping: IPv4Address(198, 51, 100, 1)), nonce: Octets(repeating: 7),
    protocol: .udp, internalPort: 5060, suggestedExternalPort: 0, suggestedExternalAddress: .unspecifiedIPv4)

  @Test func typedAccessorOnThePublishedType() throws {
    var request = request
    #expect(try request.options.burst == nil)
    let burst = BurstOption(size: 9000, interval: 20)
    try request.options.set(burst: burst)
    let decoded = try MapRequest(decoding: try request.encoded())
    #expect(decoded == request)
    #expect(try decoded.options.burst == burst)
    #expect(decoded.options.unknown[0].octets == [230, 0, 0, 6, 0, 0, 0x23, 0x28, 0, 20, 0, 0])
    try request.options.set(burst: nil)
    #expect(request.options.unknown.isEmpty)
  }

  @Test func severalOfOneKind() throws {
    var request = request
    try request.options.set(note: [NoteOption(text: "one"), NoteOption(text: "two")])
    let decoded = try MapRequest(decoding: try request.encoded())
    #expect(try decoded.options.note.map(\.text) == ["one", "two"])
  }

  @Test func errorsOfTheOptionsValue() throws {
    var request = request
    request.options.unknown = [try PCPOption.kept(OptionCode(rawValue: 230), value: [0, 0, 0, 1, 0, 0])]
    let decoded = try MapRequest(decoding: try request.encoded())
    let error = #expect(throws: WireError.self) { try decoded.options.burst }
    #expect(error?.description == "offset 4: BurstOption.interval: out of range [MALFORMED_OPTION]")
  }

  @Test func knownWithTheRegistry() throws {
    var request = request
    request.options.unknown = [try PCPOption.kept(OptionCode(rawValue: 230), value: [0, 0, 0, 1, 0, 0])]
    let octets = try request.encoded()
    #expect(MapRequest.violations(in: octets) == [])
    #expect(
      MapRequest.violations(in: octets, extensions: AcmePCP.extensions).map(\.description) == [
        "offset 68: MapRequest.options[0].burst.interval: out of range [MALFORMED_OPTION]"
      ])
    try request.options.set(burst: BurstOption(size: 9000, interval: 20))
    let text = try request.json(extensions: AcmePCP.extensions).text()
    #expect(text.contains("burst"))
    #expect(try MapRequest(json: text, extensions: AcmePCP.extensions) == request)
    #expect(try PCPRequest(decoding: try request.encoded(), extensions: AcmePCP.extensions) == .map(request))
  }
}
