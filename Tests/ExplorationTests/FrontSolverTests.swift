import Numbers
import Testing

@testable import Exploration

@Suite struct FrontSolverTests {
  private struct Numbers: Hashable {
    var cost: Double
    var loss: Double
  }

  private func space(_ variables: Int, _ random: inout SplitMix) -> Space {
    Space((0..<variables).map { Space.Variable("\($0)", Array(1...Int.random(in: 1...3, using: &random))) })
  }

  /// Small integers, whose sums are exact and often equal.
  private func terms(_ scopes: [[Int]], in space: Space, _ random: inout SplitMix) -> SeparableFunction {
    SeparableFunction(
      scopes.map { scope in .init(scope, in: space) { _ in Double(Int.random(in: 0...9, using: &random)) } })
  }

  private func points(of space: Space) -> [Point] {
    space.variables.reduce([[]]) { beginnings, variable in
      beginnings.flatMap { beginning in variable.choices.indices.map { beginning + [$0] } }
    }.map { Point($0) }
  }

  /// By the definition: those than which no other is better in one number and no worse in the other.
  private func enumerated(_ space: Space, _ cost: SeparableFunction, _ loss: SeparableFunction) -> [Numbers] {
    let all = Set(points(of: space).map { Numbers(cost: cost.value(at: $0), loss: loss.value(at: $0)) })
    return all.filter { one in !all.contains { $0 != one && $0.cost <= one.cost && $0.loss <= one.loss } }
      .sorted { $0.cost < $1.cost }
  }

  private func expectFront(_ space: Space, _ cost: SeparableFunction, _ loss: SeparableFunction) throws {
    let front = try #require(FrontSolver.front(of: space, cost: cost, loss: loss))
    #expect(front.map { Numbers(cost: $0.cost, loss: $0.loss) } == enumerated(space, cost, loss))
    for solution in front {
      #expect(space.contains(solution.point))
      #expect(cost.value(at: solution.point) == solution.cost && loss.value(at: solution.point) == solution.loss)
    }
  }

  @Test(arguments: 1...20 as ClosedRange<UInt64>) func chains(seed: UInt64) throws {
    var random = SplitMix(seed: seed)
    let space = space(Int.random(in: 1...7, using: &random), &random)
    let scopes = space.variables.indices.map { [$0] } + space.variables.indices.dropFirst().map { [$0 - 1, $0] }
    let cost = terms(scopes, in: space, &random)
    try expectFront(space, cost, terms(scopes, in: space, &random))
  }

  /// Also with variables that no term has, and the same variables in several.
  @Test(arguments: 1...20 as ClosedRange<UInt64>) func graphs(seed: UInt64) throws {
    var random = SplitMix(seed: seed)
    let space = space(7, &random)
    func scopes() -> [[Int]] {
      (0..<8).map { _ in
        Array(space.variables.indices.shuffled(using: &random).prefix(Int.random(in: 0...3, using: &random))).sorted()
      }
    }
    let (first, second) = (scopes(), scopes())
    try expectFront(space, terms(first, in: space, &random), terms(second, in: space, &random))
  }

  /// A front that is too long keeps its ends, and nothing in it is made up.
  @Test func longFronts() throws {
    let space = Space((0..<11).map { Space.Variable("\($0)", [4, 8, 16]) })
    var random = SplitMix(seed: 1)
    func function(_ falls: Bool) -> SeparableFunction {
      SeparableFunction(
        space.variables.indices.map { variable in
          let steps = (0..<3).map { _ in Double.random(in: 1..<100, using: &random) }
          return .init([variable], in: space) { choices in
            falls ? steps[choices[0]...].reduce(0, +) : steps[...choices[0]].reduce(0, +)
          }
        })
    }
    let (cost, loss) = (function(false), function(true))
    let whole = try #require(FrontSolver.front(of: space, cost: cost, loss: loss))
    let short = try #require(FrontSolver.front(of: space, cost: cost, loss: loss, longest: 20))
    #expect(whole.count > 100 && (15...20).contains(short.count))
    #expect(short.first?.point == whole.first?.point && short.last?.point == whole.last?.point)
    for solution in short {
      #expect(abs(cost.value(at: solution.point) - solution.cost) < 1e-9)
      #expect(abs(loss.value(at: solution.point) - solution.loss) < 1e-9)
    }
    func volume(_ front: [FrontSolver.Solution]) -> Double {
      hypervolume(front.map { ($0.cost, $0.loss) }, corner: (whole.last?.cost ?? 0, whole.first?.loss ?? 0))
    }
    #expect(volume(short) > 0.9 * volume(whole) && volume(short) < volume(whole))
  }

  /// Terms between all of 20 variables: every elimination would bind 3^19 combinations.
  @Test func tooManyTogether() {
    let space = Space((0..<20).map { Space.Variable("\($0)", [4, 8, 16]) })
    let pairs = (0..<20).flatMap { first in (0..<first).map { [$0, first] } }
    var random = SplitMix(seed: 1)
    let function = terms(pairs, in: space, &random)
    #expect(FrontSolver.front(of: space, cost: function, loss: function) == nil)
  }
}
