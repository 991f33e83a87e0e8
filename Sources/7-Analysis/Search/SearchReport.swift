import Presentation

/// What `qcc search` found. Its JSON keys are a promise to other programs.
package struct SearchReport: Report, Sendable, Hashable {
  /// Networks that are best in cost and loss, the cheapest first.
  package var front: [TrialRow]
  /// Flat widths beside them, the widest first.
  package var flat: [TrialRow]
  /// The one that the limits choose; absent where no network keeps them.
  package var chosen: TrialRow?
  /// The chosen one on inputs that the search did not see.
  package var test: TrialRow?
  package var minimize: String
  /// Networks that were judged.
  package var evaluations: Int
  package var seconds: Double

  package init(
    front: [TrialRow], flat: [TrialRow], chosen: TrialRow?, minimize: String, evaluations: Int, seconds: Double
  ) {
    self.front = front
    self.flat = flat
    self.chosen = chosen
    self.minimize = minimize
    self.evaluations = evaluations
    self.seconds = seconds
  }
}
