import FuzzDriver
import FuzzHarness

@main
struct FuzzCPNPClient: FuzzProgram {
  static let target = FuzzTarget.cpnpClient
  static let test: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt = testOneInput
}

/// The name that libFuzzer looks for.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt { FuzzCPNPClient.check(start, count) }
