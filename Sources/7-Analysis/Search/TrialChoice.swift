import Exploration
import Numbers

/// Chooses among trials.
package struct TrialChoice: Sendable {
  package let limits: SearchLimits
  package let minimize: Costs.Kind
  package let score: TrialScore?

  private let known: [Trial]

  /// - Parameters:
  ///   - score: what is to be largest; nil: costs and losses are compared one by one.
  ///   - known: all that were judged.
  package init(_ limits: SearchLimits, minimize: Costs.Kind, score: TrialScore? = nil, known: [Trial]) {
    self.limits = limits
    self.minimize = minimize
    self.score = score
    self.known = known.filter { $0.share == 1 }
  }

  /// Losses are spread over decades: how far apart, in logarithms, two are that say much of each other's drop.
  private static let reach = 0.35

  /// What networks of such a loss drop, near ones before far ones: of many networks some are lucky on the samples, which their
  /// loss is not.
  private func limitedDrop(at loss: Double) -> Double {
    func logarithm(_ loss: Double) -> Double { ElementaryMath.logarithm(max(loss, 1e-12)) }
    var (sum, weight) = (0.0, 0.0)
    for trial in known {
      let distance = (logarithm(trial.verdict.loss) - logarithm(loss)) / Self.reach
      let share = ElementaryMath.exponential(-distance * distance / 2)
      sum += share * trial.verdict.limitedDrop
      weight += share
    }
    return weight > 0 ? sum / weight : 0
  }

  /// Whether a trial keeps all limits, and networks of its loss keep that on the drop.
  package func isAllowed(_ trial: Trial) -> Bool {
    limits.excesses(of: trial).isEmpty && limitedDrop(at: trial.verdict.loss) <= limits.mostDrop ?? .infinity
  }

  /// Of those that are allowed the one of the largest score; without scores the cheapest, or where what is lost has no limit the
  /// one that loses least.
  package func best(of candidates: [Trial]) -> Trial? {
    func rank(_ trial: Trial) -> (Double, Double) {
      if let score { return (-score.value(of: trial), trial.costs[minimize]) }
      return limits.limitLoss
        ? (trial.costs[minimize], trial.verdict.loss) : (trial.verdict.loss, trial.costs[minimize])
    }
    return candidates.filter(isAllowed).min { rank($0) < rank($1) }
  }

  /// Those that are best in cost and loss, the cheapest first.
  package func front(of candidates: [Trial]) -> [Trial] {
    ParetoFront(candidates, cost: { $0.costs[minimize] }, loss: { $0.verdict.loss }).elements
  }
}
