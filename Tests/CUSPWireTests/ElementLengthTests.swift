import CUSPWire
import Testing
import Wire

/// Every element with lengths around its own, alone in a message.
@Suite("CUSP: lengths of elements")
struct ElementLengthTests {
  struct Element: Sendable, CustomTestStringConvertible {
    var testDescription: String
    /// The type of the message that it stands in.
    var message: UInt8
    var tag: UInt8
    /// Octets of the value, by the draft and the information model.
    var sizes: [Int]
    /// Octets that zero would be wrong in.
    var octets: [Int: UInt8] = [:]
    var error = "TLV length Anomaly"
    /// Whether more octets are reserved ones.
    var isOpen = false

    /// The message, with so many octets of value.
    func message(_ size: Int) -> [UInt8] {
      let value = (0..<size).map { octets[$0] ?? 0 }
      let padding = [UInt8](repeating: 0, count: (4 - size % 4) % 4)
      let body = [0, tag, UInt8(size >> 8), UInt8(size & 0xFF)] + value + padding
      let count = body.count + 8
      return [message, 0, UInt8(count >> 8), UInt8(count & 0xFF), 0, 0, 0, 1] + body
    }

    func decode(_ octets: [UInt8]) throws(WireError) {
      if message <= 3 {
        _ = try CUSPControlPlane(decoding: octets)
      } else {
        _ = try CUSPUserPlane(decoding: octets)
      }
    }
  }

  static let elements = [
    Element(testDescription: "USER_BASIC_INFO", message: 1, tag: 0, sizes: [24]),
    Element(testDescription: "USER_PPP_INFO", message: 1, tag: 1, sizes: [20]),
    Element(testDescription: "ACCESS_IFSRV_INFO", message: 1, tag: 2, sizes: [16]),
    Element(testDescription: "USER_IPV4_INFO", message: 1, tag: 3, sizes: [20]),
    Element(testDescription: "USER_IPV6_INFO", message: 1, tag: 4, sizes: [48]),
    Element(testDescription: "USER_QOS_AUTH_INFO", message: 1, tag: 5, sizes: [20, 24]),
    Element(testDescription: "ROUTEV4_INFO", message: 1, tag: 6, sizes: [24]),
    Element(testDescription: "ROUTEV6_INFO", message: 1, tag: 7, sizes: [60]),
    Element(testDescription: "STATIC_USER_INFO", message: 1, tag: 8, sizes: [48]),
    Element(testDescription: "Hello", message: 2, tag: 0, sizes: [4], octets: [3: 1], error: "version negotiation failed"),
    Element(testDescription: "Statistics", message: 3, tag: 1, sizes: [4], isOpen: true),
    Element(testDescription: "RESOURCE_IF_INFO", message: 7, tag: 0, sizes: [87], octets: [82: 1]),
    Element(testDescription: "RESOURCE_SLOT_INFO", message: 7, tag: 1, sizes: [8], octets: [3: 1]),
    Element(testDescription: "USER_TRAFFIC_INFORMATION", message: 8, tag: 0, sizes: [40]),
    Element(testDescription: "USER_DETECT_RESULT_INFORMATION", message: 8, tag: 1, sizes: [6]),
  ]

  @Test("One octet short, one long, none, and every other size but its own", arguments: elements)
  func sizes(_ element: Element) {
    for size in 0...100 {
      if element.sizes.contains(size) || element.isOpen && size > element.sizes[0] {
        #expect(throws: Never.self, "\(size)") { try element.decode(element.message(size)) }
      } else {
        let error = #expect(throws: WireError.self, "\(size)") { try element.decode(element.message(size)) }
        #expect(error?.code.description == element.error, "\(size)")
        #expect(error?.kind == (size < element.sizes[0] ? .truncated : .trailing), "\(size)")
      }
    }
  }
}
