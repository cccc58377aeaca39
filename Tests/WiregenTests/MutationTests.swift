import Foundation
import Testing

@testable import WiregenCore

/// Schemas with something changed somewhere: whatever it is, the generator says something or takes it, and never traps.
/// `WIREGEN_MUTATIONS` says how many of each schema are tried; a seed gives the same changes again.
@Suite struct MutationTests {
  private struct Generator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var value = state
      value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
      value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
      return value ^ value >> 31
    }
  }

  private static let count = ProcessInfo.processInfo.environment["WIREGEN_MUTATIONS"].flatMap { Int($0) } ?? 60

  static let sources = [
    "Tests/KitWire/kit.xml", "Tests/Golden/parcel.xml", "Schemas/natpmp.xml", "Schemas/README.md",
  ]

  private static let numbers = ["0", "1", "-1", "255", "256", "65536", "18446744073709551615", "0xFFFFFFFFFFFFFFFF"]

  /// The tags of a text, each with what follows it up to the next.
  private func pieces(_ text: String) -> [String] {
    text.split(separator: "<", omittingEmptySubsequences: true).map { "<" + $0 }
  }

  private func attributes(_ piece: String) -> [Range<String.Index>] {
    piece.ranges(of: /[a-zA-Z-]+="[^"]*"/)
  }

  private func mutate(_ pieces: [String], _ random: inout Generator) -> String {
    var pieces = pieces
    for _ in 0..<Int.random(in: 1...3, using: &random) {
      let place = Int.random(in: 1..<pieces.count, using: &random)
      let other = pieces[Int.random(in: 1..<pieces.count, using: &random)]
      let piece = pieces[place]
      let (own, foreign) = (attributes(piece), attributes(other))
      switch Int.random(in: 0..<7, using: &random) {
      case 0 where piece.contains("/>"): pieces.remove(at: place)
      case 1 where piece.contains("/>"): pieces.insert(piece, at: place)
      case 2 where piece.contains("/>") && other.contains("/>"): pieces[place] = other
      case 3:
        if let range = own.randomElement(using: &random) { pieces[place].removeSubrange(range) }
      case 4:
        if let range = own.randomElement(using: &random), let new = foreign.randomElement(using: &random) {
          pieces[place].replaceSubrange(range, with: other[new])
        }
      case 5:
        if let range = own.randomElement(using: &random), let new = foreign.randomElement(using: &random) {
          let name = piece[range].prefix { $0 != "=" }
          let value = other[new].drop { $0 != "=" }
          pieces[place].replaceSubrange(range, with: name + value)
        }
      default:
        if let range = own.randomElement(using: &random), let number = Self.numbers.randomElement(using: &random) {
          pieces[place].replaceSubrange(range, with: "\(piece[range].prefix { $0 != "=" })=\"\(number)\"")
        }
      }
    }
    return pieces.joined()
  }

  @Test(arguments: sources) func isTakenOrRefused(source: String) throws {
    let texts =
      source.hasSuffix(".md")
      ? Reference.examples.map { Reference.file($0).text } : [try Repository.text(source)]
    var taken = 0
    for (index, text) in texts.enumerated() {
      var random = Generator(state: UInt64(index))
      let pieces = pieces(text)
      for _ in 0..<max(1, Self.count / texts.count) {
        let outcome = resolve("test.xml", in: Reference.files.merging(["test.xml": Array(mutate(pieces, &random).utf8)]) { $1 })
        guard let schema = outcome.schema else {
          #expect(!outcome.diagnostics.isEmpty)
          continue
        }
        taken += 1
        #expect(!Renderer(schema, RenderOptions(module: "Base")).render(stem: "test", schemaName: "test.xml").isEmpty)
      }
    }
    if Self.count >= 60 { #expect(taken > 0) }
  }
}
