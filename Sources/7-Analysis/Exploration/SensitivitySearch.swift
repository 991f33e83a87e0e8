/// The default way through a space of widths: what each narrower choice costs alone makes a model of the loss, the model's whole
/// front falls out by dynamic programming, and exact evaluations of its points correct the model until its front is evaluated.
/// What is left of the evaluations tries changes of the best points, one variable or two.
package struct SensitivitySearch: ExplorationMethod {
  private enum Phase {
    case sensitivities, front, changes, end
  }

  private let space: Space
  private let goal: Goal
  private let evaluations: Int
  private let base: Point
  private let pairs: [(Int, Int)]
  private var phase = Phase.sensitivities
  private var asked: [Point] = []
  private var known: [Point: Outcome] = [:]
  /// In the order in which they were told.
  private var order: [Point] = []
  private var model: LossModel?
  private var reserved: Int

  /// Points that are evaluated before the model is corrected.
  private static let batch = 8

  /// - Parameters:
  ///   - evaluations: at most.
  ///   - references: points that are evaluated in any case, first of all.
  package init(_ space: Space, goal: Goal, evaluations: Int, references: [Point] = []) {
    self.space = space
    self.goal = goal
    self.evaluations = evaluations
    base = space.widest
    pairs = Self.pairs(of: goal.cost)
    reserved = evaluations / 4
    self.references = references
  }

  private let references: [Point]

  /// Variables that a cost looks at together: neighbours in the network.
  private static func pairs(of cost: SeparableFunction) -> [(Int, Int)] {
    var found: Set<[Int]> = []
    for term in cost.terms {
      for (place, first) in term.scope.enumerated() {
        for second in term.scope[(place + 1)...] { found.insert([first, second]) }
      }
    }
    return found.sorted { $0.lexicographicallyPrecedes($1) }.map { ($0[0], $0[1]) }
  }

  // MARK: Turns

  package mutating func ask() -> [Request] {
    while true {
      let points: [Point]
      switch phase {
      case .sensitivities: points = [base] + references + singles
      case .front: points = pointsOfFront()
      case .changes: points = changes()
      case .end: return []
      }
      var seen: Set<Point> = []
      asked = points.filter { known[$0] == nil && seen.insert($0).inserted }
      asked = Array(asked.prefix(max(0, evaluations - known.count)))
      if !asked.isEmpty { return asked.map { Request($0) } }
      advance()
    }
  }

  package mutating func tell(_ outcomes: [Outcome]) {
    for (point, outcome) in zip(asked, outcomes) {
      known[point] = outcome
      order.append(point)
      model?.learn(point, loss: outcome.loss)
    }
    if phase == .sensitivities { advance() }
  }

  private mutating func advance() {
    if known.count >= evaluations {
      phase = .end
      return
    }
    switch phase {
    case .sensitivities:
      makeModel()
      phase = .front
    case .front: phase = .changes
    case .changes, .end: phase = .end
    }
  }

  // MARK: Sensitivities

  /// Every variable narrowed alone.
  private var singles: [Point] {
    space.variables.indices.flatMap { variable in
      space.variables[variable].choices.indices.filter { $0 != base[variable] }.map { base.with(variable, $0) }
    }
  }

  private mutating func makeModel() {
    let floor = known[base]?.loss ?? 0
    var model = LossModel(space, base: base, floor: floor, pairs: pairs) { variable, choice in
      known[base.with(variable, choice)]?.loss ?? floor
    }
    for point in order where point.choices.indices.count(where: { point[$0] != base[$0] }) > 1 {
      if let outcome = known[point] { model.learn(point, loss: outcome.loss) }
    }
    self.model = model
  }

  // MARK: Front

  /// Those of the model's front that are not evaluated: around the limit where there is one, and otherwise where the front has
  /// the widest gaps.
  private mutating func pointsOfFront() -> [Point] {
    guard let model, known.count + Self.batch <= evaluations - reserved,
      let front = FrontSolver.front(of: space, cost: goal.cost, loss: model.function)
    else { return [] }
    let open = front.indices.filter { known[front[$0].point] == nil }
    guard !open.isEmpty else { return [] }
    if let center = center(of: front) {
      let nearest = open.sorted { (abs($0 - center), $0) < (abs($1 - center), $1) }.prefix(Self.batch / 2)
      return (nearest + spread(open, of: front)).map { front[$0].point }.prefixed(Self.batch)
    }
    return spread(open, of: front).map { front[$0].point }.prefixed(Self.batch)
  }

  /// Where the front crosses the limit, by what is known of the points nearest to it.
  private func center(of front: [FrontSolver.Solution]) -> Int? {
    if let most = goal.mostCost { return front.lastIndex { $0.cost <= most } }
    guard goal.mostDrop != nil else { return nil }
    let cheapest = best.map { goal.cost.value(at: $0) } ?? .infinity
    // What is cheaper than the best point known is what may become the best.
    return front.lastIndex { $0.cost < cheapest } ?? 0
  }

  /// Some of them, in equal parts of the logarithm of their cost.
  private func spread(_ open: [Int], of front: [FrontSolver.Solution]) -> [Int] {
    let evaluated = known.keys.map { goal.cost.value(at: $0) }.sorted()
    func gap(_ place: Int) -> Double {
      let cost = front[place].cost
      return evaluated.reduce(Double.infinity) { Swift.min($0, abs($1 - cost)) } / Swift.max(cost, 1e-30)
    }
    var chosen: [Int] = []
    while chosen.count < Self.batch, chosen.count < open.count {
      func distance(_ place: Int) -> Double {
        chosen.reduce(gap(place)) { Swift.min($0, abs(front[$1].cost - front[place].cost) / front[place].cost) }
      }
      guard
        let next = open.filter({ !chosen.contains($0) }).max(by: { (distance($0), $1) < (distance($1), $0) })
      else { break }
      chosen.append(next)
    }
    return chosen
  }

  // MARK: Changes

  /// The cheapest point within the limit; without one, or where none is, that of least loss.
  private var best: Point? {
    let allowed = order.filter { point in
      guard let outcome = known[point] else { return false }
      return outcome.drop <= goal.mostDrop ?? .infinity && goal.cost.value(at: point) <= goal.mostCost ?? .infinity
    }
    func rank(_ point: Point) -> (Double, Double) {
      let (cost, loss) = (goal.cost.value(at: point), known[point]?.loss ?? .infinity)
      return goal.mostDrop == nil ? (loss, cost) : (cost, loss)
    }
    return allowed.min { rank($0) < rank($1) }
  }

  /// Points that differ from good ones in one variable or two and are expected to be better, the best expected first.
  private func changes() -> [Point] {
    guard let model else { return [] }
    let evaluated = ParetoFront(order, cost: { goal.cost.value(at: $0) }, loss: { known[$0]?.loss ?? .infinity })
    let starts = goal.mostDrop == nil && goal.mostCost == nil ? evaluated.elements : best.map { [$0] } ?? []
    var candidates: [(point: Point, gain: Double)] = []
    for start in starts {
      let (cost, loss) = (goal.cost.value(at: start), known[start]?.loss ?? 0)
      let expected = model.loss(at: start)
      for point in neighbors(of: start) where known[point] == nil {
        // Only what the change does is taken from the model: the rest is known.
        let change = loss + model.loss(at: point) - expected
        let saved = cost - goal.cost.value(at: point)
        guard saved > 0 || saved == 0 && change < loss else { continue }
        candidates.append((point, saved > 0 ? Swift.max(change - loss, 0) / saved : (change - loss) / Swift.max(cost, 1)))
      }
    }
    return candidates.sorted { ($0.gain, $0.point) < ($1.gain, $1.point) }.map(\.point).prefixed(Self.batch)
  }

  private func neighbors(of point: Point) -> [Point] {
    let single = space.variables.indices.flatMap { variable in
      [point[variable] - 1, point[variable] + 1].filter { space.variables[variable].choices.indices.contains($0) }.map {
        (variable, $0)
      }
    }
    let lower = single.filter { $0.1 < point[$0.0] }
    let higher = single.filter { $0.1 > point[$0.0] }
    return single.map { point.with($0.0, $0.1) }
      + lower.flatMap { down in higher.filter { $0.0 != down.0 }.map { point.with(down.0, down.1).with($0.0, $0.1) } }
  }
}

extension [Point] {
  /// The first different ones.
  fileprivate func prefixed(_ count: Int) -> [Point] {
    var seen: Set<Point> = []
    return Array(filter { seen.insert($0).inserted }.prefix(count))
  }
}
