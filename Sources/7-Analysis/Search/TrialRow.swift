import Compiler
import Plans
import Presentation

/// A network that was judged, as reports have it (`schemas/trial.schema.json`).
package struct TrialRow: Encodable, Sendable, Hashable {
  /// A plan of widths: what `--plan` takes.
  package struct Widths: Encodable, Sendable, Hashable {
    package var version = 1
    package var maps: [String: [String: Int]]
    package var weights: [String: [String: Int]]
    package var biases: [String: [String: Int]]

    package init(_ plan: QuantizationPlan) {
      maps = plan.maps.mapValues { ["bits": $0.bits] }
      weights = plan.weights.mapValues { ["bits": $0.bits] }
      biases = plan.biases.mapValues { ["bits": $0.bits] }
    }
  }

  package var plan: Widths
  package var costs: Costs
  package var verdict: TrialJudge.Verdict
  /// Where networks are scored.
  package var score: Double?
  /// Whether it was trained; nil: it was not.
  package var isTuned: Bool?

  package init(
    _ plan: QuantizationPlan, _ costs: Costs, _ verdict: TrialJudge.Verdict, score: Double? = nil, isTuned: Bool? = nil
  ) {
    self.plan = Widths(plan)
    self.costs = costs
    self.verdict = verdict
    self.score = score
    self.isTuned = isTuned
  }

  /// Of a plan's network.
  package init(_ plan: QuantizationPlan, _ compilation: Compilation, by judge: TrialJudge) throws {
    self.init(plan, try Costs(compilation), try judge.verdict(on: compilation))
  }

  private enum CodingKeys: String, CodingKey {
    case plan, score
    case isTuned = "tuned"
  }

  /// Costs and verdict stand in the row itself.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(plan, forKey: .plan)
    try container.encodeIfPresent(score, forKey: .score)
    try container.encodeIfPresent(isTuned, forKey: .isTuned)
    try costs.encode(to: encoder)
    try verdict.encode(to: encoder)
  }
}

/// What `qcc evaluate` says: its JSON is a `TrialRow`'s.
package struct TrialReport: Report, Sendable, Hashable {
  package var row: TrialRow

  package init(row: TrialRow) { self.row = row }

  package func encode(to encoder: any Encoder) throws { try row.encode(to: encoder) }

  private var table: Table { .of([("plan", row)]) }

  package func csv() -> String { table.csv() }
  package func text(_ style: TextStyle) -> String { table.text(style) }
}
