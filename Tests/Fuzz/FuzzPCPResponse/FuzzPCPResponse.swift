import FuzzDriver
import FuzzHarness

@main
struct FuzzPCPResponse: FuzzProgram {
  static let target = FuzzTarget.pcpResponse
  static let test: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt = testOneInput
}

/// The name that libFuzzer looks for.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt { FuzzPCPResponse.check(start, count) }
