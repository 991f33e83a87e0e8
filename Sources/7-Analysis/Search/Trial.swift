import Exploration

/// A point of a space judged: what its integer program costs and loses.
package struct Trial: Codable, Sendable, Hashable {
  /// By variable of the space, in bits.
  package var widths: [Int]
  /// Whether it was calibrated as `qcc quantize` does.
  package var isThorough: Bool
  /// Of the samples that judge.
  package var share: Double
  package var costs: Costs
  package var verdict: TrialJudge.Verdict
}
