import Foundation
import PCP
import Testing
import Wire

/// A folder for one test's database and what lies beside it, gone with the test.
final class StorePlace: Sendable {
  let path: String
  private let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "pcp-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    path = folder.appending(path: "mappings.db").path
  }

  deinit { try? FileManager.default.removeItem(at: folder) }
}

func nonce(of octets: ClosedRange<UInt8>) throws -> MappingNonce {
  let nonce: MappingNonce = try #require(MappingNonce(Array(octets)))
  return nonce
}
