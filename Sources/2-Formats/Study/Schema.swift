/// How a study lies in its file.
enum Schema {
  /// `qccs`, by which the file is known.
  static let application = 0x7163_6373
  /// Of this schema.
  static let version = 1

  /// Names, keys and kinds are the search's; times are seconds since 1970 in UTC.
  static let tables = [
    // What was searched, in the order in which it was said.
    "CREATE TABLE identity (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, value TEXT NOT NULL) STRICT",
    // Settings that may be extended, the newest last.
    """
    CREATE TABLE setting (number INTEGER PRIMARY KEY, name TEXT NOT NULL, value TEXT NOT NULL, \
    time REAL NOT NULL) STRICT
    """,
    // Who took part: a process, and since when it runs in ticks of its system.
    """
    CREATE TABLE worker (id TEXT PRIMARY KEY, host TEXT NOT NULL, system TEXT NOT NULL, pid INTEGER NOT NULL, \
    started INTEGER NOT NULL) STRICT
    """,
    // What was asked for.
    "CREATE TABLE trial (key TEXT PRIMARY KEY, kind TEXT NOT NULL, payload BLOB NOT NULL) STRICT",
    // Who evaluates a trial, and when that was last heard of.
    """
    CREATE TABLE claim (key TEXT PRIMARY KEY REFERENCES trial, worker TEXT NOT NULL REFERENCES worker, \
    time REAL NOT NULL) STRICT
    """,
    // What came out, in the order recorded.
    """
    CREATE TABLE result (number INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE REFERENCES trial, result BLOB NOT NULL, \
    worker TEXT NOT NULL REFERENCES worker, seconds REAL NOT NULL, time REAL NOT NULL) STRICT
    """,
  ]
}
