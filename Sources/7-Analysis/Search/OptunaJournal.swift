import Exploration
import Study

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A study as a file that Optuna's `JournalStorage` replays: one operation in JSON a line, as `optuna/storages/journal/_storage.py`
/// writes them (Optuna 5.0). A trial's values are its cost and its loss, its parameters the widths by variable.
package struct OptunaJournal: Sendable {
  package let lines: [String]

  /// - Parameters:
  ///   - name: of Optuna's study.
  ///   - trials: with the entries that a study keeps of them.
  package init(
    name: String, space: WidthSpace, minimize: Costs.Kind, trials: [(trial: Trial, entry: Study.Entry)]
  ) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    func line(_ operation: some Encodable) throws -> String {
      String(decoding: try encoder.encode(operation), as: UTF8.self)
    }
    let distributions = Dictionary(
      uniqueKeysWithValues: try space.space.variables.map { ($0.name, try line(Distribution($0))) })
    lines =
      try [
        line(CreateStudy(studyName: name)),
        line(SetStudyAttribute(.user, ["space": space.description])),
        line(SetStudyAttribute(.system, ["study:metric_names": [minimize.rawValue, "loss"]])),
      ]
      + trials.compactMap { trial, entry in
        try space.space.point(of: trial.widths).map { point in
          try line(
            CreateTrial(
              trial, minimize: minimize, entry: entry, distributions: distributions,
              parameters: Dictionary(uniqueKeysWithValues: zip(space.space.variables.map(\.name), point.choices))))
        }
      }
  }

  package var bytes: [UInt8] { lines.flatMap { Array("\($0)\n".utf8) } }

  // MARK: Operations

  private enum Code: Int, Encodable {
    case createStudy = 0
    case setStudyUserAttribute = 2
    case setStudySystemAttribute = 3
    case createTrial = 4

    static let user = setStudyUserAttribute
    static let system = setStudySystemAttribute
  }

  /// Optuna leaves those alone that another worker issued.
  private static let worker = "qcc"
  /// The file has one study.
  private static let study = 0

  private struct CreateStudy: Encodable {
    let code = Code.createStudy
    let worker = OptunaJournal.worker
    let studyName: String
    /// Both are minimized.
    let directions = [1, 1]

    enum CodingKeys: String, CodingKey {
      case code = "op_code"
      case worker = "worker_id"
      case studyName = "study_name"
      case directions
    }
  }

  private struct SetStudyAttribute<Value: Encodable>: Encodable {
    let code: Code
    let attributes: [String: Value]

    init(_ code: Code, _ attributes: [String: Value]) {
      self.code = code
      self.attributes = attributes
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: Key.self)
      try container.encode(code, forKey: .code)
      try container.encode(OptunaJournal.worker, forKey: .worker)
      try container.encode(OptunaJournal.study, forKey: .study)
      try container.encode(attributes, forKey: code == .user ? .studyUserAttribute : .studySystemAttribute)
    }
  }

  private struct CreateTrial: Encodable {
    let trial: Trial
    let minimize: Costs.Kind
    let entry: Study.Entry
    /// In JSON, by variable.
    let distributions: [String: String]
    /// The place of the width among the variable's choices, by variable.
    let parameters: [String: Int]

    init(
      _ trial: Trial, minimize: Costs.Kind, entry: Study.Entry, distributions: [String: String],
      parameters: [String: Int]
    ) {
      self.trial = trial
      self.minimize = minimize
      self.entry = entry
      self.distributions = distributions
      self.parameters = parameters
    }

    /// Of `optuna.trial.TrialState`.
    private static let complete = 1

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: Key.self)
      try container.encode(Code.createTrial, forKey: .code)
      try container.encode(OptunaJournal.worker, forKey: .worker)
      try container.encode(OptunaJournal.study, forKey: .study)
      try container.encode(Self.complete, forKey: .state)
      try container.encodeNil(forKey: .value)
      try container.encode([trial.costs[minimize], trial.verdict.loss], forKey: .values)
      try container.encode(Self.time(entry.recorded - entry.seconds), forKey: .start)
      try container.encode(Self.time(entry.recorded), forKey: .complete)
      try container.encode(distributions, forKey: .distributions)
      try container.encode(parameters, forKey: .parameters)
      try container.encode(Attributes(trial), forKey: .userAttributes)
      try container.encode([String: Int](), forKey: .systemAttributes)
      try container.encode([String: Int](), forKey: .intermediateValues)
    }

    /// As Python's `fromisoformat` reads it, with a zone that it knows in all its versions.
    private static func time(_ seconds: Double) -> String {
      Date(timeIntervalSince1970: seconds).formatted(
        Date.ISO8601FormatStyle().year().month().day().time(includingFractionalSeconds: true)) + "+00:00"
    }
  }

  private enum Key: String, CodingKey {
    case code = "op_code"
    case worker = "worker_id"
    case study = "study_id"
    case start = "datetime_start"
    case complete = "datetime_complete"
    case parameters = "params"
    case studyUserAttribute = "user_attr"
    case studySystemAttribute = "system_attr"
    case userAttributes = "user_attrs"
    case systemAttributes = "system_attrs"
    case intermediateValues = "intermediate_values"
    case state, value, values, distributions
  }

  // MARK: Values

  /// `optuna.distributions.CategoricalDistribution`.
  private struct Distribution: Encodable {
    struct Attributes: Encodable { var choices: [Int] }

    let name = "CategoricalDistribution"
    let attributes: Attributes

    init(_ variable: Space.Variable) { attributes = Attributes(choices: variable.choices) }
  }

  /// What else is known of a trial.
  private struct Attributes: Encodable {
    var metric: Double?
    var agreement: Double
    var drop: Double
    var speedup: Double
    var cycles: Int
    var energy: Double
    var bits: Int
    /// Calibrated as `qcc quantize` does: a plan may be there without that too.
    var thorough: Bool

    init(_ trial: Trial) {
      metric = trial.verdict.metric
      agreement = trial.verdict.agreement
      drop = trial.verdict.drop
      speedup = trial.costs.speedup
      cycles = trial.costs.cycles
      energy = trial.costs.energy
      bits = trial.costs.bits
      thorough = trial.isThorough
    }
  }
}

extension WidthSpace {
  /// What makes a plan of widths out of a width per variable: for engines that do their own searching.
  package struct Description: Encodable, Sendable {
    package struct Variable: Encodable, Sendable {
      package var name: String
      /// In bits, ascending.
      package var choices: [Int]
      /// The layer whose weights have this width.
      package var weights: [String] = []
      /// The maps that have this width, all of them.
      package var maps: [String] = []
    }

    package var variables: [Variable]
    /// Bits by layer.
    package var biases: [String: Int]
  }

  package var description: Description {
    let variables = zip(space.variables, decisions).map { variable, decision in
      var described = Description.Variable(name: variable.name, choices: variable.choices)
      switch decision {
      case .weights(let layer): described.weights = [layer]
      case .maps(let maps): described.maps = maps
      }
      return described
    }
    return Description(variables: variables, biases: widths(at: space.widest).biases.mapValues(\.bits))
  }
}
