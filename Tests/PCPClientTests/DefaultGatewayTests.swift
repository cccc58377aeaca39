import Machine
import Testing
import Wire

@testable import Transport

/// Default gateways and addresses, out of the tables that Linux shows.
@Suite struct DefaultGatewayTests {
  private func address(_ text: String) -> IPv6Address { IPv6Address(plain: text) ?? .unspecified }

  @Test("IPv4: default routes by a gateway, those of the least metric first, each gateway once")
  func ipv4() {
    #if _endian(little)
      let text = """
        Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
        wlan0\t00000000\t0100A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0
        eth0\t00000000\t010200C0\t0003\t0\t0\t100\t00000000\t0\t0\t0
        eth0\t00000000\t010200C0\t0003\t0\t0\t900\t00000000\t0\t0\t0
        eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0
        eth1\t00000000\t020200C0\t0002\t0\t0\t0\t00000000\t0\t0\t0
        tun0\t00000000\t00000000\t0001\t0\t0\t0\t00000000\t0\t0\t0
        tun0\t00000000\t0900000A\t0003\t0\t0\t0\t00000080\t0\t0\t0
        """
      #expect(
        DefaultGateway.ipv4(text) == [
          DefaultGateway(PeerAddress(address("192.0.2.1"), port: 0), interface: "eth0", metric: 100),
          DefaultGateway(PeerAddress(address("192.168.0.1"), port: 0), interface: "wlan0", metric: 600),
        ])
    #endif
  }

  @Test("IPv6: a link-local router with its interface; routes that refuse are none")
  func ipv6() {
    let zero = String(repeating: "0", count: 32)
    let text = """
      fe800000000000000000000000000000 40 \(zero) 00 \(zero) 00000100 00000002 00000000 00000001     eth0
      \(zero) 00 \(zero) 00 fe800000000000000000000000000001 00000400 00000003 00000000 00450003     eth0
      \(zero) 00 \(zero) 00 20010db8000000000000000000000001 00000100 00000003 00000000 00000003     eth1
      \(zero) 00 \(zero) 00 \(zero) ffffffff 00000001 00000000 00200200       lo
      """
    #expect(
      DefaultGateway.ipv6(text, numbers: ["eth0": 7, "eth1": 8]) == [
        DefaultGateway(PeerAddress(address("2001:db8::1"), port: 0), interface: "eth1", metric: 0x100),
        DefaultGateway(PeerAddress(address("fe80::1"), port: 0, scope: 7), interface: "eth0", metric: 0x400),
      ])
  }

  @Test("RFC 6887 section 8.4: IPv6 addresses that the Internet reaches and that are in use, lasting ones first")
  func addresses() {
    let text = """
      00000000000000000000000000000001 01 80 10 80       lo
      20010db8000000000000000000000002 04 40 00 01     eth0
      20010db8000000000000000000000003 04 40 00 20     eth0
      20010db8000000000000000000000004 04 40 00 40     eth0
      20010db8000000000000000000000005 04 40 00 80     eth0
      fe8000000000000000fc00fffe000001 04 40 20 80     eth0
      fd000000000000000000000000000002 04 40 00 82     eth0
      """
    #expect(
      IPv6HostAddress.global(text) == [
        IPv6HostAddress(address: address("2001:db8::5"), interface: "eth0", isTemporary: false),
        IPv6HostAddress(address: address("2001:db8::2"), interface: "eth0", isTemporary: true),
      ])
  }

  @Test("What is no table has no gateways", arguments: ["", "\n\n", "x", "a b c d e f g h i j k", "eth0\t0\t0\t0\t0\t0\t0\t0"])
  func nonsense(text: String) {
    #expect(DefaultGateway.ipv4("head\n" + text).isEmpty)
    #expect(DefaultGateway.ipv6(text, numbers: [:]).isEmpty)
    #expect(IPv6HostAddress.global(text).isEmpty)
  }

  @Test("This host's own tables can be read")
  func own() throws {
    for gateway in try DefaultGateway.all() { #expect(!gateway.address.address.isUnspecified && !gateway.interface.isEmpty) }
  }
}
