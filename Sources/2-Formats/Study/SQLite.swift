import CSQLite

/// What SQLite says of a failure.
struct SQLiteError: Error {
  /// A primary result code: `SQLITE_FULL`.
  let code: Int32
  /// The `errno` beneath it, 0 where there is none.
  let system: Int32
  let message: String

  /// Whether the same may well succeed in a moment, when another process is done. SQLite says `SQLITE_PROTOCOL` where
  /// many want to begin at once.
  var isTransient: Bool { [SQLITE_BUSY, SQLITE_LOCKED, SQLITE_PROTOCOL].contains(code) }
}

/// What a column holds.
protocol SQLiteValue {
  /// - Returns: SQLite's result code.
  func bind(to statement: OpaquePointer, _ index: Int32) -> Int32
}

/// Tells SQLite to take a copy: `SQLITE_TRANSIENT`, a cast that is not imported.
private var copying: sqlite3_destructor_type { unsafeBitCast(-1, to: sqlite3_destructor_type.self) }

extension String: SQLiteValue {
  func bind(to statement: OpaquePointer, _ index: Int32) -> Int32 {
    let bytes = Array(utf8.map { CChar(bitPattern: $0) })
    return sqlite3_bind_text64(statement, index, bytes, UInt64(bytes.count), copying, UInt8(SQLITE_UTF8))
  }
}

extension [UInt8]: SQLiteValue {
  func bind(to statement: OpaquePointer, _ index: Int32) -> Int32 {
    // No bytes have no address, and without one it would be NULL.
    isEmpty
      ? sqlite3_bind_zeroblob(statement, index, 0)
      : sqlite3_bind_blob64(statement, index, self, UInt64(count), copying)
  }
}

extension Int: SQLiteValue {
  func bind(to statement: OpaquePointer, _ index: Int32) -> Int32 {
    sqlite3_bind_int64(statement, index, sqlite3_int64(self))
  }
}

extension Double: SQLiteValue {
  func bind(to statement: OpaquePointer, _ index: Int32) -> Int32 { sqlite3_bind_double(statement, index, self) }
}

/// The row that a statement stands at.
struct SQLiteRow {
  fileprivate let statement: OpaquePointer

  func text(_ column: Int32) -> String { String(decoding: bytes(column), as: UTF8.self) }
  func integer(_ column: Int32) -> Int { Int(sqlite3_column_int64(statement, column)) }
  func real(_ column: Int32) -> Double { sqlite3_column_double(statement, column) }

  func bytes(_ column: Int32) -> [UInt8] {
    let start = sqlite3_column_blob(statement, column)
    return [UInt8](UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, column))))
  }
}

/// A connection, for one thread at a time.
final class SQLiteConnection {
  private let database: OpaquePointer
  private var statements: [String: OpaquePointer] = [:]

  /// Opens a file for reading and writing; nothing is read yet.
  init(_ path: String, making isMade: Bool) throws(SQLiteError) {
    var database: OpaquePointer?
    let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (isMade ? SQLITE_OPEN_CREATE : 0)
    // Relative names get a folder: SQLite takes `:memory:` and `file:…` to mean something else.
    let code = sqlite3_open_v2(path.hasPrefix("/") ? path : "./" + path, &database, flags, nil)
    guard let database else { throw SQLiteError(code: SQLITE_NOMEM, system: 0, message: "out of memory") }
    self.database = database
    // SQLite opens what cannot be written for reading, and says so here only.
    if code == SQLITE_OK, sqlite3_db_readonly(database, "main") == 1 {
      throw SQLiteError(code: SQLITE_READONLY, system: 0, message: "no permission to write it")
    }
    try check(code)
    sqlite3_busy_timeout(database, 1000)
  }

  deinit {
    for statement in statements.values { sqlite3_finalize(statement) }
    sqlite3_close(database)
  }

  /// The file itself, behind links.
  var file: String { sqlite3_db_filename(database, "main").map { String(cString: $0) } ?? "" }

  /// How many rows the last statement changed.
  var changes: Int { Int(sqlite3_changes64(database)) }

  /// Runs a statement to its end.
  func run(_ sql: String, _ values: any SQLiteValue...) throws(SQLiteError) {
    _ = try rows(sql, values) { _ in }
  }

  func first<Result>(_ sql: String, _ values: any SQLiteValue..., read: (SQLiteRow) -> Result) throws(SQLiteError)
    -> Result?
  {
    try rows(sql, values, read: read).first
  }

  func all<Result>(_ sql: String, _ values: any SQLiteValue..., read: (SQLiteRow) -> Result) throws(SQLiteError)
    -> [Result]
  {
    try rows(sql, values, read: read)
  }

  private func rows<Result>(_ sql: String, _ values: [any SQLiteValue], read: (SQLiteRow) -> Result) throws(SQLiteError)
    -> [Result]
  {
    let statement = try prepared(sql)
    defer {
      sqlite3_reset(statement)
      sqlite3_clear_bindings(statement)
    }
    for (index, value) in values.enumerated() { try check(value.bind(to: statement, Int32(index) + 1)) }
    var rows: [Result] = []
    while true {
      let code = sqlite3_step(statement)
      if code == SQLITE_DONE { return rows }
      guard code == SQLITE_ROW else { throw error(code) }
      rows.append(read(SQLiteRow(statement: statement)))
    }
  }

  private func prepared(_ sql: String) throws(SQLiteError) -> OpaquePointer {
    if let known = statements[sql] { return known }
    var statement: OpaquePointer?
    try check(sqlite3_prepare_v2(database, sql, -1, &statement, nil))
    guard let statement else { preconditionFailure("no statement: \(sql)") }
    statements[sql] = statement
    return statement
  }

  /// All that `body` does, or nothing.
  func transaction<Result>(_ begin: String, _ body: (SQLiteConnection) throws -> Result) throws -> Result {
    try run(begin)
    do {
      let result = try body(self)
      try run("COMMIT")
      return result
    } catch {
      // After some failures SQLite has done so itself.
      if sqlite3_get_autocommit(database) == 0 { try? run("ROLLBACK") }
      throw error
    }
  }

  private func check(_ code: Int32) throws(SQLiteError) {
    if code != SQLITE_OK { throw error(code) }
  }

  private func error(_ code: Int32) -> SQLiteError {
    SQLiteError(
      code: code & 0xff, system: sqlite3_system_errno(database), message: String(cString: sqlite3_errmsg(database)))
  }
}
