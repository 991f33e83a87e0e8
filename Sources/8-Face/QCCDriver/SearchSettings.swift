import Assessment
import Calibration
import Compiler
import Diagnostics
import Exploration
import Files
import Plans
import Search

/// What a search is of and what it is for: all that its trials and its choice depend on. A study carries it, so that a search can
/// go on from its file alone.
package struct SearchSettings: Sendable {
  package enum Method: String, Sendable, CaseIterable {
    case sensitivity, random, hyperband, bayesian, evolutionary
  }

  package var model = ""
  package var calibration: [String] = []
  package var validation: [String] = []
  package var labels: String?
  package var groups: String?
  package var measure = Judge.Measure.accuracy
  package var target = Compiler.Options().target
  package var widths = [4, 8, 16]
  package var widthLimits: [WidthLimit] = []
  package var scheme = MapPlan.Scheme.affine
  package var rounding = Rounding.best
  package var pruning: Pruning?
  package var minimize = Costs.Kind.cycles
  package var limits = SearchLimits()
  /// What is to be largest, over what is minimized; nil: costs and losses are compared one by one.
  package var score: ForgivingScore?
  /// Of the flat network that scores are relative to: one of the widths.
  package var referenceBits = 8
  /// So many of the most promising networks are trained before one is chosen.
  package var tuned = 0
  /// A command that trains them in place of qcc.
  package var trainer: String?
  package var method = Method.sensitivity
  package var seed: UInt64 = 1

  package init() {}

  /// One line of settings: what it is called, and what it says in a study.
  fileprivate struct Line: Sendable {
    var name: String
    var get: @Sendable (SearchSettings) -> String?
    /// Whether the text made sense.
    var set: @Sendable (inout SearchSettings, String) -> Bool
  }

  private static let lines: [Line] = [
    .init("model", \.model),
    .list("calibration", \.calibration),
    .list("validation", \.validation),
    .optional("labels", \.labels),
    .optional("groups", \.groups),
    .named("metric", \.measure),
    .init("target", \.target),
    .init(
      name: "widths", get: { $0.widths.map(String.init).joined(separator: ",") },
      set: { settings, text in
        settings.widths = text.split(separator: ",").compactMap { Int($0) }
        return !settings.widths.isEmpty
      }),
    .init(
      name: "width limits", get: { $0.widthLimits.isEmpty ? nil : $0.widthLimits.map(\.text).joined(separator: "\n") },
      set: { settings, text in
        settings.widthLimits = text.split(separator: "\n").compactMap { WidthLimit(String($0)) }
        return !settings.widthLimits.isEmpty
      }),
    .named("scheme", \.scheme),
    .init(
      name: "rounding", get: { $0.rounding.text },
      set: { settings, text in
        guard let rounding = Rounding(text) else { return false }
        settings.rounding = rounding
        return true
      }),
    .init(
      name: "pruning", get: { $0.pruning?.text },
      set: { settings, text in
        settings.pruning = Pruning(text)
        return settings.pruning != nil
      }),
    .named("what is minimized", \.minimize),
    .number("largest drop", \.limits.mostDrop),
    .number("least agreement", \.limits.leastAgreement),
    .number("most cycles", \.limits[.cycles]),
    .number("most energy", \.limits[.energy]),
    .number("most bits", \.limits[.bits]),
    .number("most bytes", \.limits[.bytes]),
    .init(
      name: "score", get: { $0.score.map { _ in "forgiving" } },
      set: { settings, text in
        settings.score = ForgivingScore.Measure(settings.minimize).map { ForgivingScore($0, isCompatible: false) }
        return text == "forgiving" && settings.score != nil
      }),
    .ofScore("percent forgiven", \.deltaP),
    .ofScore("percent fined", \.deltaN),
    .ofScore("rate", \.rate),
    .ofScore("stress", \.stress),
    .init(
      name: "scores like", get: { $0.score?.isCompatible == true ? "QKeras" : nil },
      set: { settings, text in
        settings.score?.isCompatible = true
        return text == "QKeras" && settings.score != nil
      }),
    .init(
      name: "reference bits", get: { $0.score == nil ? nil : String($0.referenceBits) },
      set: { settings, text in
        guard let bits = Int(text) else { return false }
        settings.referenceBits = bits
        return true
      }),
    .init(
      name: "networks trained", get: { $0.tuned == 0 ? nil : String($0.tuned) },
      set: { settings, text in
        guard let count = Int(text) else { return false }
        settings.tuned = count
        return true
      }),
    .optional("trainer", \.trainer),
    .named("method", \.method),
    .init(
      name: "seed", get: { String($0.seed) },
      set: { settings, text in
        guard let seed = UInt64(text) else { return false }
        settings.seed = seed
        return true
      }),
  ]

  /// For a study: the settings, the version of qcc, and what the files hold.
  /// - Throws: `Diagnostics`, files that cannot be read.
  package func identity(version: String) throws(Diagnostics) -> [(name: String, value: String)] {
    var identity = [(name: "qcc", value: version)]
    for line in Self.lines {
      if let value = line.get(self) { identity.append((line.name, value)) }
    }
    return try identity
      + FileContents.identity(of: [
        ("model", [model]), ("calibration", calibration), ("validation", validation),
        ("labels", labels.map { [$0] } ?? []), ("groups", groups.map { [$0] } ?? []),
      ])
  }

  /// - Throws: `Diagnostic` where a study says what this qcc does not know.
  package init(_ identity: [(name: String, value: String)], of study: String) throws(Diagnostic) {
    for (name, value) in identity {
      guard let line = Self.lines.first(where: { $0.name == name }) else { continue }
      try require(
        line.set(&self, value), "was made with \(name) \(value)", at: .init(file: study),
        fix: "use the qcc that made it")
    }
  }
}

extension SearchSettings.Line {
  fileprivate init(_ name: String, _ path: WritableKeyPath<SearchSettings, String> & Sendable) {
    self.init(
      name: name, get: { $0[keyPath: path] },
      set: {
        $0[keyPath: path] = $1
        return true
      })
  }

  fileprivate static func optional(_ name: String, _ path: WritableKeyPath<SearchSettings, String?> & Sendable) -> Self
  {
    .init(
      name: name, get: { $0[keyPath: path] },
      set: {
        $0[keyPath: path] = $1
        return true
      })
  }

  fileprivate static func list(_ name: String, _ path: WritableKeyPath<SearchSettings, [String]> & Sendable) -> Self {
    .init(
      name: name, get: { $0[keyPath: path].isEmpty ? nil : $0[keyPath: path].joined(separator: "\n") },
      set: {
        $0[keyPath: path] = $1.split(separator: "\n").map(String.init)
        return true
      })
  }

  fileprivate static func number(_ name: String, _ path: WritableKeyPath<SearchSettings, Double?> & Sendable) -> Self {
    .init(
      name: name, get: { $0[keyPath: path].map { "\($0)" } },
      set: {
        $0[keyPath: path] = Double($1)
        return $0[keyPath: path] != nil
      })
  }

  fileprivate static func ofScore(
    _ name: String, _ path: WritableKeyPath<ForgivingScore, Double> & Sendable
  ) -> Self {
    .init(
      name: name, get: { $0.score.map { "\($0[keyPath: path])" } },
      set: {
        guard let value = Double($1), $0.score != nil else { return false }
        $0.score?[keyPath: path] = value
        return true
      })
  }

  fileprivate static func named<Value: RawRepresentable<String>>(
    _ name: String, _ path: WritableKeyPath<SearchSettings, Value> & Sendable
  ) -> Self where Value: Sendable {
    .init(
      name: name, get: { $0[keyPath: path].rawValue },
      set: {
        guard let value = Value(rawValue: $1) else { return false }
        $0[keyPath: path] = value
        return true
      })
  }
}

/// Processes of this program that take part in a study until its search is at its end. What they say is what the first process
/// says too: nobody hears it.
package struct SearchWorkers: Sendable {
  private let processes: [ChildProcess]

  /// - Throws: `Diagnostic` where the system makes none.
  package init(_ count: Int, study: String, threads: Int) throws(Diagnostic) {
    var processes: [ChildProcess] = []
    for _ in 0..<count {
      do {
        processes.append(
          try ChildProcess(
            "/proc/self/exe", ["study", "resume", study, "--threads", String(threads)], output: "/dev/null"))
      } catch {
        for process in processes { process.end() }
        throw Diagnostic("a worker cannot be started: \(error)", at: .init(file: study))
      }
    }
    self.processes = processes
  }

  /// Until all of them are at their end.
  package func wait() {
    for process in processes { _ = process.wait() }
  }
}
