#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A point of a space judged: what its integer program costs and loses.
package struct Trial: Codable, Sendable, Hashable {
  /// By variable of the space, in bits.
  package var widths: [Int]
  /// Whether it was calibrated as `qcc quantize` does.
  package var isThorough: Bool
  /// Whether it was trained behind that; nil: it was not.
  package var isTuned: Bool?
  /// Of the samples that judge.
  package var share: Double
  package var costs: Costs
  package var verdict: TrialJudge.Verdict
}

extension Trial {
  /// - Throws: where it is no trial.
  package init(encoded bytes: [UInt8]) throws { self = try JSONDecoder().decode(Trial.self, from: Data(bytes)) }

  /// As a study keeps it.
  var encoded: [UInt8] { get throws { Array(try JSONEncoder().encode(self)) } }
}
