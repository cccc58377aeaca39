import Testing
import VectorSupport

/// A program of its own does the counting: it takes the place of `malloc`, which no other test should have to bear.
@Suite("Memory that decoding and encoding ask for")
struct AllocationTests {
  @Test("Views and errors none, owned values one for each variable part, a fresh encoding one")
  func budgets() throws {
    let (status, output) = try Product.run("AllocationCheck")
    #expect(status == 0, "\(output)")
    #expect(output.hasSuffix("All within their budgets.\n"))
  }
}
