import Numbers

/// NSGA-II (Deb, Pratap, Agarwal and Meyarivan 2002): a population of which the nondominated stay, the lonelier first, and
/// children of two of them, each the better of two drawn.
package struct EvolutionarySearch: ExplorationMethod {
  private struct Individual: Sendable {
    var point: Point
    var fitness: Fitness
  }

  private var fresh: FreshPoints
  private var random: SplitMix
  private var references: [Point]
  private var left: Int
  /// The better first.
  private var population: [Individual] = []
  private var asked: [Point] = []

  private static let size = 24
  /// Children that may be known already before a point is drawn.
  private static let tries = 50

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
    asked = Array(fresh.takeAny(references).prefix(left))
    references = []
    let count = min(Self.size, left)
    while !population.isEmpty, asked.count < count, let child = freshChild() { asked += fresh.take([child]) }
    asked += fresh.takeDrawn(count - asked.count, using: &random)
    left -= asked.count
    asked = fresh.inOrderOfCost(asked)
    return asked.map { Request($0) }
  }

  package mutating func tell(_ outcomes: [Outcome]) {
    population += zip(asked, outcomes).map { point, outcome in
      Individual(
        point: point,
        fitness: Fitness(
          cost: fresh.goal.cost.value(at: point), logLoss: outcome.logLoss, violation: fresh.goal.violation(outcome)))
    }
    population = Array(sorted(population).prefix(Self.size))
  }

  /// By front, and within a front the lonelier first.
  private func sorted(_ individuals: [Individual]) -> [Individual] {
    nondominatedFronts(individuals.map(\.fitness)).flatMap { front in
      let distances = crowdingDistances(front.map { individuals[$0].fitness })
      let order = front.indices.sorted { (-distances[$0], front[$0]) < (-distances[$1], front[$1]) }
      return order.map { individuals[front[$0]] }
    }
  }

  // MARK: Children

  private mutating func freshChild() -> Point? {
    for _ in 0..<Self.tries {
      let point = child(of: parent(), and: parent())
      if fresh.contains(point) { return point }
    }
    return nil
  }

  /// Binary tournament: the population is sorted, the earlier of two wins.
  private mutating func parent() -> Point {
    let places = (0..<2).map { _ in Int.random(in: population.indices, using: &random) }
    return population[min(places[0], places[1])].point
  }

  /// Uniform crossover; on average one variable mutates, to another choice.
  private mutating func child(of first: Point, and second: Point) -> Point {
    var child = first
    for (variable, description) in fresh.space.variables.enumerated() {
      if Bool.random(using: &random) { child[variable] = second[variable] }
      guard Int.random(in: fresh.space.variables.indices, using: &random) == 0 else { continue }
      let others = description.choices.indices.filter { $0 != child[variable] }
      child[variable] = others.randomElement(using: &random) ?? child[variable]
    }
    return child
  }
}
