import Foundation
import KitWire
import VectorSupport
import Wire
import WireText

/// Takes the deepest inputs of 64 KiB through everything generated code does with them, on a stack of 512 KiB: what needs
/// more ends the program. Of a build without optimisation nothing is said: it keeps every temporary of a function for itself.
@main struct StackCheck {
  static func main() {
    var failures = 0
    for (name, check) in checks {
      let result = Outcome()
      onSmallStack {
        do { try check(result) } catch { result.text = "\(error)" }
      }
      print("\(name): \(result.text ?? "as it should be")")
      failures += result.text == nil ? 0 : 1
    }
    exit(failures == 0 ? 0 : 1)
  }

  /// As deep as it may be, one deeper, and as deep as the octets allow.
  private static let deepest = forest(depth: 64, size: 60_000)
  private static let tooDeep = [
    forest(depth: 65, size: 0), [2] + DeepInput.elements(headerSize: 4) { DeepInput.header(tag: 2, $0 + 1) + [1] },
  ]

  private static let checks: [(String, @Sendable (Outcome) throws -> Void)] = [
    ("decoding", { outcome in outcome.expect(try Forest(decoding: deepest).encodedSize == deepest.count, "another size") }),
    ("violations", { outcome in outcome.expect(Forest.violations(in: deepest).isEmpty, "there are some") }),
    ("encoding", { outcome in outcome.expect(try Forest(decoding: deepest).encoded() == deepest, "other octets") }),
    ("view", { outcome in outcome.expect(try branches(of: deepest) == 1, "another number of branches") }),
    (
      "JSON",
      { outcome in
        let value = try Forest(decoding: deepest)
        outcome.expect(try Forest(json: try value.json().text()) == value, "another value")
      }
    ),
    ("dump", { outcome in outcome.expect(!(try Forest(decoding: deepest).dump()).isEmpty, "empty") }),
    (
      "too deep",
      { outcome in
        for octets in tooDeep {
          outcome.expect(Forest.violations(in: octets).first?.kind == .depth, "violations without it")
          do {
            _ = try Forest(decoding: octets)
            outcome.text = "decoded"
          } catch { outcome.expect((error as? WireError)?.kind == .depth, "\(error)") }
          do { _ = try branches(of: octets) } catch { outcome.expect((error as? WireError)?.kind == .depth, "\(error)") }
        }
      }
    ),
  ]

  private static func branches(of octets: [UInt8]) throws -> Int {
    var count = 0
    try octets.withRawSpan { (span: RawSpan) throws(WireError) in
      let view = try Borrowed<Forest>(span)
      try view.forEachBranch { (_) throws(WireError) in count += 1 }
    }
    return count
  }

  /// A message of so many lists of branches in each other, filled up with leaves to about `size` octets.
  private static func forest(depth: Int, size: Int) -> [UInt8] {
    let leaf: [UInt8] = [1, 0, 2, 0, 7]
    let leaves = Array(repeating: leaf, count: max(0, (size / depth - 4) / leaf.count)).flatMap { $0 }
    var inner: [UInt8] = []
    for _ in 0..<depth {
      let value = [1] + inner + (inner.isEmpty ? [] : leaves)
      inner = DeepInput.header(tag: 2, value.count) + value
    }
    return [2] + inner
  }
}

/// What is wrong; written on one thread, and read when that has ended.
final class Outcome: @unchecked Sendable {
  var text: String?

  func expect(_ holds: Bool, _ failure: String) {
    if !holds { text = failure }
  }
}
