import Targets
import Testing
import Tiling
import TilingTestSupport

@Suite struct IdealLatencyTests {
  func latency(_ network: ReferenceNetwork, _ model: CostModel) throws -> IdealLatency {
    let accelerator = try TargetFile.load("stmac")
    var sum = IdealLatency()
    for shape in network.layers {
      let plan = try TilingProblem(shape: shape, accelerator: accelerator).solve()
      sum += try IdealLatency(tiles: plan.tileCount, shape: shape, accelerator: accelerator, model: model)
    }
    return sum
  }

  /// Table 4.5 of the thesis, and what its text gives.
  @Test func autoEncoderOfTheThesis() throws {
    let published = try latency(.fcAutoEncoder, .published)
    #expect(published == IdealLatency(standard: 121, reconfigurable: 44.25))
    let stated = try latency(.fcAutoEncoder, .stated)
    #expect(stated == IdealLatency(standard: 121, reconfigurable: 80.25))
    #expect(abs(published.speedup - 2.73) < 0.01 && abs(stated.speedup - 1.51) < 0.01)
  }

  @Test(arguments: ReferenceNetwork.all)
  func publishedChargesNeverExceedStatedOnes(network: ReferenceNetwork) throws {
    let (stated, published) = (try latency(network, .stated), try latency(network, .published))
    #expect(published.standard == stated.standard)
    #expect(published.reconfigurable <= stated.reconfigurable)
    #expect(stated.reconfigurable <= stated.standard)
  }
}
