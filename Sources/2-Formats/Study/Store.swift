import CSQLite
import Diagnostics
import Files
import Libc
import Synchronization

/// A study's file, for all threads of a process and with many processes: whoever finds it locked waits, and what fails
/// is said in words.
final class Store: Sendable {
  let path: String
  private let patience: Duration
  private let lock = Mutex(())
  /// Used with the lock held.
  private nonisolated(unsafe) let connection: SQLiteConnection
  /// The file and those that SQLite keeps beside it, as they were opened. Set once, before there is a second thread.
  private nonisolated(unsafe) var opened: [(path: String, status: FileStatus)] = []

  /// Opens a study's file, or makes one where there is none.
  /// - Parameter make: writes what a new study holds; nil where one has to be there.
  /// - Throws: `Diagnostic`
  init(_ path: String, patience: Duration, make: ((SQLiteConnection) throws -> Void)?) throws {
    self.path = path
    self.patience = patience
    let place = Diagnostic.Location(file: path)
    let status = FileStatus(path, followingLinks: true)
    switch status?.kind {
    case .folder: throw Diagnostic("is a folder, not a study", at: place)
    case .other: throw Diagnostic("is a pipe or a device, not a study", at: place)
    case nil where make == nil: throw Diagnostic("no such file", at: place)
    case nil:
      // SQLite does not tell why it makes no file.
      do { try SystemError.check(access(folder(of: resolvingLinks(path)), W_OK)) } catch { throw error.writing(path) }
    case .regular, .link: break
    }
    // SQLite takes a file of one byte to be empty.
    if status?.size == 1 { throw SQLiteError.isNoDatabase(path) }
    do { connection = try SQLiteConnection(path, making: make != nil) } catch { throw error.diagnostic(path, patience) }
    try prepare(make)
    opened = ["", "-wal", "-shm"].compactMap { ending in
      let path = connection.file + ending
      return FileStatus(path).map { (path, $0) }
    }
  }

  /// What is there at one moment.
  func read<Result>(_ body: (SQLiteConnection) throws -> Result) throws -> Result {
    try waiting { connection in try connection.transaction("BEGIN", body) }
  }

  /// A change that is made whole or not at all, while nobody else makes one. `body` may run several times.
  func write<Result>(_ body: (SQLiteConnection) throws -> Result) throws -> Result {
    try waiting { connection in try connection.transaction("BEGIN IMMEDIATE", body) }
  }

  /// Again and again while others have the file locked.
  private func waiting<Result>(_ body: (SQLiteConnection) throws -> Result) throws -> Result {
    let start = ContinuousClock.now
    return try lock.withLock { _ in
      while true {
        do {
          let result = try body(connection)
          try checkPlace()
          return result
        } catch let error as SQLiteError {
          if error.isTransient, ContinuousClock.now - start < patience {
            usleep(.random(in: 1000...5000))
            continue
          }
          try checkPlace()
          throw error.diagnostic(path, patience)
        }
      }
    }
  }

  /// What is written to a file without a name nobody finds again, and SQLite does not notice.
  private func checkPlace() throws(Diagnostic) {
    for file in opened where FileStatus(file.path).map({ !$0.isSame(as: file.status) }) ?? true {
      throw Diagnostic(
        "was removed or replaced while it was in use", at: .init(file: file.path),
        fix: "put the study back with all its files, '\(path)-wal' too, and run the search again")
    }
  }

  // MARK: Opening

  private func prepare(_ make: ((SQLiteConnection) throws -> Void)?) throws {
    // Nothing of a file is changed before it is known to be a study.
    if let make, try read(isEmpty) {
      try enterLog()
      try write { connection in
        if try isEmpty(connection) { try make(connection) }
      }
    }
    try read(verify)
    try enterLog()
    try waiting { connection in
      // Nothing recorded is lost where a process is killed. A power cut may take the last results, never more than
      // that, and they are evaluated again with the same outcome; to wait for the disk each time takes 5 ms.
      try connection.run("PRAGMA synchronous = NORMAL")
      try connection.run("PRAGMA foreign_keys = ON")
    }
    // Opens the files beside it.
    try read { connection in try connection.run("SELECT 1 FROM identity") }
  }

  /// The write-ahead log: readers and the writer do not wait for each other, and a commit is one write.
  private func enterLog() throws {
    let mode = try waiting { connection in
      try connection.first("PRAGMA journal_mode = WAL") { $0.text(0) }
    }
    if mode != "wal" {
      throw Diagnostic(
        "the file system shares no memory between processes", at: .init(file: path), supported: "local disks",
        fix: "name a study on one")
    }
  }

  private func isEmpty(_ connection: SQLiteConnection) throws -> Bool {
    try header("application_id", connection) == 0 && header("user_version", connection) == 0
      && connection.first("SELECT 1 FROM sqlite_schema", read: { _ in true }) == nil
  }

  private func header(_ name: String, _ connection: SQLiteConnection) throws -> Int {
    try connection.first("PRAGMA \(name)") { $0.integer(0) } ?? 0
  }

  private func verify(_ connection: SQLiteConnection) throws {
    let place = Diagnostic.Location(file: path)
    guard try header("application_id", connection) == Schema.application else {
      throw Diagnostic(
        try isEmpty(connection) ? "is empty" : "is a SQLite file of another program", at: place,
        supported: "studies that qcc made", fix: "name another file")
    }
    let version = try header("user_version", connection)
    try require(
      version == Schema.version, "is a study of version \(version)", at: place, supported: "version \(Schema.version)",
      fix: "use the qcc that made it, or name another file for a new study")
    let problem = try connection.first("PRAGMA quick_check(1)") { $0.text(0) }
    guard problem == "ok" else { throw SQLiteError.damage(problem ?? "no answer", path) }
    let tables = try connection.all("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid") { $0.text(0) }
    try require(
      tables == Schema.tables, "its tables are not those of a study", at: place, supported: "studies as qcc made them",
      fix: "name another file")
  }
}

extension SQLiteError {
  static func damage(_ message: String, _ path: String) -> Diagnostic {
    Diagnostic(
      "is damaged (\(message))", at: .init(file: path),
      fix: "name another file for a new study; `sqlite3 '\(path)' .recover` prints what can still be read")
  }

  static func isNoDatabase(_ path: String) -> Diagnostic {
    Diagnostic(
      "is no study: it is not a SQLite file", at: .init(file: path), supported: "studies that qcc made",
      fix: "name another file")
  }

  func diagnostic(_ path: String, _ patience: Duration) -> Diagnostic {
    let place = Diagnostic.Location(file: path)
    let kept = "run the search again: what was recorded stays"
    switch code {
    case SQLITE_BUSY, SQLITE_LOCKED, SQLITE_PROTOCOL:
      return Diagnostic(
        "has been locked by another program for \(patience.components.seconds) s", at: place,
        fix: "end the program that holds it and \(kept)")
    case SQLITE_NOTADB: return Self.isNoDatabase(path)
    case SQLITE_CORRUPT: return Self.damage(message, path)
    case SQLITE_READONLY, SQLITE_PERM, SQLITE_AUTH:
      return SystemError(EACCES).writing(path, fix: "a study and its folder have to be writable, also to be looked at")
    case SQLITE_FULL: return SystemError(ENOSPC).writing(path, fix: "free space and \(kept)")
    case SQLITE_CANTOPEN, SQLITE_IOERR:
      // SQLite's own number says which call failed, the system's why.
      return system == 0
        ? Diagnostic("cannot be read or written (\(message))", at: place, fix: kept)
        : SystemError(system).writing(path, fix: "mend that and \(kept)")
    default: return Diagnostic("SQLite cannot go on (\(message))", at: place, fix: kept)
    }
  }
}
