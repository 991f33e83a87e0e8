/// What individuals are compared by, everything small.
struct Fitness: Sendable {
  var cost: Double
  var logLoss: Double
  /// By how much limits are missed; 0: not.
  var violation: Double

  /// Constrained domination (Deb et al. 2002, definition 1).
  func dominates(_ other: Fitness) -> Bool {
    if violation != other.violation { return violation < other.violation }
    if violation > 0 { return false }
    return cost <= other.cost && logLoss <= other.logLoss && (cost < other.cost || logLoss < other.logLoss)
  }
}

/// The places of those that none dominates, of those that only these dominate, and so on (Deb et al. 2002, III.A).
func nondominatedFronts(_ fitness: [Fitness]) -> [[Int]] {
  let dominated = fitness.map { one in fitness.indices.filter { one.dominates(fitness[$0]) } }
  var dominators = [Int](repeating: 0, count: fitness.count)
  for place in dominated.joined() { dominators[place] += 1 }
  var fronts: [[Int]] = []
  var front = fitness.indices.filter { dominators[$0] == 0 }
  while !front.isEmpty {
    fronts.append(front)
    var next: [Int] = []
    for place in front.flatMap({ dominated[$0] }) {
      dominators[place] -= 1
      if dominators[place] == 0 { next.append(place) }
    }
    front = next.sorted()
  }
  return fronts
}

/// Half the circumference of the rectangle between its neighbours, each side as a part of the whole; infinite at the ends (Deb et
/// al. 2002, III.B).
func crowdingDistances(_ front: [Fitness]) -> [Double] {
  var distances = [Double](repeating: 0, count: front.count)
  for number in [\Fitness.cost, \Fitness.logLoss] {
    let order = front.indices.sorted { (front[$0][keyPath: number], $0) < (front[$1][keyPath: number], $1) }
    guard let first = order.first, let last = order.last else { return [] }
    let span = front[last][keyPath: number] - front[first][keyPath: number]
    distances[first] = .infinity
    distances[last] = .infinity
    guard span > 0 else { continue }
    for place in order.indices.dropFirst().dropLast() {
      let sides = front[order[place + 1]][keyPath: number] - front[order[place - 1]][keyPath: number]
      distances[order[place]] += sides / span
    }
  }
  return distances
}
