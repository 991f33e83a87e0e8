import Plans

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
  /// In tile times, and what it gains over standard multipliers.
  package var ideal: Double
  package var speedup: Double
  package var cycles: Int
  package var cycleSpeedup: Double
  /// In pJ.
  package var energy: Double
  package var bits: Int
  /// That cross the bus.
  package var bytes: Int
  package var tiles: Int
  /// Of feature maps on the host, in bytes.
  package var memory: Int
  /// Against labels, 0 to 1; absent without.
  package var metric: Double?
  package var floatMetric: Double?
  /// Of results whose largest is the float network's.
  package var agreement: Double
  /// Mean divergence from the float network in nats, or squared error as a part of the signal.
  package var loss: Double
  /// Of the metric, or without labels of agreement, and where it lies with 95 %.
  package var drop: Double
  package var dropInterval: [Double]
  /// The drop with less of the luck of the samples in it: what limits are about.
  package var expectedDrop: Double
  /// Where networks are scored.
  package var score: Double?

  package init(_ plan: QuantizationPlan, _ costs: Costs, _ verdict: TrialJudge.Verdict, score: Double? = nil) {
    self.plan = Widths(plan)
    ideal = costs.ideal
    speedup = costs.speedup
    cycles = costs.cycles
    cycleSpeedup = costs.cycleSpeedup
    energy = costs.energy
    bits = costs.bits
    bytes = costs.bytes
    tiles = costs.tiles
    memory = costs.memory
    metric = verdict.metric
    floatMetric = verdict.floatMetric
    agreement = verdict.agreement
    loss = verdict.loss
    drop = verdict.drop
    dropInterval = verdict.dropInterval
    expectedDrop = verdict.expectedDrop
    self.score = score
  }

  package subscript(kind: Costs.Kind) -> Double {
    switch kind {
    case .ideal: ideal
    case .cycles: Double(cycles)
    case .energy: energy
    case .bits: Double(bits)
    case .bytes: Double(bytes)
    }
  }
}
