import Numbers

/// Many points on few samples, the better ones of them on more (Li et al. 2018, Hyperband: algorithm 1, the resource the share of
/// the samples, eta 3). Brackets differ in how few samples they begin with and take turns: 27 points on 1/27 of the samples,
/// 12 on 1/9, 6 on 1/3, 4 on all of them. A bracket looks for its own compromise between cost and loss, so that together they
/// find a front.
package struct Hyperband: ExplorationMethod {
  private var fresh: FreshPoints
  private var random: SplitMix
  private var references: [Point]
  /// In parts of an evaluation.
  private var left: Int
  /// How often the share can grow; the bracket that runs.
  private var bracket = Self.brackets
  /// Of the bracket's requests, in parts.
  private var share = Self.parts
  private var asked: [Point] = []
  private var survivors: [Point] = []
  private var weight = 0.0

  private static let eta = 3
  private static let brackets = 3
  /// Of an evaluation on all samples: that on the fewest is one.
  private static let parts = 27

  /// - Parameters:
  ///   - evaluations: at most, one on a share of the samples being so much of one.
  ///   - references: points that are evaluated in any case, first of all.
  package init(_ space: Space, goal: Goal, evaluations: Int, seed: UInt64, references: [Point] = []) {
    fresh = FreshPoints(space, goal: goal)
    random = SplitMix(seed: seed)
    self.references = references
    left = evaluations * Self.parts
  }

  package mutating func ask() -> [Request] {
    if !references.isEmpty {
      asked = fresh.takeAny(references)
      references = []
    } else if survivors.isEmpty {
      asked = begin()
    } else {
      asked = survivors
    }
    asked = fresh.inOrderOfCost(Array(asked.prefix(left / share)))
    left -= asked.count * share
    return asked.map { Request($0, share: Double(share) / Double(Self.parts)) }
  }

  /// A bracket's points.
  private mutating func begin() -> [Point] {
    let growth = (0..<bracket).reduce(1) { power, _ in power * Self.eta }
    let count = ((Self.brackets + 1) * growth + bracket) / (bracket + 1)
    share = Self.parts / growth
    weight = Double.random(in: 0..<1, using: &random)
    bracket = bracket == 0 ? Self.brackets : bracket - 1
    return fresh.takeDrawn(min(count, left / share), using: &random)
  }

  package mutating func tell(_ outcomes: [Outcome]) {
    survivors = []
    guard share < Self.parts, !asked.isEmpty else { return }
    let costs = asked.map { fresh.goal.cost.value(at: $0) }
    let compromise = Scalarization(weight: weight, over: zip(costs, outcomes).map { ($0, $1.logLoss) })
    let ranks = zip(costs, outcomes).map { cost, outcome in
      (fresh.goal.violation(outcome), compromise(cost: cost, logLoss: outcome.logLoss))
    }
    let order = asked.indices.sorted { (ranks[$0].0, ranks[$0].1, $0) < (ranks[$1].0, ranks[$1].1, $1) }
    survivors = order.prefix(max(1, asked.count / Self.eta)).map { asked[$0] }
    share *= Self.eta
  }
}
