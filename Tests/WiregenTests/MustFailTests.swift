import Foundation
import Testing
import WireText

@testable import WiregenCore

/// Schemas that must be refused, each with the diagnostics that are expected written into it by hand:
///
///     <field name="a" type="u9"/> <!-- error: 21: type="u9": must be u8 -->
///
/// on the line of the fault, with the column and a part of the message; `error below: 21:` on the line above where no comment
/// can stand. These must be all there are. Files in `parts` are included or extended by others. `<!-- structural -->` marks a
/// fault that `wire.xsd` sees as well.
struct MustFail {
  static let folder = "Tests/MustFail"
  static let files = WiregenTests.files(below: folder)
  static let names = files.keys.filter { !$0.hasPrefix("parts/") }.sorted()

  struct Expectation: Equatable {
    var line: Int
    var column: Int
    var message: String
  }

  /// What a file says is wrong with it.
  static func expectations(in octets: [UInt8]) -> [Expectation] {
    var result: [Expectation] = []
    let lines = String(decoding: octets, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      for part in line.components(separatedBy: "<!-- error").dropFirst() {
        let text = part.components(separatedBy: " -->")[0]
        let isBelow = text.hasPrefix(" below")
        let fields = text.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
        guard fields.count == 3, let column = Int(fields[1].trimmingCharacters(in: .whitespaces)) else { continue }
        result.append(
          Expectation(
            line: index + (isBelow ? 2 : 1), column: column, message: String(fields[2].dropFirst())))
      }
    }
    return result
  }

  static func isStructural(_ octets: [UInt8]) -> Bool {
    String(decoding: octets, as: UTF8.self).contains("<!-- structural -->")
  }
}

@Suite struct MustFailTests {
  @Test func thereAreMany() { #expect(MustFail.names.count >= 60) }

  @Test(arguments: MustFail.names) func isRefusedAsItSays(name: String) {
    let outcome = resolve(name, in: MustFail.files)
    #expect(outcome.schema == nil)
    for file in outcome.files {
      var found = outcome.diagnostics.filter { $0.position.file == file }
      for expected in MustFail.expectations(in: MustFail.files[file] ?? []) {
        let place = found.firstIndex {
          ($0.position.line, $0.position.column) == (expected.line, expected.column)
            && $0.message.contains(expected.message)
        }
        if let place {
          found.remove(at: place)
        } else {
          Issue.record("\(file):\(expected.line):\(expected.column): not reported: \(expected.message)")
        }
      }
      for diagnostic in found { Issue.record("not expected: \(diagnostic)") }
    }
    #expect(outcome.diagnostics.allSatisfy { outcome.files.contains($0.position.file) })
    #expect(!outcome.files.flatMap { MustFail.expectations(in: MustFail.files[$0] ?? []) }.isEmpty)
  }
}
