import Libc
import Plans

/// What a network may lose and cost.
package struct SearchLimits: Sendable, Hashable {
  /// Of the metric, or without labels of agreement, 0 to 1.
  package var mostDrop: Double?
  /// 0 to 1.
  package var leastAgreement: Double?
  private var mostCosts: [Costs.Kind: Double] = [:]

  package init() {}

  package subscript(kind: Costs.Kind) -> Double? {
    get { mostCosts[kind] }
    set { mostCosts[kind] = newValue }
  }

  /// Whether there is one on what is lost.
  package var limitLoss: Bool { mostDrop != nil || leastAgreement != nil }
  package var isEmpty: Bool { !limitLoss && mostCosts.isEmpty }

  /// A limit that a trial does not keep.
  package struct Excess: Sendable, Hashable {
    /// As `drop`.
    package var name: String
    package var value: Double
    package var limit: Double
    /// By how much, as a part of the whole: of 1, or of the cost.
    package var part: Double
  }

  /// The limits that a trial does not keep, the one that it is farthest from first.
  package func excesses(of trial: Trial) -> [Excess] {
    var found: [Excess] = []
    let verdict = trial.verdict
    if let mostDrop, verdict.limitedDrop > mostDrop {
      found.append(
        Excess(name: "drop", value: verdict.limitedDrop, limit: mostDrop, part: verdict.limitedDrop - mostDrop))
    }
    if let leastAgreement, verdict.agreement < leastAgreement {
      found.append(
        Excess(
          name: "agreement", value: verdict.agreement, limit: leastAgreement, part: leastAgreement - verdict.agreement))
    }
    for kind in Costs.Kind.allCases {
      guard let most = mostCosts[kind], trial.costs[kind] > most else { continue }
      found.append(
        Excess(
          name: kind.rawValue, value: trial.costs[kind], limit: most, part: trial.costs[kind] / Swift.max(most, 1) - 1))
    }
    return found.sorted { $0.part > $1.part }
  }

  /// What methods are told: how far a trial is from what is allowed, 0 where it is not.
  package func excess(of trial: Trial) -> Double { excesses(of: trial).first?.part ?? 0 }
}

/// Which widths some weights and maps may have: `conv.*=8,16`, `weights:dense=4`, `maps:input_1=8`. Names are extended regular
/// expressions (POSIX) that fit the whole name of a layer, or of the node that makes a map.
package struct WidthLimit: Sendable, Hashable {
  package let text: String
  package let bits: [Int]
  private let pattern: String
  private let isForWeights: Bool
  private let isForMaps: Bool

  /// nil where it is none.
  package init?(_ text: String) {
    let parts = text.split(separator: "=", omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty else { return nil }
    var bits: [Int] = []
    for word in parts[1].split(separator: ",", omittingEmptySubsequences: false) {
      guard let width = Int(word), WeightPlan.widths.contains(width) else { return nil }
      bits.append(width)
    }
    self.text = text
    self.bits = bits
    let prefix = parts[0].split(separator: ":", maxSplits: 1)
    (isForWeights, isForMaps) =
      switch prefix.first {
      case "weights": (true, false)
      case "maps": (false, true)
      default: (true, true)
      }
    pattern = "^(\(isForWeights && isForMaps ? parts[0] : prefix.dropFirst().first ?? ""))$"
    guard Self.compiled(pattern, { _ in }) != nil else { return nil }
  }

  func fits(layer name: String) -> Bool { isForWeights && fits(name) }
  func fits(map name: String) -> Bool { isForMaps && fits(name) }

  private func fits(_ name: String) -> Bool { Self.compiled(pattern) { regexec(&$0, name, 0, nil, 0) == 0 } ?? false }

  private static func compiled<Result>(_ pattern: String, _ body: (inout regex_t) -> Result) -> Result? {
    var expression = regex_t()
    guard regcomp(&expression, pattern, REG_EXTENDED | REG_NOSUB) == 0 else { return nil }
    defer { regfree(&expression) }
    return body(&expression)
  }
}
