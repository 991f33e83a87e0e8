import Exploration

extension ForgivingScore.Measure {
  /// nil for what AutoQKeras and its like do not score.
  package init?(_ kind: Costs.Kind) {
    switch kind {
    case .bits: self = .bits
    case .energy: self = .energy
    case .cycles: self = .cycles
    case .ideal, .bytes: return nil
    }
  }
}

/// One number for what a trial costs and loses: its metric, or without labels its agreement, forgiven for what it costs less than
/// the network of a reference.
package struct TrialScore: Sendable {
  private let formula: ForgivingScore
  private let minimize: Costs.Kind
  private let reference: Double

  /// - Parameter reference: the costs of the network that trials are compared with.
  package init(_ formula: ForgivingScore, minimize: Costs.Kind, reference: Costs) {
    self.formula = formula
    self.minimize = minimize
    self.reference = reference[minimize]
  }

  package func value(of trial: Trial) -> Double {
    formula.score(
      metric: trial.verdict.quality, reference: reference, trial: trial.costs[minimize])
  }
}
