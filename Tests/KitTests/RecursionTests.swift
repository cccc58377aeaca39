import Foundation
import KitWire
import Testing
import Wire

/// Definitions that may contain themselves, as deep as they may be and deeper.
@Suite("Recursion: as deep as the schema says, on a small stack")
struct RecursionTests {
  /// A message of so many lists of branches in each other, filled up with leaves to about `size` octets.
  private static func forest(depth: Int, size: Int) -> [UInt8] {
    let leaf: [UInt8] = [1, 0, 2, 0, 7]
    let leaves = Array(repeating: leaf, count: max(0, (size / max(1, depth) - 4) / leaf.count)).flatMap { $0 }
    var inner: [UInt8] = []
    for _ in 0..<depth {
      let value = [1] + inner + (inner.isEmpty ? [] : leaves)
      inner = [2, UInt8(value.count >> 8), UInt8(value.count & 255)] + value
    }
    return [2] + inner
  }

  @Test("The deepest input decodes, views, shows its violations and encodes on a small stack")
  func deepest() throws {
    let octets = Self.forest(depth: 64, size: 60_000)
    #expect(octets.count > 50_000 && octets.count <= 65_535)
    let failure = onSmallStack {
      let value = try Forest(decoding: octets)
      guard try value.encoded() == octets else { return "encoding" }
      guard Forest.violations(in: octets).isEmpty else { return "violations" }
      var count = 0
      try octets.withRawSpan { (span: RawSpan) throws(WireError) in
        let view = try Borrowed<Forest>(span)
        try view.forEachBranch { (_) throws(WireError) in count += 1 }
      }
      return count == 1 ? nil : "view"
    }
    #expect(failure == nil)
  }

  @Test("One deeper is refused where it starts")
  func tooDeep() throws {
    let octets = Self.forest(depth: 65, size: 0)
    let failure = onSmallStack {
      guard let found = Forest.violations(in: octets).first, found.kind == .depth, found.code.value == 8,
        found.offset == 1 + 64 * 4
      else { return "violations" }
      do { _ = try Forest(decoding: octets) } catch { return error as? WireError == found ? nil : "\(error)" }
      return "decoded"
    }
    #expect(failure == nil)
  }

  @Test("Structs in structs")
  func structs() throws {
    var filter = Filter(operation: 1, operands: [])
    for _ in 1..<5 { filter = Filter(operation: 1, operands: [filter]) }
    #expect(try Filter(decoding: try filter.encoded()) == filter)
    filter = Filter(operation: 1, operands: [filter])
    let error = #expect(throws: WireError.self) { try filter.encoded() }
    #expect(error?.kind == .depth)
  }

  /// A build without optimisation keeps every temporary of a function for itself.
  #if DEBUG
    private static let stackSize = 2 << 20
  #else
    private static let stackSize = 512 << 10
  #endif

  /// What `body` says of the failure, on a small stack; nil for none.
  private func onSmallStack(_ body: @escaping @Sendable () throws -> String?) -> String? {
    let result = Result()
    let thread = Thread {
      do { result.text = try body() } catch { result.text = "\(error)" }
      result.done.signal()
    }
    thread.stackSize = Self.stackSize
    thread.start()
    result.done.wait()
    return result.text
  }

  // Written before the signal and read behind it.
  private final class Result: @unchecked Sendable {
    var text: String?
    let done = DispatchSemaphore(value: 0)
  }
}
