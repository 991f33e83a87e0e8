import CSQLite
import Diagnostics
import Foundation
import Numbers
import Study
import TestSupport
import Testing

/// What a study keeps, and what is refused.
@Suite struct StudyTests {
  private let folder: Folder
  private var path: String { "\(folder.path)/s.study" }
  private let identity = [("model", "ds_cnn.h5"), ("seed", "1"), ("qcc", "0.1")]

  init() throws { folder = try Folder() }

  /// What another program does to the file.
  private func sql(_ statements: String, _ file: String? = nil) {
    var database: OpaquePointer?
    #expect(sqlite3_open(file ?? path, &database) == SQLITE_OK)
    defer { sqlite3_close(database) }
    #expect(sqlite3_exec(database, statements, nil, nil, nil) == SQLITE_OK)
  }

  private func message<Result>(_ body: () throws -> Result) -> String {
    do {
      _ = try body()
      return "nothing thrown"
    } catch {
      return "\(error)".replacingOccurrences(of: path, with: "s.study")
    }
  }

  /// A study with some results, closed.
  private func fill(_ count: Int = 200) throws {
    let study = try Study(path, identity: identity)
    let trials: [Study.Trial] = (0..<count).map { ("trial \($0)", "test", [UInt8](repeating: 7, count: 300)) }
    _ = try study.results(of: trials) { Array($0.key.utf8) }
  }

  @Test func keepsWhatItIsTold() throws {
    do {
      let study = try Study(path, identity: identity)
      #expect(study.identity.map(\.name) == ["model", "seed", "qcc"])
      #expect(try study.result(of: "a") == nil)
      for (key, kind) in [("a", "exact"), ("b", "sensitivity"), ("c\0ü", "exact")] {
        #expect(try study.claim(oneOf: [(key, kind, Array(key.utf8))]) == 0)
      }
      try study.record("c\0ü", result: [], seconds: 0.5)
      try study.record("a", result: [0, 255, 0], seconds: 1.5)
      try study.record("b", result: [1], seconds: 2)
    }
    #expect(folder.entries == ["s.study"], "the log goes with the last who uses the file")
    let study = try Study(existing: path)
    #expect(study.identity.map(\.value) == ["ds_cnn.h5", "1", "0.1"])
    #expect(try study.results().map(\.key) == ["c\0ü", "a", "b"])
    let exact = try study.results(kind: "exact")
    #expect(exact.map(\.key) == ["c\0ü", "a"])
    #expect(exact.map(\.result) == [[], [0, 255, 0]])
    #expect(exact.map(\.payload) == [Array("c\0ü".utf8), Array("a".utf8)])
    #expect(exact.map(\.seconds) == [0.5, 1.5])
    #expect(abs(exact[0].recorded - Date().timeIntervalSince1970) < 60)
    #expect(exact[0].worker.pid == Int(getpid()))
    #expect(try study.results(of: ["b", "d"]) == [[1], nil])
  }

  @Test func settingsAreExtendedNeverChanged() throws {
    let study = try Study(path, identity: identity)
    #expect(try study.history(of: "evaluations") == [])
    for value in ["100", "100", "300"] { try study.extend("evaluations", to: value) }
    try study.extend("workers", to: "2")
    #expect(try Study(existing: path).history(of: "evaluations") == ["100", "300"])
  }

  @Test func differencesAreNamedAllAtOnce() throws {
    try fill(1)
    let fix = "fix: search with the same to resume it, or name another file for a new study"
    #expect(
      message { try Study(path, identity: [("metric", "auc"), ("seed", "2"), ("qcc", "0.1")]) } == """
        error: s.study: was made with model ds_cnn.h5, not without; \(fix)
        error: s.study: was made with seed 1, not 2; \(fix)
        error: s.study: was made without metric, not with auc; \(fix)
        """)
    // Said in another order it is the same.
    #expect(try Study(path, identity: identity.reversed()).result(of: "trial 0") != nil)
  }

  // MARK: Files that are no studies

  @Test func refusesWhatIsNoFile() throws {
    #expect(message { try Study(existing: path) } == "error: s.study: no such file")
    #expect(message { try Study(folder.path, identity: identity) }.hasSuffix("is a folder, not a study"))
    #expect(message { try Study("/dev/null", identity: identity) }.hasSuffix("is a pipe or a device, not a study"))
    #expect(
      message { try Study("\(path)/x", identity: identity) }.contains("cannot be written: its folder does not exist"))
    #expect(folder.entries == [])
  }

  @Test(arguments: ["x", "seed: 1\n", String(repeating: "text ", count: 1000)])
  func refusesWhatIsNotSQLite(_ text: String) throws {
    try Data(text.utf8).write(to: URL(filePath: path))
    let expected =
      "error: s.study: is no study: it is not a SQLite file; supported: studies that qcc made; fix: name another file"
    #expect(message { try Study(path, identity: identity) } == expected)
    #expect(message { try Study(existing: path) } == expected)
    #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
    #expect(folder.entries == ["s.study"])
  }

  /// Nothing of another program's file is changed.
  @Test(arguments: ["", "PRAGMA journal_mode = WAL; ", "PRAGMA application_id = 7; "])
  func refusesOtherDatabases(_ setting: String) throws {
    sql(setting + "CREATE TABLE trial (key); INSERT INTO trial VALUES (1)")
    let before = try Data(contentsOf: URL(filePath: path))
    for problem in [message { try Study(path, identity: identity) }, message { try Study(existing: path) }] {
      #expect(
        problem == "error: s.study: is a SQLite file of another program; supported: studies that qcc made; "
          + "fix: name another file")
    }
    #expect(try Data(contentsOf: URL(filePath: path)) == before)
    #expect(folder.entries == ["s.study"])
  }

  @Test func refusesOtherVersions() throws {
    try fill(1)
    sql("PRAGMA user_version = 2")
    #expect(
      message { try Study(path, identity: identity) }
        == "error: s.study: is a study of version 2; supported: version 1; "
        + "fix: use the qcc that made it, or name another file for a new study")
  }

  @Test(arguments: [
    "CREATE TRIGGER t AFTER INSERT ON result BEGIN DELETE FROM result; END", "DROP TABLE setting",
    "ALTER TABLE trial ADD COLUMN note TEXT",
  ])
  func refusesOtherTables(_ change: String) throws {
    try fill(1)
    sql(change)
    #expect(message { try Study(path, identity: identity) }.contains("its tables are not those of a study"))
  }

  /// An empty file is made a study by a search, as one that a killed process left; to look at it is an error.
  @Test func emptyFile() throws {
    try Data().write(to: URL(filePath: path))
    #expect(message { try Study(existing: path) }.hasPrefix("error: s.study: is empty"))
    try fill(1)
    #expect(try Study(existing: path).results().count == 1)
  }

  /// A file whose end is missing, or with a page that holds something else.
  @Test func refusesDamage() throws {
    try fill()
    let whole = try Data(contentsOf: URL(filePath: path))
    #expect(whole.count > 10 * 4096)
    for size in [100, 4096, 10_000, whole.count - 4096] {
      try whole.prefix(size).write(to: URL(filePath: path))
      #expect(message { try Study(existing: path) }.contains("error: s.study: is damaged ("), "\(size) bytes")
    }
    var torn = whole
    torn.replaceSubrange(4096 * 3..<4096 * 7, with: Data(repeating: 0x5a, count: 4096 * 4))
    try torn.write(to: URL(filePath: path))
    #expect(message { try Study(path, identity: identity) }.contains("error: s.study: is damaged ("))
  }

  /// Whatever stands in a file, it opens and reads, or a message says why not.
  @Test func survivesRandomDamage() throws {
    try fill(30)
    let whole = try Data(contentsOf: URL(filePath: path))
    var random = SplitMix(seed: 3)
    var refused = 0
    for _ in 0..<Repository.tries(100) {
      var damaged = whole
      for _ in 0...(random.next() % 8) {
        // The first page and the heads of the others say how to read the rest.
        let place = random.next() % 2 == 0 ? random.next() % 4096 : random.next() % UInt64(whole.count)
        damaged[Int(place)] = UInt8(truncatingIfNeeded: random.next())
      }
      try damaged.write(to: URL(filePath: path))
      do {
        let study = try Study(existing: path)
        _ = try study.results()
        _ = try study.claim(oneOf: [("new", "test", [])])
      } catch {
        #expect(error is Diagnostics || error is Diagnostic)
        refused += 1
      }
      for ending in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + ending) }
    }
    #expect(refused > 0)
  }

  // MARK: While it is in use

  /// What a killed process left in the log is there for the next.
  @Test func logIsRecovered() throws {
    let worker = try StudyWorker(path, "record", 100_000)
    #expect(worker.waits { $0.count > 20 })
    worker.killed()
    #expect(folder.entries.contains("s.study-wal"))
    let said = worker.lines
    let keys = try Study(existing: path).results().map(\.key)
    #expect(keys.starts(with: said))
    #expect(folder.entries == ["s.study"])
  }

  @Test func waitsForLocksAndSaysSo() throws {
    try fill(1)
    var timing = Study.Timing()
    timing.patience = .seconds(1)
    let study = try Study(path, identity: identity, timing: timing)
    timing.patience = .seconds(60)
    let patient = try Study(path, identity: identity, timing: timing)
    var database: OpaquePointer?
    #expect(sqlite3_open(path, &database) == SQLITE_OK)
    #expect(sqlite3_exec(database, "BEGIN IMMEDIATE", nil, nil, nil) == SQLITE_OK)
    #expect(try study.result(of: "trial 0") != nil, "who reads need not wait")
    #expect(try Study(existing: path, timing: timing).results().count == 1)
    #expect(
      message { try study.claim(oneOf: [("new", "test", [])]) }
        == "error: s.study: has been locked by another program for 1 s; "
        + "fix: end the program that holds it and run the search again: what was recorded stays")
    nonisolated(unsafe) let held = database
    DispatchQueue.global().asyncAfter(deadline: .now() + 0.3) { sqlite3_exec(held, "COMMIT", nil, nil, nil) }
    #expect(try patient.claim(oneOf: [("new", "test", [])]) == 0, "who waits gets its turn")
    sqlite3_close(database)
  }

  @Test(arguments: ["s.study", "s.study-wal"]) func noticesWhenItIsRemoved(_ name: String) throws {
    let study = try Study(path, identity: identity)
    #expect(try study.claim(oneOf: [("a", "test", [])]) == 0)
    try FileManager.default.removeItem(atPath: "\(folder.path)/\(name)")
    let expected =
      "error: \(name): was removed or replaced while it was in use; fix: put the study back with all its files, "
      + "'s.study-wal' too, and run the search again"
    #expect(message { try study.record("a", result: [1], seconds: 0) } == expected)
    #expect(message { try study.result(of: "a") } == expected)
  }

  @Test func noticesWhenItIsReplaced() throws {
    try fill(1)
    let study = try Study(path, identity: identity)
    try FileManager.default.moveItem(atPath: path, toPath: "\(path).old")
    try FileManager.default.copyItem(atPath: "\(path).old", toPath: path)
    #expect(message { try study.claim(oneOf: [("a", "test", [])]) }.contains("was removed or replaced"))
  }

  // MARK: Places that cannot be written

  /// Whether the system lets a process mount in a name space of its own.
  static let canMount = (try? Shell.run("unshare -rm true", in: "/"))?.status == 0

  private func mounting(_ mount: String, _ command: String) throws -> Shell.Result {
    try FileManager.default.createDirectory(atPath: "\(folder.path)/disk", withIntermediateDirectories: true)
    return try Shell.run(
      "unshare -rm sh -c '\(mount) && { \(command); }'", in: folder.path, environment: ["W": StudyWorker.binary])
  }

  /// A disk of 2 MB: what was recorded before it was full is there.
  @Test(.enabled(if: canMount)) func fullDisk() throws {
    let result = try mounting(
      "mount -t tmpfs -o size=2m tmpfs disk",
      """
      "$W" disk/s record 1000; echo "status $?"; cp disk/s* .; "$W" s list 1000
      """)
    #expect(
      result.errors == "error: disk/s: cannot be written: the disk is full; "
        + "fix: free space and run the search again: what was recorded stays\n")
    let parts = result.output.components(separatedBy: "status 1\n")
    #expect(parts.count == 2)
    #expect(parts[0].split(separator: "\n").count > 20)
    #expect(parts.last == parts[0])
  }

  @Test(.enabled(if: canMount)) func fullDiskAtTheStart() throws {
    let result = try mounting("mount -t tmpfs -o size=16k tmpfs disk", "\"$W\" disk/s record 1000")
    #expect(result.status == 1)
    #expect(result.errors.hasPrefix("error: disk/s: cannot be written: the disk is full"), "\(result.errors)")
  }

  @Test(.enabled(if: canMount), arguments: ["s.study", "new.study"]) func readOnlyDisk(_ name: String) throws {
    try fill(1)
    let result = try mounting(
      "mount --bind . . && mount -o remount,ro,bind .", "\"$W\" \"$PWD/\(name)\" list 1")
    #expect(result.status == 1)
    #expect(result.errors.contains("/\(name): cannot be written: no permission"), "\(result.errors)")
  }
}
