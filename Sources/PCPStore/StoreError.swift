import GRDB

/// Why a store cannot be opened, read or written.
public struct StoreError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The file.
  public var path: String
  /// What is wrong with it, as the end of a sentence that begins with its name.
  public var reason: String

  init(_ path: String, _ error: any Error) {
    self.path = path
    switch error {
    case let fault as StoreFault: reason = fault.reason
    case let error as DatabaseError: reason = StoreError.reason(error)
    default: reason = "\(error)"
    }
  }

  private static func reason(_ error: DatabaseError) -> String {
    switch error.resultCode {
    case .SQLITE_BUSY, .SQLITE_LOCKED: "is in use by another program"
    case .SQLITE_NOTADB: "is no database"
    case .SQLITE_CORRUPT: "is damaged"
    case .SQLITE_FULL: "cannot be written: the disk is full"
    case .SQLITE_READONLY, .SQLITE_PERM: "cannot be written"
    case .SQLITE_CANTOPEN: "cannot be opened"
    default: "cannot be used: \(error.message ?? "\(error.resultCode)")"
    }
  }

  /// `mappings.db is in use by another program`.
  public var description: String { "\(path) \(reason)" }
}

/// What is wrong with a file that SQLite itself finds nothing wrong with.
struct StoreFault: Error {
  let reason: String

  init(_ reason: String) { self.reason = reason }
}
