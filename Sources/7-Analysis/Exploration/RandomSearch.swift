import Numbers

/// Points drawn uniformly, none twice.
package struct RandomSearch: ExplorationMethod {
  private var fresh: FreshPoints
  private var random: SplitMix
  private var references: [Point]
  private var left: Int

  /// Points that are asked at once.
  private static let batch = 8

  /// - Parameters:
  ///   - evaluations: at most.
  ///   - references: points that are evaluated in any case, first of all.
  package init(_ space: Space, goal: Goal, evaluations: Int, seed: UInt64, references: [Point] = []) {
    fresh = FreshPoints(space, goal: goal)
    random = SplitMix(seed: seed)
    self.references = references
    left = evaluations
  }

  package mutating func ask() -> [Request] {
    var points = Array(fresh.takeAny(references).prefix(left))
    references = []
    points += fresh.takeDrawn(min(Self.batch, left) - points.count, using: &random)
    left -= points.count
    return fresh.inOrderOfCost(points).map { Request($0) }
  }

  package mutating func tell(_ outcomes: [Outcome]) {}
}
