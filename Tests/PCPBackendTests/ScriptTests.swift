import Machine
import PCP
import PCPWire
import Testing
import Wire

@testable import PCPBackend

/// What nft is told for mappings: golden scripts.
@Suite("nftables: transactions")
struct ScriptTests {
  @Test("MAP leads in and out")
  func map() throws {
    #expect(
      try Sample.script(to: [Sample.inbound()]) == """
        add element inet t inward_port4 { 192.0.2.1 . 17 . 4000 : 10.1.0.2 . 5000 }
        add element inet t outward_port4 { 10.1.0.2 . 17 . 5000 : 192.0.2.1 . 4000 }

        """)
  }

  @Test("PEER leads in and out between two ends only")
  func peer() throws {
    #expect(
      try Sample.script(to: [Sample.outbound()]) == """
        add element inet t inward_peer4 { 192.0.2.1 . 17 . 4000 . 198.51.100.7 . 53 : 10.1.0.2 . 5000 }
        add element inet t outward_peer4 { 10.1.0.2 . 17 . 5000 . 198.51.100.7 . 53 : 192.0.2.1 . 4000 }

        """)
  }

  @Test("A batch has one statement for each set")
  func batch() throws {
    #expect(
      try Sample.script(to: [Sample.inbound(1), Sample.inbound(2, .tcp, port: 80, outerPort: 8080)]) == """
        add element inet t inward_port4 { 192.0.2.1 . 17 . 4000 : 10.1.0.2 . 5000, 192.0.2.1 . 6 . 8080 : 10.1.0.2 . 80 }
        add element inet t outward_port4 { 10.1.0.2 . 17 . 5000 : 192.0.2.1 . 4000, 10.1.0.2 . 6 . 80 : 192.0.2.1 . 8080 }

        """)
  }

  @Test("Several ports have an element each")
  func portSet() throws {
    #expect(
      try Sample.script(to: [Sample.inbound(port: 65534, outerPort: 4000, portCount: 2)]) == """
        add element inet t inward_port4 { 192.0.2.1 . 17 . 4000 : 10.1.0.2 . 65534, 192.0.2.1 . 17 . 4001 : 10.1.0.2 . 65535 }
        add element inet t outward_port4 { 10.1.0.2 . 17 . 65534 : 192.0.2.1 . 4000, 10.1.0.2 . 17 . 65535 : 192.0.2.1 . 4001 }

        """)
  }

  @Test("All ports of a protocol, and all protocols")
  func wildcards() throws {
    let mappings = [Sample.inbound(1, .tcp, port: 0, outerPort: 0), Sample.inbound(2, .any, port: 0, outerPort: 0)]
    #expect(
      try Sample.script(to: mappings) == """
        add element inet t inward_protocol4 { 192.0.2.1 . 6 : 10.1.0.2 }
        add element inet t outward_protocol4 { 10.1.0.2 . 6 : 192.0.2.1 }
        add element inet t inward_host4 { 192.0.2.1 : 10.1.0.2 }
        add element inet t outward_host4 { 10.1.0.2 : 192.0.2.1 }

        """)
  }

  @Test("Filters of each shape")
  func filters() throws {
    let filters = [
      Sample.filter("198.51.100.7"), Sample.filter("198.51.100.8", port: 443), Sample.filter("203.0.113.9/25"),
      Sample.filter("203.0.113.128/25", port: 53),
    ]
    #expect(
      try Sample.script(from: [Sample.inbound()], to: [Sample.inbound(filters: filters)]) == """
        add element inet t filtered_port4 { 192.0.2.1 . 17 . 4000 }
        add element inet t allowed_port_host4 { 192.0.2.1 . 17 . 4000 . 198.51.100.7 }
        add element inet t allowed_port_peer4 { 192.0.2.1 . 17 . 4000 . 198.51.100.8 . 443 }
        add element inet t allowed_port_prefix4 { 192.0.2.1 . 17 . 4000 . 203.0.113.0/25 }
        add element inet t allowed_port_prefix_and_port4 { 192.0.2.1 . 17 . 4000 . 203.0.113.128/25 . 53 }

        """)
    #expect(
      try Sample.script(
        from: [Sample.inbound(filters: [filters[0]])], to: [Sample.inbound(filters: [filters[1]])]) == """
          delete element inet t allowed_port_host4 { 192.0.2.1 . 17 . 4000 . 198.51.100.7 }
          add element inet t allowed_port_peer4 { 192.0.2.1 . 17 . 4000 . 198.51.100.8 . 443 }

          """)
  }

  @Test("Of filters that include each other the widest stands, since intervals must not overlap")
  func nestedFilters() throws {
    let filters = [
      Sample.filter("203.0.113.0/28"), Sample.filter("203.0.113.0/24"), Sample.filter("203.0.113.5", port: 9),
      Sample.filter("203.0.113.0/24", port: 80), Sample.filter("203.0.113.7/24"),
    ]
    #expect(
      try Sample.script(from: [Sample.inbound()], to: [Sample.inbound(filters: filters)]) == """
        add element inet t filtered_port4 { 192.0.2.1 . 17 . 4000 }
        add element inet t allowed_port_prefix4 { 192.0.2.1 . 17 . 4000 . 203.0.113.0/24 }

        """)
  }

  @Test("A filter of the other family lets nobody in; one that has all of IPv4 in it does")
  func otherFamily() throws {
    let other = FilterOption(prefixLength: 32, remotePeerPort: 0, remotePeerAddress: Sample.address("2001:db8::"))
    let all = FilterOption(prefixLength: 1, remotePeerPort: 0, remotePeerAddress: .unspecified)
    #expect(
      try Sample.script(from: [Sample.inbound()], to: [Sample.inbound(filters: [other])]) == """
        add element inet t filtered_port4 { 192.0.2.1 . 17 . 4000 }

        """)
    #expect(
      try Sample.script(from: [Sample.inbound()], to: [Sample.inbound(filters: [other, all])]) == """
        add element inet t filtered_port4 { 192.0.2.1 . 17 . 4000 }
        add element inet t allowed_port_prefix4 { 192.0.2.1 . 17 . 4000 . 0.0.0.0/0 }

        """)
  }

  @Test("A pinhole is an address and a port, with filters and without")
  func pinholes() throws {
    let filtered = Sample.pinhole(
      2, port: 443, filters: [Sample.filter("2001:db8:9::/48"), Sample.filter("2001:db8::1", port: 7)])
    #expect(
      try Sample.script(to: [Sample.pinhole(), filtered]) == """
        add element inet t inward_port6 { 2001:db8:1::2 . 6 . 5000, 2001:db8:1::2 . 6 . 443 }
        add element inet t filtered_port6 { 2001:db8:1::2 . 6 . 443 }
        add element inet t allowed_port_prefix6 { 2001:db8:1::2 . 6 . 443 . 2001:db8:9::/48 }
        add element inet t allowed_port_peer6 { 2001:db8:1::2 . 6 . 443 . 2001:db8::1 . 7 }

        """)
  }

  @Test("What goes goes before what comes")
  func replacement() throws {
    #expect(
      try Sample.script(from: [Sample.inbound(1)], to: [Sample.inbound(2, inner: Sample.address("10.1.0.3"))]) == """
        delete element inet t inward_port4 { 192.0.2.1 . 17 . 4000 }
        delete element inet t outward_port4 { 10.1.0.2 . 17 . 5000 }
        add element inet t inward_port4 { 192.0.2.1 . 17 . 4000 : 10.1.0.3 . 5000 }
        add element inet t outward_port4 { 10.1.0.3 . 17 . 5000 : 192.0.2.1 . 4000 }

        """)
    #expect(try Sample.script(from: [Sample.inbound()], to: [Sample.inbound()]) == "")
  }

  @Test(
    "Mappings that the table cannot hold are refused",
    arguments: [
      Sample.inbound(inner: Sample.address("2001:db8::2")), Sample.inbound(outer: Sample.address("2001:db8::1")),
      Sample.inbound(inner: Sample.address("2001:db8::2"), outer: Sample.address("2001:db8::3"), outerPort: 5000),
      Sample.inbound(outerPort: 0), Sample.inbound(outerPort: 65535, portCount: 2),
      Sample.outbound(remote: Sample.address("2001:db8::9")), Sample.outbound(port: 0, outerPort: 0),
    ])
  func unsuitable(mapping: Mapping) {
    #expect(throws: UnsuitableMapping.self) { try MappingPlan(mapping, hasPinholes: true) }
  }

  @Test("Without pinholes there is nothing for IPv6")
  func noPinholes() {
    #expect(throws: UnsuitableMapping.self) { try MappingPlan(Sample.pinhole(), hasPinholes: false) }
  }
}
