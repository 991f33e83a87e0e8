#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension Study {
  /// The results of all of some trials, in their order: evaluated here, or by others who take part in the search and ask
  /// for the same ones. Waits for those, and takes over what they held where they die.
  ///
  /// - Throws: what `evaluate` throws, and the trial is free again.
  package func results(of trials: [Trial], evaluating evaluate: (Trial) throws -> [UInt8]) throws -> [[UInt8]] {
    let keys = trials.map(\.key)
    var pause: UInt32 = 1
    while true {
      if let index = try claim(oneOf: trials) {
        try perform(trials[index], evaluate)
        pause = 1
      } else {
        let results = try results(of: keys).compactMap { $0 }
        if results.count == keys.count { return results }
        usleep(pause * 1000)
        pause = min(2 * pause, 200)
      }
    }
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
