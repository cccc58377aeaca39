import Foundation
import PCPWire
import VectorSupport
import Wire

/// Counts what decoding and encoding ask of the heap, over every vector and thousands of inputs that are nearly right.
@main
struct AllocationCheck {
  private var meter = Meter()
  /// Where `encode(into:)` writes.
  private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 2048, alignment: 8)

  static func main() throws {
    var check = AllocationCheck()
    let files = ["pcp-flow-examples.txt", "pcp-options.txt", "pcp-invalid.txt", "natpmp.txt"]
    let vectors = try files.flatMap { file in try Vector.read(file).map { ("\(file):\($0.line)", $0.octets) } }
    check.pass(vectors, mutations: 2)
    check.meter.isWarm = true
    check.pass(vectors, mutations: 40)
    check.conclude()
  }

  private mutating func pass(_ vectors: [(name: String, octets: [UInt8])], mutations: Int) {
    for vector in vectors {
      check(vector.octets, vector.name)
      for count in 0..<vector.octets.count { check(Array(vector.octets[..<count]), "\(vector.name) cut at \(count)") }
      var mutator = Mutator(seed: UInt64(vector.octets.count))
      for number in 0..<mutations { check(mutator.mutate(vector.octets), "\(vector.name) mutation \(number)") }
    }
  }

  private mutating func check(_ octets: [UInt8], _ name: String) {
    check(PCPRequest.self, octets, name)
    check(PCPResponse.self, octets, name)
    check(NATPMPRequest.self, octets, name)
    check(NATPMPResponse.self, octets, name)
    checkView(AnnounceRequest.self, octets, name)
    checkView(MapRequest.self, octets, name)
    checkView(PeerRequest.self, octets, name)
    checkView(AnnounceResponse.self, octets, name)
    checkView(MapResponse.self, octets, name)
    checkView(PeerResponse.self, octets, name)
    checkView(MapErrorResponse.self, octets, name)
    checkView(PeerErrorResponse.self, octets, name)
    checkView(ErrorResponse.self, octets, name)
  }

  private func conclude() {
    var isWithin = true
    for (what, result) in meter.results.sorted(by: { $0.key < $1.key }) {
      print("\(what): \(result.times) times, at most \(result.most) allocations")
      guard result.failures > 0 else { continue }
      isWithin = false
      print("  \(result.failures) times over its budget; \(result.worst)")
    }
    print(isWithin ? "All within their budgets." : "Over the budget: see above.")
    exit(isWithin ? 0 : 1)
  }
}

extension AllocationCheck {
  /// Views, and the errors of octets that have none.
  private mutating func checkView<Body: Readable>(_ type: Body.Type, _ octets: [UInt8], _ name: String) {
    let error = meter.measure("\(type) view", of: name, budget: 0...0) {
      octets.withRawSpan { (span: RawSpan) -> WireError? in
        do throws(WireError) {
          _ = try Body.read(Borrowed<Body>(span))
          return nil
        } catch { return error }
      }
    }
    _ = error
  }

  /// Errors, owned values and encoding.
  private mutating func check<Messages: WireMessages>(
    _ type: Messages.Type, _ octets: [UInt8], _ name: String
  ) {
    guard let message = try? Messages(decoding: octets, .strict) else {
      return meter.measure("\(type) error", of: name, budget: 0...0) { _ = Self.error(type, octets) }
    }
    let parts = variableParts(message)
    let again = meter.measure("\(type) owned", of: name, budget: 0...parts) { try? Messages(decoding: octets, .strict) }
    precondition(again == message)
    let encoded = meter.measure("\(type) encoded()", of: name, budget: 1...1) { try? message.encoded() }
    let written = meter.measure("\(type) encode(into:)", of: name, budget: 0...0) { Self.encode(message, into: buffer) }
    precondition(encoded?.count == written)
  }

  private static func error<Messages: WireMessages>(_ type: Messages.Type, _ octets: [UInt8]) -> WireError? {
    do throws(WireError) {
      _ = try Messages(decoding: octets, .strict)
      return nil
    } catch { return error }
  }

  private static func encode<Messages: WireMessages>(
    _ message: Messages, into buffer: UnsafeMutableRawBufferPointer
  ) -> Int {
    var output = OutputRawSpan(buffer: buffer, initializedCount: 0)
    do throws(WireError) { try message.encode(into: &output) } catch { return -1 }
    return output.finalize(for: buffer)
  }
}
