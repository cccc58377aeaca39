import PCP
import PCPWire
import Testing
import Wire

/// What a server's configuration must be.
@Suite struct ServerConfigurationTests {
  private func faults(_ change: (inout ServerConfiguration) -> Void) -> [String] {
    var configuration = ServerConfiguration.test
    change(&configuration)
    return configuration.faults.map(\.description)
  }

  @Test("What cannot be is said, and nothing of what can")
  func limits() {
    #expect(faults { _ in } == [])
    #expect(faults { $0.maximumLifetime = 119 } == ["the shortest lifetime is longer than the longest"])
    #expect(faults { $0.minimumLifetime = 0 } == ["the shortest lifetime is 0, which means deletion"])
    #expect(faults { $0.filtersPerMapping = 0 } == ["a mapping must be allowed at least one filter"])
    #expect(faults { $0.descriptionSize = 127 } == ["descriptions must be kept up to 128 octets at least"])
    #expect(faults { $0.externalPorts = 0...9 } == ["0 is no external port"])
    #expect(faults { $0.externalAddresses = [address("::")] } == [":: cannot be an external address"])
    #expect(faults { $0.externalAddresses = [address("ff02::1")] } == ["ff02::1 cannot be an external address"])
    #expect(faults { $0.externalAddresses = [outside, outside] } == ["the external address 192.0.2.1 is given twice"])
  }

  @Test("Faults say which settings they are in, and there is a name for every setting")
  func settings() {
    var configuration = ServerConfiguration.test
    configuration.maximumLifetime = 1
    configuration.externalAddresses.append(address("ff02::1"))
    #expect(configuration.faults.map(\.settings) == [[.minimumLifetime, .maximumLifetime], [.externalAddresses]])
    #expect(configuration.faults.map(\.index) == [nil, configuration.externalAddresses.count - 1])
    // What the program decides by what it is: with a store, with a backend, with extensions.
    let decided: Set = ["hasPinholes", "looksUpImplicitMappings", "hasStore", "extensions"]
    let properties = Set(Mirror(reflecting: configuration).children.compactMap(\.label))
    #expect(properties.subtracting(decided) == Set(ServerConfiguration.Setting.allCases.map(\.rawValue)))
  }

  @Test("A prefix of a NAT64 has a length that there is, and fits into an answer")
  func prefixes() {
    let octets = Array(address("64:ff9b::").octets)
    let whole = Prefix64Option(prefix: Array(octets.prefix(12)), suffix: [])
    let part = Prefix64Option(prefix: Array(octets.prefix(8)), suffix: [0, 0, 0, 0])
    #expect(faults { $0.prefix64 = [whole, part] } == [])
    let odd = Prefix64Option(prefix: Array(octets.prefix(9)), suffix: [0, 0, 0])
    let short = Prefix64Option(prefix: Array(octets.prefix(8)), suffix: [0])
    let found = faults { $0.prefix64 = [whole, odd, short] }
    #expect(found.count == 2)
    #expect(found.first?.hasPrefix("prefix 2 of the NAT64 is none: ") == true, "\(found)")
    #expect(found.last?.hasPrefix("prefix 3 of the NAT64 is none: ") == true, "\(found)")
    var large = whole
    large.ipv4Prefixes = IPv4PrefixList(
      prefixes: (0..<200).map { IPv4Prefix(length: 24, address: IPv4Address(UInt32($0) << 8)) })
    #expect(faults { $0.prefix64 = [large] } == ["prefix 1 of the NAT64 makes an answer of 1244 octets; 1100 are the most"])
  }
}
