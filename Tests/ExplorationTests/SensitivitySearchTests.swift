import Numbers
import Testing

@testable import Exploration

@Suite struct SensitivitySearchTests {
  /// Layers in a chain: widths of weights and of maps, costs by the wider, losses that add up, each pair of neighbours with up
  /// to `pairs` of the geometric mean of theirs beside.
  private struct Chain {
    let space: Space
    let cost: SeparableFunction
    let loss: SeparableFunction

    init(variables: Int, pairs: Double, seed: UInt64) {
      var random = SplitMix(seed: seed)
      let space = Space((0..<variables).map { Space.Variable("\($0)", [4, 8, 16]) })
      let single = space.variables.map { _ in
        let size = ElementaryMath.power(10, Double.random(in: -4 ..< -1, using: &random))
        return [size, size * ElementaryMath.power(10, Double.random(in: -2.4 ..< -1.2, using: &random)), 0]
      }
      let neighbors = space.variables.indices.dropLast().map { [$0, $0 + 1] }
      cost = SeparableFunction(
        neighbors.enumerated().filter { $0.offset % 2 == 0 }.map(\.element).map { pair in
          let tiles = Double(Int.random(in: 10..<1000, using: &random))
          return .init(pair, in: space) { tiles * [0.25, 0.5, 1][$0.max() ?? 0] }
        }
          + (variables % 2 == 0 ? [] : [.init([variables - 1], in: space) { 100 * [0.25, 0.5, 1][$0[0]] }]))
      var terms = space.variables.indices.map { variable in
        SeparableFunction.Term([variable], in: space) { single[variable][$0[0]] }
      }
      terms.append(.init([], in: space) { _ in 1e-5 })
      if pairs > 0 {
        terms += neighbors.map { pair in
          .init(pair, in: space) {
            let both = (single[pair[0]][$0[0]] * single[pair[1]][$0[1]]).squareRoot()
            return Double.random(in: -pairs..<pairs, using: &random) * both
          }
        }
      }
      self.space = space
      loss = SeparableFunction(terms)
    }

    func outcome(of request: Request) -> Outcome {
      let loss = loss.value(at: request.point)
      return Outcome(loss: loss, drop: loss)
    }

    /// The numbers of the true front.
    var front: [(cost: Double, loss: Double)] {
      let points = space.variables.reduce([[]]) { beginnings, variable in
        beginnings.flatMap { beginning in variable.choices.indices.map { beginning + [$0] } }
      }.map { Point($0) }
      let numbers = points.map { (cost: cost.value(at: $0), loss: loss.value(at: $0)) }
      return ParetoFront(numbers, cost: { $0.cost }, loss: { $0.loss }).elements
    }

    func search(_ evaluations: Int) -> [(cost: Double, loss: Double)] {
      SensitivitySearch(space, goal: Goal(cost: cost), evaluations: evaluations).run(outcome).joined().map {
        (cost.value(at: $0.0.point), $0.1.loss)
      }
    }
  }

  /// How many of the front's points were evaluated, sums being equal up to the order of their terms.
  private func found(_ front: [(cost: Double, loss: Double)], in evaluated: [(cost: Double, loss: Double)]) -> Int {
    front.count { one in evaluated.contains { $0.cost == one.cost && abs($0.loss - one.loss) <= 1e-12 } }
  }

  /// Where losses add up, the whole front of 6561 points with as many evaluations as there are single changes and points of it.
  @Test(arguments: 1...10 as ClosedRange<UInt64>) func additive(seed: UInt64) {
    let chain = Chain(variables: 8, pairs: 0, seed: seed)
    let front = chain.front
    // What comes behind tries changes of the front, in vain.
    let evaluated = Array(chain.search(150).prefix(16 + front.count))
    #expect(found(front, in: evaluated) == front.count)
  }

  /// A narrowest network that seems to keep the limit is no reason to learn nothing of the others: what it keeps may be luck.
  @Test func theNarrowestIsNoBase() {
    let chain = Chain(variables: 6, pairs: 0, seed: 1)
    let references = [16, 8, 4].map(chain.space.flat)
    let search = SensitivitySearch(
      chain.space, goal: Goal(cost: chain.cost, mostDrop: 1), evaluations: 40, references: references)
    let singles = chain.space.variables.indices.map { chain.space.flat(8).with($0, 0) }
    let evaluated = search.run(chain.outcome).joined().map(\.0.point)
    #expect(Set(evaluated).isSuperset(of: singles))
  }

  /// Where two neighbours lose up to 30 % of theirs more or less together: at least four of five points of the true front of 729
  /// or 2187, and what is missed is hardly worse.
  @Test(arguments: [6, 7], 1...10 as ClosedRange<UInt64>) func pairs(variables: Int, seed: UInt64) {
    let chain = Chain(variables: variables, pairs: 0.3, seed: seed)
    let (front, evaluated) = (chain.front, chain.search(300))
    #expect(5 * found(front, in: evaluated) >= 4 * front.count)
    func volume(_ numbers: [(cost: Double, loss: Double)]) -> Double {
      hypervolume(
        numbers.map { ($0.cost, ElementaryMath.logarithm($0.loss)) },
        corner: (1.01 * (front.last?.cost ?? 0), ElementaryMath.logarithm(2 * (front.first?.loss ?? 0))))
    }
    #expect(volume(evaluated) >= 0.995 * volume(front))
  }
}
