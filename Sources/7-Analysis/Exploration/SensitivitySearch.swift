/// The default way through a space of widths: what each narrower choice costs alone makes a model of the loss, the model's whole
/// front falls out by dynamic programming, and exact evaluations of its points correct the model until its front is evaluated.
/// What is left of the evaluations tries changes of the best points, one layer or two.
package struct SensitivitySearch: ExplorationMethod {
  private enum Phase {
    case references, sensitivities, front, changes, end
  }

  private let space: Space
  private let goal: Goal
  private let evaluations: Int
  private let references: [Point]
  private let pairs: [(Int, Int)]
  /// What variables are narrowed from.
  private var base: Point
  private var phase = Phase.references
  private var asked: [Point] = []
  private var known: [Point: Outcome] = [:]
  /// In the order in which they were told.
  private var order: [Point] = []
  private var model: LossModel?

  /// Points that are evaluated before the model is corrected.
  private static let batch = 8

  /// - Parameters:
  ///   - evaluations: at most.
  ///   - references: points that are evaluated in any case, first of all.
  package init(_ space: Space, goal: Goal, evaluations: Int, references: [Point] = []) {
    self.space = space
    self.goal = goal
    self.evaluations = evaluations
    self.references = [space.widest] + references
    pairs = Self.pairs(of: goal.cost)
    base = space.widest
  }

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
      case .references: points = references
      case .sensitivities: points = singles
      case .front: points = pointsOfFront()
      case .changes: points = Self.lucks.lazy.map(changes).first { !$0.isEmpty } ?? []
      case .end: return []
      }
      asked = points.filter { known[$0] == nil }.prefixed(max(0, evaluations - known.count))
      if !asked.isEmpty {
        asked.sort { (goal.cost.value(at: $0), $0) < (goal.cost.value(at: $1), $1) }
        return asked.map { Request($0) }
      }
      advance()
    }
  }

  package mutating func tell(_ outcomes: [Outcome]) {
    for (point, outcome) in zip(asked, outcomes) {
      known[point] = outcome
      order.append(point)
      model?.learn(point, loss: outcome.loss)
    }
    if phase == .references || phase == .sensitivities { advance() }
  }

  private mutating func advance() {
    if known.count >= evaluations {
      phase = .end
      return
    }
    switch phase {
    case .references:
      base = start
      phase = .sensitivities
    case .sensitivities:
      makeModel()
      phase = .front
    case .front: phase = .changes
    case .changes, .end: phase = .end
    }
  }

  // MARK: Sensitivities

  /// The cheapest reference within the limit, for what is wider than need be tells nothing; without a limit the widest whose
  /// single changes leave as many evaluations for what they say. Of a point that has nothing to narrow nothing is learned.
  private var start: Point {
    let open = references.filter { !singles(of: $0).isEmpty }
    if goal.mostDrop != nil { return best(of: open) ?? space.widest }
    return open.first { 2 * singles(of: $0).count <= evaluations }
      ?? open.min { singles(of: $0).count < singles(of: $1).count } ?? space.widest
  }

  /// Every variable narrowed alone.
  private var singles: [Point] { singles(of: base) }

  private func singles(of point: Point) -> [Point] {
    space.variables.indices.flatMap { variable in
      (0..<point[variable]).map { point.with(variable, $0) }
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
  private func pointsOfFront() -> [Point] {
    guard let model, known.count + Self.batch <= evaluations - forChanges,
      let front = FrontSolver.front(of: space, cost: goal.cost, loss: model.function)
    else { return [] }
    let open = front.indices.filter {
      known[front[$0].point] == nil && front[$0].cost <= goal.mostCost ?? .infinity
    }
    guard !open.isEmpty else { return [] }
    if let center = center(of: front) {
      let nearest = open.sorted { (abs($0 - center), $0) < (abs($1 - center), $1) }.prefix(Self.batch / 2)
      return (nearest + spread(open, of: front)).map { front[$0].point }.prefixed(Self.batch)
    }
    return spread(open, of: front).map { front[$0].point }.prefixed(Self.batch)
  }

  /// Of the evaluations that are left when single changes are known, a third.
  private var forChanges: Int { max(0, evaluations - references.count - singles.count) / 3 }

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
      return evaluated.reduce(Double.infinity) { min($0, abs($1 - cost)) } / max(cost, 1e-30)
    }
    var chosen: [Int] = []
    while chosen.count < Self.batch, chosen.count < open.count {
      func distance(_ place: Int) -> Double {
        chosen.reduce(gap(place)) { min($0, abs(front[$1].cost - front[place].cost) / front[place].cost) }
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
  private var best: Point? { best(of: order) }

  private func best(of points: [Point]) -> Point? {
    let allowed = points.filter { point in
      guard let outcome = known[point] else { return false }
      return outcome.drop <= goal.mostDrop ?? .infinity && goal.cost.value(at: point) <= goal.mostCost ?? .infinity
    }
    func rank(_ point: Point) -> (Double, Double) {
      let (cost, loss) = (goal.cost.value(at: point), known[point]?.loss ?? .infinity)
      return goal.mostDrop == nil ? (loss, cost) : (cost, loss)
    }
    return allowed.min { rank($0) < rank($1) }
  }

  /// Points that differ from good ones in a layer or two and are expected to be better, the best expected first: where the whole
  /// front is wanted by the hypervolume that they would add, otherwise by what the loss rises for what is saved.
  ///
  /// - Parameter luck: the part of what is expected that a change may lose instead.
  private func changes(luck: Double) -> [Point] {
    guard let model else { return [] }
    let front = ParetoFront(order, cost: { goal.cost.value(at: $0) }, loss: { known[$0]?.loss ?? .infinity })
    let isWhole = goal.mostDrop == nil && goal.mostCost == nil
    let numbers = front.map { (cost: goal.cost.value(at: $0), logLoss: known[$0]?.logLoss ?? 0) }
    var worths: [Point: Double] = [:]
    for start in isWhole ? front.elements : best.map({ [$0] }) ?? [] {
      let (cost, loss) = (goal.cost.value(at: start), known[start]?.loss ?? 0)
      let expected = model.loss(at: start)
      for point in neighbors(of: start) where known[point] == nil {
        // Only what the change does is taken from the model: the rest is known.
        let change = luck * (loss + model.loss(at: point) - expected)
        let saved = cost - goal.cost.value(at: point)
        let worth =
          isWhole
          ? gain(of: (cost - saved, Outcome(loss: change, drop: 0).logLoss), over: numbers)
          : saved > 0 ? -max(change - loss, 0) / saved : saved == 0 ? (loss - change) / max(cost, 1) : 0
        if isWhole && worth > 0 || !isWhole && (saved > 0 || saved == 0 && worth > 0) {
          worths[point] = max(worths[point] ?? -.infinity, worth)
        }
      }
    }
    return worths.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key).prefixed(Self.batch)
  }

  /// A tenth less is hoped for first; with evaluations left to try it, more.
  private static let lucks = [0.9, 0.6, 0.3]

  /// The area between a front and what a point would make of it, up to the front's end.
  private func gain(
    of point: (cost: Double, logLoss: Double), over front: [(cost: Double, logLoss: Double)]
  ) -> Double {
    guard let place = front.lastIndex(where: { $0.cost <= point.cost }) else { return .infinity }
    var (area, left) = (0.0, point.cost)
    for step in front.indices[place...] where front[step].logLoss > point.logLoss {
      let right = step + 1 < front.count ? front[step + 1].cost : front[step].cost
      area += max(0, right - left) * (front[step].logLoss - point.logLoss)
      left = right
    }
    return area
  }

  /// A layer takes the time of its wider operand: narrowing either alone saves nothing. So the variables of a cost's term change
  /// together.
  private struct Move {
    var scope: [Int]
    var choice: Int
    var isDown: Bool

    func applied(to point: Point, in space: Space) -> Point {
      var point = point
      for variable in scope {
        let choice = min(choice, space.variables[variable].choices.count - 1)
        point[variable] = isDown ? min(point[variable], choice) : max(point[variable], choice)
      }
      return point
    }
  }

  /// One variable or one term brought down to a choice, or up, or one term down and another up.
  private func neighbors(of point: Point) -> [Point] {
    let terms = Set(goal.cost.terms.map(\.scope)).sorted { $0.lexicographicallyPrecedes($1) }
    func moves(_ scope: [Int]) -> [Move] {
      (0..<(scope.map { space.variables[$0].choices.count }.max() ?? 0)).flatMap { choice in
        [true, false].map { Move(scope: scope, choice: choice, isDown: $0) }
      }.filter { $0.applied(to: point, in: space) != point }
    }
    let ofTerms = terms.flatMap(moves)
    let single = (space.variables.indices.flatMap { moves([$0]) } + ofTerms).map { $0.applied(to: point, in: space) }
    let swaps = ofTerms.filter(\.isDown).flatMap { down in
      ofTerms.filter { !$0.isDown && Set($0.scope).isDisjoint(with: down.scope) }.map { up in
        up.applied(to: down.applied(to: point, in: space), in: space)
      }
    }
    return single + swaps
  }
}

extension [Point] {
  /// The first different ones.
  fileprivate func prefixed(_ count: Int) -> [Point] {
    var seen: Set<Point> = []
    return Array(filter { seen.insert($0).inserted }.prefix(count))
  }
}
