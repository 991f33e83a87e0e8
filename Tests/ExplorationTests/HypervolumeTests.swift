import Numbers
import TestSupport
import Testing

@testable import Exploration

/// The default against the other ways, at equal evaluations, on networks of 20 variables; a campaign takes those of up to 56. It
/// begins with every single change, 40 here, and keeps a quarter of the evaluations for the end: with fewer than a third more than
/// the changes it has none left for its front and is below all others. Here it has twice as many.
@Suite struct HypervolumeTests {
  private static let networks = [(variables: 20, evaluations: 80)]
  private static let campaign = [20, 32, 44, 56].map { (variables: $0, evaluations: 300) }

  @Test(arguments: Repository.tries(1) > 1 ? campaign : networks, 1...5 as ClosedRange<UInt64>)
  func defaultIsNeverBelow(size: (variables: Int, evaluations: Int), seed: UInt64) {
    let network = SyntheticNetwork(variables: size.variables, seed: seed)
    let volumes = ExplorationMethodTests.Method.allCases.map { method in
      network.hypervolume(
        of: method.make(network, evaluations: size.evaluations, seed: seed, references: network.references)
          .run(network.outcome).flatMap { $0 })
    }
    let table = zip(ExplorationMethodTests.Method.allCases, volumes).map { "\($0): \($1)" }
    #expect(volumes[0] == volumes.max(), "\(table)")
  }
}
