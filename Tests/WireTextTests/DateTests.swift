import Foundation
import Testing
import Wire

/// The date in text as mail has it; nil when it is none.
private func mail(_ text: String) -> WireDate? {
  Array(text.utf8).withRawSpan { $0.mailDate(0, count: $0.byteCount) }
}

/// The octets a date is sent as.
private func sent(_ date: WireDate) -> String {
  var memory = [UInt8](repeating: 0, count: 40)
  let count = memory.withUnsafeMutableBytes { buffer in
    var output = OutputRawSpan(buffer: buffer, initializedCount: 0)
    output.mailDate(date)
    return output.finalize(for: buffer)
  }
  return String(decoding: memory.prefix(count), as: UTF8.self)
}

@Suite("Dates")
struct DateTests {
  @Test(
    "Known dates",
    arguments: [
      (784_111_777, "1994-11-06T08:49:37Z", "Sun, 06 Nov 1994 08:49:37 GMT"),
      (0, "1970-01-01T00:00:00Z", "Thu, 01 Jan 1970 00:00:00 GMT"),
      (-1, "1969-12-31T23:59:59Z", "Wed, 31 Dec 1969 23:59:59 GMT"),
      (951_782_400, "2000-02-29T00:00:00Z", "Tue, 29 Feb 2000 00:00:00 GMT"),
      (951_868_800, "2000-03-01T00:00:00Z", "Wed, 01 Mar 2000 00:00:00 GMT"),
      (-2_208_988_800, "1900-01-01T00:00:00Z", "Mon, 01 Jan 1900 00:00:00 GMT"),
      (4_294_967_295, "2106-02-07T06:28:15Z", "Sun, 07 Feb 2106 06:28:15 GMT"),
      (253_402_300_799, "9999-12-31T23:59:59Z", "Fri, 31 Dec 9999 23:59:59 GMT"),
      (-62_167_219_200, "0000-01-01T00:00:00Z", "Sat, 01 Jan 0000 00:00:00 GMT"),
    ] as [(Int64, String, String)])
  func known(seconds: Int64, text: String, mailText: String) {
    let date = WireDate(seconds: seconds)
    #expect(date.description == text)
    #expect(WireDate(text) == date)
    #expect(date.hasMailForm)
    #expect(sent(date) == mailText)
    #expect(mail(mailText) == date)
  }

  @Test("As the calendar of the system has it, over ten thousand years")
  func calendar() throws {
    let formatter = ISO8601DateFormatter()
    var seconds: Int64 = -11_000_000_000
    while seconds < 253_000_000_000 {
      let date = WireDate(seconds: seconds)
      #expect(date.description == formatter.string(from: Date(timeIntervalSince1970: Double(seconds))))
      #expect(WireDate(date.description) == date)
      #expect(mail(sent(date)) == date)
      seconds += 86_400 * 97 + 12_345
    }
  }

  @Test(
    "Far away: years with a sign",
    arguments: [
      (253_402_300_800, "+10000-01-01T00:00:00Z"), (-62_167_219_201, "-00001-12-31T23:59:59Z"),
      (.max, "+292277026596-12-04T15:30:07Z"), (.min, "-292277022657-01-27T08:29:52Z"),
    ] as [(Int64, String)])
  func farAway(seconds: Int64, text: String) {
    let date = WireDate(seconds: seconds)
    #expect(date.description == text)
    #expect(WireDate(text) == date)
    #expect(!date.hasMailForm)
    #expect(sent(date).utf8.count == 29)
  }

  @Test("Fractions, offsets, and a second 60")
  func forms() {
    #expect(WireDate(seconds: -1, nanoseconds: 500_000_000).description == "1969-12-31T23:59:59.5Z")
    #expect(WireDate(seconds: 0, nanoseconds: 1).description == "1970-01-01T00:00:00.000000001Z")
    #expect(WireDate("1970-01-01T00:00:00.0000000010Z") == WireDate(seconds: 0, nanoseconds: 1))
    #expect(WireDate("1970-01-01t01:30:00.25+01:30") == WireDate(seconds: 0, nanoseconds: 250_000_000))
    #expect(WireDate("1969-12-31T19:00:00-05:00") == WireDate(seconds: 0))
    #expect(WireDate("1990-12-31T23:59:60z") == WireDate("1991-01-01T00:00:00Z"))
    #expect(WireDate(seconds: 0, nanoseconds: .max).nanoseconds == 999_999_999)
    #expect(WireDate(seconds: 1) > WireDate(seconds: 0, nanoseconds: 5))
    #expect(WireDate(seconds: 1) < WireDate(seconds: 1, nanoseconds: 5))
  }

  @Test(
    "What is no date of RFC 3339",
    arguments: [
      "", "1994-11-06", "1994-11-06T08:49:37", "1994-11-06 08:49:37Z", "1994-13-06T08:49:37Z", "1994-02-29T08:49:37Z",
      "1994-11-06T24:00:00Z", "1994-11-06T08:60:00Z", "1994-11-06T08:49:61Z", "1994-11-06T08:49:37.Z",
      "1994-11-06T08:49:37.0000000001Z", "1994-11-06T08:49:37+24:00", "1994-11-06T08:49:37+0100", "+1994-11-06T08:49:37Z",
      "+292277026596-12-04T15:30:08Z", "-292277022657-01-27T08:29:51Z", "+9999999999999-01-01T00:00:00Z",
      "1994-11-06T08:49:37Zx", "1994-1-06T08:49:37Z", "1994-11-00T08:49:37Z",
    ])
  func noDate(text: String) { #expect(WireDate(text) == nil) }

  @Test(
    "Other forms that mail may have",
    arguments: [
      "6 Nov 94 08:49:37 GMT", "SUN, 6 NOV 1994 08:49:37 ut", "sun, 06 nov 1994 08:49:37 Z", "06 Nov 1994 03:49:37 EST",
      "06 Nov 1994 04:49:37 EDT", "06 Nov 1994 03:49:37 CDT", "06 Nov 1994 02:49:37 CST", "06 Nov 1994 02:49:37 MDT",
      "06 Nov 1994 01:49:37 MST", "06 Nov 1994 01:49:37 PDT", "06 Nov 1994 00:49:37 PST",
      "Mon, 07 Nov 1994 08:48:37 +2359", "06 Nov 1994 07:19:37 -0130", "06 Nov 1994 08:49:37 UTC",
    ])
  func mailForms(text: String) { #expect(mail(text) == WireDate(seconds: 784_111_777)) }

  @Test("Without seconds, with a second 60, and years of two digits")
  func mailDetails() {
    #expect(mail("01 Jan 1970 00:01 GMT") == WireDate(seconds: 60))
    #expect(mail("31 Dec 1990 23:59:60 GMT") == WireDate("1991-01-01T00:00:00Z"))
    #expect(mail("1 Jan 49 00:00 GMT") == WireDate("2049-01-01T00:00:00Z"))
    #expect(mail("1 Jan 50 00:00 GMT") == WireDate("1950-01-01T00:00:00Z"))
  }

  @Test(
    "What is no date of RFC 1123",
    arguments: [
      "", "Sun", "Sun, ", "Mon, 06 Nov 1994 08:49:37 GMT", "Sund, 06 Nov 1994 08:49:37 GMT", "06 Nov 1994 08:49:37",
      "06  Nov 1994 08:49:37 GMT", "06 Nov 994 08:49:37 GMT", "006 Nov 1994 08:49:37 GMT", "06 Now 1994 08:49:37 GMT",
      "06 November 1994 08:49:37 GMT", "06 Nov 1994 8:49:37 GMT", "06 Nov 1994 24:00:00 GMT", "06 Nov 1994 08:49:61 GMT",
      "31 Nov 1994 08:49:37 GMT", "00 Nov 1994 08:49:37 GMT", "06 Nov 1994 08:49:37 A", "06 Nov 1994 08:49:37 GMTX",
      "06 Nov 1994 08:49:37 +2400", "06 Nov 1994 08:49:37 +0060", "06 Nov 1994 08:49:37 +000", "06 Nov 1994 08:49:37 GMT ",
      "01 Jan 0000 00:00:00 +0001", "31 Dec 9999 23:59:59 -0001", "Sun,06 Nov 1994 08:49:37 GMT", "06 Nov 1994 08:49: GMT",
      "06-Nov-94 08:49:37 GMT",
    ])
  func noMailDate(text: String) { #expect(mail(text) == nil) }
}
