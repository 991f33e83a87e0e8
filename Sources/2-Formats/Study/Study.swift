import Diagnostics
import Libc

/// The file of a search: its trials and their results, in SQLite with a write-ahead log (`FILE-wal`, `FILE-shm` beside
/// it while it is in use).
///
/// As many processes as wanted run the same deterministic search on one study. Each asks its method for the next
/// trials, claims those that nobody has claimed, evaluates and records them, and takes over what a process held that has
/// died. Results are only added, never changed. To resume a search is to run it again: what is recorded is found at
/// once, whenever and however its processes ended.
///
/// The file has to be on a local disk, since the log is shared memory of the processes: network file systems are not
/// supported. It has to be copied together with its `-wal`, or while no process uses it; and a process that has it open
/// must not open it in any other way, because closing that would end SQLite's locks.
package final class Study: Sendable {
  /// What is to be evaluated.
  /// - key: the same for the same trial, of any search: a hash of all that its result depends on.
  /// - kind: what sort of trial, for people.
  /// - payload: what it takes to evaluate it.
  package typealias Trial = (key: String, kind: String, payload: [UInt8])

  /// A trial that has been evaluated.
  package struct Entry: Hashable, Sendable {
    package let key: String
    package let kind: String
    package let payload: [UInt8]
    package let result: [UInt8]
    package let worker: Worker
    /// What the evaluation took.
    package let seconds: Double
    /// In seconds since 1970, UTC.
    package let recorded: Double
  }

  /// How long workers wait for each other.
  package struct Timing: Sendable {
    /// Seconds after which a claim that is not renewed is free. It is renewed six times as often.
    package var lease = 30.0
    /// How long a file may be locked by another program.
    package var patience = Duration.seconds(60)
    /// Seconds since 1970, UTC.
    package var now: @Sendable () -> Double = {
      var time = timespec()
      clock_gettime(CLOCK_REALTIME, &time)
      return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }

    package init() {}
  }

  package let path: String
  /// What was searched, name by name, in the order of whoever made the study.
  package let identity: [(name: String, value: String)]
  package let worker: Worker
  let timing: Timing
  let store: Store
  let heartbeat: Heartbeat

  /// Opens a study to take part in its search; makes it where there is no file, or an empty one.
  ///
  /// - Parameter identity: what has to be equal for results to mean the same: model, inputs, settings, version of qcc.
  ///   Each name once.
  /// - Throws: every difference to the identity it was made with; a file that is no study, a study of another version,
  ///   a damaged, locked or unwritable one, a folder.
  package convenience init(
    _ path: String, identity: [(name: String, value: String)], worker: Worker = Worker(), timing: Timing = Timing()
  ) throws(Diagnostics) {
    try self.init(path, worker: worker, timing: timing) { connection in
      for table in Schema.tables { try connection.run(table) }
      try connection.run("PRAGMA application_id = \(Schema.application)")
      try connection.run("PRAGMA user_version = \(Schema.version)")
      for (name, value) in identity {
        try connection.run("INSERT INTO identity (name, value) VALUES (?, ?)", name, value)
      }
    }
    let differences = Identity(self.identity).differences(
      to: Identity(identity), file: path,
      fix: "search with the same to resume it, or name another file for a new study")
    if !differences.isEmpty { throw Diagnostics(differences) }
  }

  /// Opens a study that is there, whatever was searched.
  ///
  /// - Throws: as above, and where nothing is there.
  package convenience init(
    existing path: String, worker: Worker = Worker(), timing: Timing = Timing()
  ) throws(Diagnostics) {
    try self.init(path, worker: worker, timing: timing, make: nil)
  }

  private init(
    _ path: String, worker: Worker, timing: Timing, make: ((SQLiteConnection) throws -> Void)?
  ) throws(Diagnostics) {
    self.path = path
    self.worker = worker
    self.timing = timing
    let (store, identity) = try Diagnostics.collected {
      let store = try Store(path, patience: timing.patience, make: make)
      let identity = try store.read { connection in
        try connection.all("SELECT name, value FROM identity ORDER BY number") { (name: $0.text(0), value: $0.text(1)) }
      }
      return (store, identity)
    }
    self.store = store
    self.identity = identity
    heartbeat = Heartbeat(every: timing.lease / 6) {
      // What hinders it hinders the next recording too, which says so.
      try? store.write { connection in
        try connection.run("UPDATE claim SET time = ? WHERE worker = ?", timing.now(), worker.id)
      }
    }
  }

  deinit {
    guard heartbeat.hasStarted else { return }
    try? store.write { connection in try connection.run("DELETE FROM claim WHERE worker = ?", worker.id) }
  }

  // MARK: Settings that may be extended

  /// Says what holds of a setting from now on, such as the number of evaluations. What held before stays to be read.
  package func extend(_ name: String, to value: String) throws {
    try store.write { connection in
      if try history(of: name, connection).last != value {
        try connection.run("INSERT INTO setting (name, value, time) VALUES (?, ?, ?)", name, value, timing.now())
      }
    }
  }

  /// What was said of a setting that may be extended, the newest last.
  package func history(of name: String) throws -> [String] {
    try store.read { connection in try history(of: name, connection) }
  }

  private func history(of name: String, _ connection: SQLiteConnection) throws -> [String] {
    try connection.all("SELECT value FROM setting WHERE name = ? ORDER BY number", name) { $0.text(0) }
  }

  // MARK: Results

  /// The result of a trial; nil where none is recorded yet.
  package func result(of key: String) throws -> [UInt8]? { try results(of: [key])[0] }

  /// The results of several trials at one moment.
  package func results(of keys: [String]) throws -> [[UInt8]?] {
    try store.read { connection in
      try keys.map { key in try connection.first("SELECT result FROM result WHERE key = ?", key) { $0.bytes(0) } }
    }
  }

  /// All results of a kind, or of every kind, in the order recorded.
  package func results(kind: String? = nil) throws -> [Entry] {
    try store.read { connection in
      try connection.all(
        """
        SELECT key, kind, payload, result, seconds, time, id, host, system, pid, started
        FROM result JOIN trial USING (key) JOIN worker ON worker = id WHERE kind = ? OR ? ORDER BY number
        """, kind ?? "", kind == nil ? 1 : 0
      ) { row in
        Entry(
          key: row.text(0), kind: row.text(1), payload: row.bytes(2), result: row.bytes(3),
          worker: Worker(row, from: 6), seconds: row.real(4), recorded: row.real(5))
      }
    }
  }
}
