import Testing

@testable import Exploration

@Suite struct NondominatedSortTests {
  private func fitness(_ numbers: [(Double, Double, Double)]) -> [Fitness] {
    numbers.map { Fitness(cost: $0.0, logLoss: $0.1, violation: $0.2) }
  }

  /// By hand: two stairs one behind the other, equal points side by side, and the more a limit is missed the later.
  @Test func fronts() {
    let individuals = fitness([
      (2, 2, 0), (1, 3, 0), (3, 3, 0), (3, 1, 0), (2, 4, 0), (2, 2, 0), (0, 0, 2), (9, 9, 1), (0, 9, 2),
    ])
    #expect(nondominatedFronts(individuals) == [[0, 1, 3, 5], [2, 4], [7], [6, 8]])
  }

  /// By hand: sides 4 of 10 and 6 of 12, then 9 of 10 and 8 of 12.
  @Test func crowding() {
    let distances = crowdingDistances(fitness([(0, 12, 0), (10, 0, 0), (1, 8, 0), (4, 6, 0)]))
    #expect(distances[0] == .infinity && distances[1] == .infinity)
    #expect(abs(distances[2] - (0.4 + 0.5)) < 1e-15)
    #expect(abs(distances[3] - (0.9 + 8.0 / 12)) < 1e-15)
    #expect(crowdingDistances([]) == [])
  }
}
