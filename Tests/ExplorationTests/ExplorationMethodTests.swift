import Numbers
import Testing

@testable import Exploration

/// What every way through a space promises.
@Suite struct ExplorationMethodTests {
  enum Method: CaseIterable {
    case sensitivities, random, hyperband, bayesian, evolutionary

    static let seeded: [Method] = [.random, .hyperband, .bayesian, .evolutionary]

    func make(
      _ network: SyntheticNetwork, mostDrop: Double? = nil, mostCost: Double? = nil, evaluations: Int, seed: UInt64 = 1,
      references: [Point] = []
    ) -> any ExplorationMethod {
      let (space, goal) = (network.space, Goal(cost: network.cost, mostDrop: mostDrop, mostCost: mostCost))
      switch self {
      case .sensitivities:
        return SensitivitySearch(space, goal: goal, evaluations: evaluations, references: references)
      case .random: return RandomSearch(space, goal: goal, evaluations: evaluations, seed: seed, references: references)
      case .hyperband: return Hyperband(space, goal: goal, evaluations: evaluations, seed: seed, references: references)
      case .bayesian:
        return BayesianSearch(space, goal: goal, evaluations: evaluations, seed: seed, references: references)
      case .evolutionary:
        return EvolutionarySearch(space, goal: goal, evaluations: evaluations, seed: seed, references: references)
      }
    }
  }

  private let network = SyntheticNetwork(variables: 9, seed: 3)

  /// In evaluations on all samples.
  private func effort(_ requests: [Request]) -> Double { requests.reduce(0) { $0 + $1.share } }

  @Test(arguments: Method.allCases, [1, 7, 44])
  func noPointTwiceAndNoneTooMany(method: Method, evaluations: Int) {
    let requests = method.make(network, evaluations: evaluations, references: network.references)
      .run(network.outcome).joined().map(\.0)
    #expect(Set(requests).count == requests.count)
    #expect(requests.allSatisfy { network.space.contains($0.point) && $0.share > 0 && $0.share <= 1 })
    #expect(effort(requests) <= Double(evaluations) + 1e-9)
    // The default ends where it expects nothing to be better.
    if method != .sensitivities { #expect(effort(requests) > Double(evaluations) - 1) }
  }

  @Test(arguments: Method.allCases) func sameAgain(method: Method) {
    for mostDrop in [nil, 0.05] {
      let first = method.make(network, mostDrop: mostDrop, evaluations: 40).run(network.outcome)
      let second = method.make(network, mostDrop: mostDrop, evaluations: 40).run(network.outcome)
      #expect(first.map { $0.map(\.0) } == second.map { $0.map(\.0) })
    }
  }

  /// What is asked depends on what was told: a method that goes on from a copy asks the same, and one told otherwise does not.
  @Test(arguments: Method.allCases) func askedByWhatWasTold(method: Method) {
    var original = method.make(network, evaluations: 60)
    original.tell(original.ask().map(network.outcome))
    let copy = original
    let rest = original.run(network.outcome).map { $0.map(\.0) }
    #expect(!rest.isEmpty && copy.run(network.outcome).map { $0.map(\.0) } == rest)
    let upsideDown = original.run { request in Outcome(loss: 1e-6 / network.outcome(of: request).loss, drop: 0) }
    #expect((upsideDown.map { $0.map(\.0) } == rest) == (method == .random))
  }

  @Test(arguments: Method.seeded) func seeds(method: Method) {
    let sequences = (1...3).map { seed in
      method.make(network, evaluations: 40, seed: seed).run(network.outcome).map { $0.map(\.0) }
    }
    #expect(Set(sequences).count == 3)
  }

  @Test(arguments: Method.seeded) func batchesInOrderOfCost(method: Method) {
    for batch in method.make(network, evaluations: 40).run(network.outcome) {
      let costs = batch.map { network.cost.value(at: $0.0.point) }
      #expect(costs == costs.sorted())
    }
  }

  @Test(arguments: Method.seeded, [0.9, 0.3, 0.26, 0.2])
  func nothingThatCostsTooMuch(method: Method, part: Double) {
    for network in [network, SyntheticNetwork(variables: 24, seed: 4)] {
      let most = part * network.cost.value(at: network.space.widest)
      let requests = method.make(network, mostCost: most, evaluations: 24).run(network.outcome).joined().map(\.0)
      #expect(requests.allSatisfy { network.cost.value(at: $0.point) <= most })
      // The narrowest costs a quarter.
      #expect(requests.isEmpty == (part < 0.25))
    }
  }

  /// Small spaces are walked through to the last point.
  @Test(arguments: [Method.random, .bayesian, .evolutionary]) func wholeSpaces(method: Method) {
    let small = SyntheticNetwork(variables: 4, seed: 5)
    let requests = method.make(small, evaluations: 1000).run(small.outcome).joined().map(\.0)
    #expect(Double(requests.count) == small.space.size)
  }

  /// A limit of the drop is kept, by something cheaper than the widest.
  @Test(arguments: Method.allCases) func limitOfTheDrop(method: Method) {
    let found = method.make(network, mostDrop: 0.02, evaluations: 60).run(network.outcome).joined()
    let best = found.filter { $0.0.share == 1 && $0.1.drop <= 0.02 }.map { network.cost.value(at: $0.0.point) }.min()
    #expect((best ?? .infinity) < 0.9 * network.cost.value(at: network.space.widest))
  }

  /// Of 600 points out of 19683, each variable has each choice about 200 times.
  @Test func randomIsUniform() {
    let points = RandomSearch(network.space, goal: Goal(cost: network.cost), evaluations: 600, seed: 1)
      .run(network.outcome).joined().map(\.0.point)
    for variable in network.space.variables.indices {
      for choice in 0..<3 {
        // Five deviations of a binomial distribution with 600 draws and a third.
        #expect(abs(points.count { $0[variable] == choice } - 200) < 58)
      }
    }
  }

  /// 27 on 1/27, 9 on 1/9, 3 on 1/3, 1 on all; 12, 4, 1; 6, 2; 4: Li et al. 2018, table 1, with R = 27.
  @Test func hyperbandBrackets() {
    let batches = Method.hyperband.make(network, evaluations: 16).run(network.outcome)
    #expect(batches.prefix(10).map(\.count) == [27, 9, 3, 1, 12, 4, 1, 6, 2, 4])
    let shares = [1.0 / 27, 1.0 / 9, 1.0 / 3, 1, 1.0 / 9, 1.0 / 3, 1, 1.0 / 3, 1, 1]
    #expect(batches.prefix(10).map { $0[0].0.share } == shares)
    for (fewer, more) in zip(batches.prefix(3), batches.dropFirst()) {
      #expect(Set(more.map(\.0.point)).isSubset(of: fewer.map(\.0.point)))
    }
  }
}
