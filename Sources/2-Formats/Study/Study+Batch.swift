import Libc

extension Study {
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
