import Libc

extension Study {
  /// Claims the first of some trials that has neither a result nor a claim of a living worker, this one included.
  ///
  /// - Returns: its index; nil where all are evaluated or being evaluated.
  package func claim(oneOf trials: [Trial]) throws -> Int? {
    let claimed = try store.write { connection -> Int? in
      try endStaleClaims(connection)
      guard let index = try trials.firstIndex(where: { try isFree($0.key, connection) }) else { return nil }
      let (key, kind, payload) = trials[index]
      try connection.run(
        "INSERT OR IGNORE INTO worker (id, host, system, pid, started) VALUES (?, ?, ?, ?, ?)", worker.id, worker.host,
        worker.system, worker.pid, worker.started)
      try connection.run("INSERT OR IGNORE INTO trial (key, kind, payload) VALUES (?, ?, ?)", key, kind, payload)
      try connection.run(
        "INSERT OR REPLACE INTO claim (key, worker, time) VALUES (?, ?, ?)", key, worker.id, timing.now())
      return index
    }
    if claimed != nil { heartbeat.start() }
    return claimed
  }

  /// Ends the claims of others that have died or have not been heard of for a lease.
  private func endStaleClaims(_ connection: SQLiteConnection) throws {
    let others = try connection.all(
      """
      SELECT id, host, system, pid, started, min(time) FROM claim JOIN worker ON worker = id WHERE id <> ? GROUP BY id
      """, worker.id
    ) { row in (worker: Worker(row, from: 0), time: row.real(5)) }
    for other in others {
      // Not heard of either where the clock was set back since.
      guard other.worker.isGone || abs(timing.now() - other.time) >= timing.lease else { continue }
      try connection.run("DELETE FROM claim WHERE worker = ?", other.worker.id)
    }
  }

  private func isFree(_ key: String, _ connection: SQLiteConnection) throws -> Bool {
    try connection.first(
      "SELECT 1 FROM result WHERE key = ?1 UNION ALL SELECT 1 FROM claim WHERE key = ?1", key, read: { _ in true })
      == nil
  }

  /// Records what a claimed trial came to. Where somebody else was faster, who took the claim over, that result stays.
  ///
  /// - Parameter seconds: what the evaluation took.
  package func record(_ key: String, result: [UInt8], seconds: Double) throws {
    try store.write { connection in
      try connection.run(
        "INSERT OR IGNORE INTO result (key, result, worker, seconds, time) VALUES (?, ?, ?, ?, ?)", key, result,
        worker.id, seconds, timing.now())
      try connection.run("DELETE FROM claim WHERE key = ?", key)
    }
  }

  /// Gives a claimed trial back that could not be evaluated.
  package func release(_ key: String) throws {
    try store.write { connection in
      try connection.run("DELETE FROM claim WHERE key = ? AND worker = ?", key, worker.id)
    }
  }

  /// The results of all of some trials, in their order: evaluated here, or by others who take part in the search and ask
  /// for the same ones. Waits for those, and takes over what they held where they die.
  ///
  /// - Throws: what `evaluate` throws, and the trial is free again.
  package func results(of trials: [Trial], evaluating evaluate: (Trial) throws -> [UInt8]) throws -> [[UInt8]] {
    var found: [String: [UInt8]] = [:]
    var missing = trials
    while !missing.isEmpty {
      while let index = try claim(oneOf: missing) { try perform(missing[index], evaluate) }
      for (trial, result) in zip(missing, try results(of: missing.map(\.key))) { found[trial.key] = result }
      missing.removeAll { found[$0.key] != nil }
      // Others are at work on them.
      if !missing.isEmpty { usleep(20_000) }
    }
    return trials.compactMap { found[$0.key] }
  }

  private func perform(_ trial: Trial, _ evaluate: (Trial) throws -> [UInt8]) throws {
    let start = ContinuousClock.now
    do {
      let result = try evaluate(trial)
      try record(trial.key, result: result, seconds: (ContinuousClock.now - start) / .seconds(1))
    } catch {
      try? release(trial.key)
      throw error
    }
  }
}
