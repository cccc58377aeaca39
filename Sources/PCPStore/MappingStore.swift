import GRDB
public import Machine
public import PCP

/// What a server keeps over a restart, in an SQLite database.
///
/// What `write` has returned from is on the disk, through a loss of power too. Only one program at a time has a store open.
public final class MappingStore: Sendable {
  /// A change of what is kept.
  public enum Change: Sendable, Hashable {
    /// A mapping, new or changed.
    case record(Mapping)
    case forget(Mapping.ID)
    /// When the Epoch Time was 0 (RFC 6887 section 8.5).
    case epoch(startedAt: Instant)
  }

  /// What was kept.
  public struct Content: Sendable, Hashable {
    /// When the Epoch Time was 0; nil in a new store.
    public var epochStartedAt: Instant?
    /// By age, those among them whose lifetime has ended meanwhile.
    public var mappings: [Mapping]

    /// By default what a new store has.
    public init(epochStartedAt: Instant? = nil, mappings: [Mapping] = []) {
      self.epochStartedAt = epochStartedAt
      self.mappings = mappings
    }
  }

  private let database: DatabaseQueue

  /// Opens a store, or makes a new one.
  ///
  /// - Throws: `StoreError` when the file cannot be had, is in use, damaged, or something else's; it is left as it is then.
  public init(path: String) throws(StoreError) {
    do {
      database = try DatabaseQueue(path: path, configuration: Self.configuration)
      try database.write { try $0.prepareStore() }
      // One write to the disk for each batch, rather than three.
      try database.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = WAL") }
    } catch {
      throw StoreError(path, error)
    }
  }

  private static var configuration: Configuration {
    var configuration = Configuration()
    configuration.label = "pcp.store"
    configuration.prepareDatabase { database in
      // The lock of the first write is never given back: a second server learns at once that there is a first.
      try database.execute(sql: "PRAGMA locking_mode = EXCLUSIVE; PRAGMA synchronous = FULL")
    }
    return configuration
  }

  /// What is kept.
  ///
  /// - Parameters:
  ///   - now: the machine's time.
  ///   - date: the same moment by the calendar, in seconds since 1970.
  public func read(at now: Instant, date: Duration) throws(StoreError) -> Content {
    let calendar = StoreCalendar(now: now, date: date)
    do {
      return try database.read { database in
        let epoch = try Int64.fetchOne(database, sql: "SELECT epochStartedAt FROM server")
        let rows = try MappingRow.order(sql: "id").fetchAll(database)
        return Content(
          epochStartedAt: epoch.map(calendar.instant), mappings: try rows.map { try $0.mapping(calendar) })
      }
    } catch {
      throw StoreError(database.path, error)
    }
  }

  /// Makes changes, all or none of them.
  ///
  /// - Parameters:
  ///   - now: the machine's time.
  ///   - date: the same moment by the calendar, in seconds since 1970.
  /// - Throws: `StoreError` when they are not on the disk.
  public func write(_ changes: [Change], at now: Instant, date: Duration) async throws(StoreError) {
    let calendar = StoreCalendar(now: now, date: date)
    do {
      try await database.write { database in
        for change in changes { try database.make(change, calendar) }
      }
    } catch {
      throw StoreError(database.path, error)
    }
  }

  /// Closes the file.
  public func close() throws(StoreError) {
    do { try database.close() } catch { throw StoreError(database.path, error) }
  }
}

extension Database {
  /// Tells a store from other databases: "WgPm".
  private static var applicationID: Int32 { 0x5767_506D }
  /// The version of the tables below; a later one is made of an earlier one.
  private static var storeVersion: Int32 { 1 }

  /// Makes the tables in a new file; finds out whether any other file is a store.
  fileprivate func prepareStore() throws {
    let application = try Int32.fetchOne(self, sql: "PRAGMA application_id") ?? 0
    let tables = try Int.fetchOne(self, sql: "SELECT count(*) FROM sqlite_master") ?? 0
    if application == 0, tables == 0 { return try createStore() }
    guard application == Self.applicationID else { throw StoreFault("is the database of another program") }
    let version = try Int32.fetchOne(self, sql: "PRAGMA user_version") ?? 0
    guard version == Self.storeVersion else {
      throw StoreFault("is a store of version \(version), and version \(Self.storeVersion) is what is known here")
    }
    let findings = try String.fetchAll(self, sql: "PRAGMA quick_check")
    guard findings == ["ok"] else { throw StoreFault("is damaged: \(findings.first ?? "no reason is given")") }
  }

  private func createStore() throws {
    try execute(
      sql: """
        CREATE TABLE server (one INTEGER PRIMARY KEY CHECK (one = 1), epochStartedAt INTEGER NOT NULL) STRICT;
        CREATE TABLE mapping (
          id INTEGER PRIMARY KEY,
          protocol INTEGER NOT NULL,
          internalAddress BLOB NOT NULL,
          internalPort INTEGER NOT NULL,
          internalRealm BLOB NOT NULL,
          externalAddress BLOB NOT NULL,
          externalPort INTEGER NOT NULL,
          portCount INTEGER NOT NULL,
          remoteAddress BLOB,
          remotePort INTEGER,
          nonce BLOB NOT NULL,
          filters BLOB NOT NULL,
          words BLOB,
          requesterAddress BLOB NOT NULL,
          requesterPort INTEGER NOT NULL,
          requesterScope INTEGER NOT NULL,
          serverAddress BLOB,
          isExact INTEGER NOT NULL,
          expiresAt INTEGER NOT NULL
        ) STRICT;
        PRAGMA application_id = \(Self.applicationID);
        PRAGMA user_version = \(Self.storeVersion);
        """)
  }

  fileprivate func make(_ change: MappingStore.Change, _ calendar: StoreCalendar) throws {
    switch change {
    case .record(let mapping): try MappingRow(mapping, calendar).upsert(self)
    case .forget(let id): try MappingRow.deleteOne(self, key: Int64(bitPattern: id.rawValue))
    case .epoch(let start):
      try execute(
        sql: "INSERT OR REPLACE INTO server (one, epochStartedAt) VALUES (1, ?)", arguments: [calendar.milliseconds(start)])
    }
  }
}
