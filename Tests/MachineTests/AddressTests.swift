import Machine
import Testing
import Wire

@Suite struct AddressTests {
  @Test(
    "Prefixes are read, printed and matched",
    arguments: [
      ("192.0.2.0/24", "192.0.2.0/24", "192.0.2.255", true), ("192.0.2.0/24", "192.0.2.0/24", "192.0.3.0", false),
      ("192.0.2.1", "192.0.2.1/32", "192.0.2.1", true), ("0.0.0.0/0", "0.0.0.0/0", "203.0.113.9", true),
      ("0.0.0.0/0", "0.0.0.0/0", "2001:db8::1", false), ("2001:db8::/32", "2001:db8::/32", "2001:db8:1::", true),
      ("::/0", "::/0", "192.0.2.1", true),
    ])
  func prefixes(text: String, printed: String, address: String, isIn: Bool) throws {
    let prefix = try #require(AddressPrefix(text))
    #expect("\(prefix)" == printed)
    #expect(prefix.contains(try #require(IPv6Address(plain: address))) == isIn)
  }

  @Test("What is no prefix is not read", arguments: ["", "/8", "192.0.2.0/33", "::/129", "192.0.2.0/", "::/+1", "::/a"])
  func noPrefix(text: String) {
    #expect(AddressPrefix(text) == nil)
  }

  @Test("Addresses of peers are printed with their port")
  func peers() throws {
    #expect("\(PeerAddress(try #require(IPv6Address(plain: "192.0.2.1")), port: 5351))" == "192.0.2.1:5351")
    #expect("\(PeerAddress(try #require(IPv6Address(plain: "::1")), port: 1))" == "[::1]:1")
    #expect("\(PeerAddress(try #require(IPv6Address(plain: "fe80::1")), port: 1, scope: 2))" == "[fe80::1%2]:1")
  }

  @Test(
    "Groups are told from hosts",
    arguments: [("224.0.0.1", true), ("239.255.255.255", true), ("223.0.0.1", false), ("ff02::1", true), ("::1", false)])
  func multicast(text: String, isMulticast: Bool) throws {
    #expect(try #require(IPv6Address(plain: text)).isMulticast == isMulticast)
  }
}
