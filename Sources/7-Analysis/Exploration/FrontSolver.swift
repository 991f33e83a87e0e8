/// The points of a space that are best in a cost and a loss that are both sums of terms, by dynamic programming: variables are
/// eliminated in turn, each with the terms that it stands in (Dechter 1999, bucket elimination), and what is left of them is for
/// every combination of the variables beside it a front of the choices made so far.
///
/// Exact as long as no front is longer than `longest`; of a longer one the best of each of so many equal intervals of cost stay.
package struct FrontSolver {
  package struct Solution: Sendable {
    package var point: Point
    package var cost: Double
    package var loss: Double
  }

  /// What a combination can come to.
  private struct Entry {
    var cost: Double
    var loss: Double
    /// In `steps`; -1: nothing chosen yet.
    var step: Int
  }

  /// A choice and the steps before it.
  private struct Step {
    var variable: Int
    var choice: Int
    var left: Int
    var right: Int
  }

  /// By combination of the choices of `scope`.
  private struct Table {
    var scope: [Int]
    var fronts: [[Entry]]
  }

  private let space: Space
  private let longest: Int
  private var steps: [Step] = []

  /// More combinations than a table may have: the variables stand in too many terms with too many others.
  private static let mostCombinations = 1 << 16

  private init(_ space: Space, longest: Int) {
    self.space = space
    self.longest = longest
  }

  /// - Returns: in ascending cost; nil where terms bind so many variables together that it would take too long.
  package static func front(
    of space: Space, cost: SeparableFunction, loss: SeparableFunction, longest: Int = 2000
  ) -> [Solution]? {
    var solver = FrontSolver(space, longest: longest)
    return solver.solve(cost, loss)
  }

  private mutating func solve(_ cost: SeparableFunction, _ loss: SeparableFunction) -> [Solution]? {
    func table(_ term: SeparableFunction.Term, _ entry: (Double) -> Entry) -> Table {
      Table(scope: term.scope, fronts: term.values.map { [entry($0)] })
    }
    var tables =
      cost.terms.map { table($0) { Entry(cost: $0, loss: 0, step: -1) } }
      + loss.terms.map { table($0) { Entry(cost: 0, loss: $0, step: -1) } }
    var left = Array(space.variables.indices)
    while !left.isEmpty {
      // The one that binds fewest others, the first of them: along a chain from one end to the other.
      let sizes = left.map { variable in
        Set(tables.filter { $0.scope.contains(variable) }.flatMap(\.scope)).reduce(1) { $0 * count($1) }
      }
      guard let place = sizes.indices.min(by: { sizes[$0] < sizes[$1] }), sizes[place] <= Self.mostCombinations else {
        return nil
      }
      let variable = left.remove(at: place)
      let bound = tables.filter { $0.scope.contains(variable) }
      tables.removeAll { $0.scope.contains(variable) }
      tables.append(eliminate(variable, from: bound))
    }
    let whole = tables.reduce([Entry(cost: 0, loss: 0, step: -1)]) { product($0, $1.fronts[0], step: nil) }
    return front(whole).map { Solution(point: point(of: $0.step), cost: $0.cost, loss: $0.loss) }
  }

  private func count(_ variable: Int) -> Int { space.variables[variable].choices.count }

  private mutating func eliminate(_ variable: Int, from tables: [Table]) -> Table {
    let scope = Set(tables.flatMap(\.scope)).subtracting([variable]).sorted()
    let counts = scope.map(count)
    var result = Table(scope: scope, fronts: [])
    for index in 0..<counts.reduce(1, *) {
      var choices: [Int: Int] = [:]
      var rest = index
      for (variable, count) in zip(scope, counts).reversed() {
        (choices[variable], rest) = (rest % count, rest / count)
      }
      var found: [Entry] = []
      for choice in 0..<count(variable) {
        choices[variable] = choice
        var entries = [Entry(cost: 0, loss: 0, step: -1)]
        for (place, table) in tables.enumerated() {
          let combination = table.scope.reduce(0) { $0 * count($1) + (choices[$1] ?? 0) }
          let isLast = place == tables.count - 1
          entries = product(entries, table.fronts[combination], step: isLast ? (variable, choice) : nil)
        }
        if tables.isEmpty { entries = product(entries, entries, step: (variable, choice)) }
        found += entries
      }
      result.fronts.append(front(found))
    }
    return result
  }

  /// All sums of two fronts, with a step behind them where there is one.
  private mutating func product(
    _ left: [Entry], _ right: [Entry], step: (variable: Int, choice: Int)?
  ) -> [Entry] {
    var sums: [(entry: Entry, left: Int, right: Int)] = []
    sums.reserveCapacity(left.count * right.count)
    for first in left {
      for second in right {
        sums.append(
          (Entry(cost: first.cost + second.cost, loss: first.loss + second.loss, step: -1), first.step, second.step))
      }
    }
    let kept = left.count > 1 && right.count > 1 ? thinned(sums) { ($0.entry.cost, $0.entry.loss) } : sums
    return kept.map { sum in
      var entry = sum.entry
      if let step {
        steps.append(Step(variable: step.variable, choice: step.choice, left: sum.left, right: sum.right))
        entry.step = steps.count - 1
      } else if sum.left < 0 || sum.right < 0 {
        entry.step = max(sum.left, sum.right)
      } else {
        steps.append(Step(variable: -1, choice: 0, left: sum.left, right: sum.right))
        entry.step = steps.count - 1
      }
      return entry
    }
  }

  private func front(_ entries: [Entry]) -> [Entry] { thinned(entries) { ($0.cost, $0.loss) } }

  private func thinned<Element>(_ entries: [Element], _ numbers: (Element) -> (cost: Double, loss: Double)) -> [Element]
  {
    let front = ParetoFront(entries, cost: { numbers($0).cost }, loss: { numbers($0).loss }).elements
    guard front.count > longest, let first = front.first, let last = front.last else { return front }
    let (least, span) = (numbers(first).cost, numbers(last).cost - numbers(first).cost)
    var kept: [Element] = []
    var interval = -1
    for element in front {
      let place = min(Int((numbers(element).cost - least) / span * Double(longest)), longest - 1)
      // Losses fall along the front: the last of an interval is its best.
      if place == interval { kept[kept.count - 1] = element } else { kept.append(element) }
      interval = place
    }
    if kept.count > 0 { kept[0] = first }
    return kept
  }

  private func point(of step: Int) -> Point {
    var point = Point(space.variables.map { _ in 0 })
    var open = [step]
    while let next = open.popLast() {
      guard next >= 0 else { continue }
      if steps[next].variable >= 0 { point[steps[next].variable] = steps[next].choice }
      open += [steps[next].left, steps[next].right]
    }
    return point
  }
}
