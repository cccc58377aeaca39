import FuzzHarness
import Testing

/// The properties that fuzzing looks for, on octets that are there already: no fuzzer needed.
@Suite("Properties of all octets")
struct HarnessTests {
  @Test("Hold for every seed", arguments: FuzzTarget.all.map(\.name))
  func seeds(_ name: String) throws {
    let target = try #require(FuzzTarget.all.first { $0.name == name })
    for octets in try target.seeds() {
      #expect(throws: Never.self) { try target.check(octets, isThorough: true) }
    }
  }

  @Test("Hold for every input that once failed", arguments: FuzzTarget.all.map(\.name))
  func regressions(_ name: String) throws {
    let target = try #require(FuzzTarget.all.first { $0.name == name })
    for input in try target.regressions() {
      #expect(throws: Never.self, "\(input.name)") { try target.check(input.octets, isThorough: true) }
    }
  }

  @Test("The dictionary has a word for every code and every element")
  func dictionary() {
    let words = FuzzTarget.pcpRequest.dictionary.split(separator: "\n")
    #expect(words.contains("ResultCode_malformedOption=\"\\x06\""))
    #expect(words.contains("MapRequest=\"\\x02\\x01\""))
    #expect(words.contains("Option_preferFailure=\"\\x02\\x00\\x00\\x00\""))
    #expect(words.contains("Option_thirdParty=\"\\x01\\x00\\x00\\x10" + String(repeating: "\\x00", count: 16) + "\""))
  }

  @Test("Of an operation in the tag's octets it has the word that asks for none")
  func dictionaryOfOperations() {
    let words = FuzzTarget.cuspControlPlane.dictionary.split(separator: "\n")
    #expect(words.contains("ObjectOperation_delete=\"\\x01\""))
    #expect(words.contains("Objective_userIPv4=\"\\x00\\x03\\x00\\x14" + String(repeating: "\\x00", count: 20) + "\""))
    #expect(words.contains("Event_userDetectResult=\"\\x00\\x01\\x00\\x06" + String(repeating: "\\x00", count: 8) + "\""))
  }
}
