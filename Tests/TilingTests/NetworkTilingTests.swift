import Targets
import Testing
import Tiling
import TilingTestSupport

@Suite struct NetworkTilingTests {
  let accelerator: Accelerator

  init() throws {
    accelerator = try TargetFile.load("stmac")
  }

  @Test(arguments: zip(ReferenceNetwork.all, [936, 65, 201, 121]))
  func tilesOfAReferenceNetwork(network: ReferenceNetwork, most: Int) throws {
    var tiles = 0
    for shape in network.layers {
      let problem = TilingProblem(shape: shape, accelerator: accelerator)
      let plan = try problem.solve()
      try problem.verify(plan)
      tiles += plan.tileCount
    }
    #expect(tiles <= most)
    // What this solver finds; better is welcome.
    #expect(tiles == ["MobileNet": 923, "ResNet8": 59, "DS-CNN": 113, "FC-AutoEncoder": 121][network.name])
  }

  @Test func pointwiseStrideLoadsOnlyThePixelsItReads() throws {
    let shape = LinearLayerShape.same(.conv2D, 32, 16, 32, 1, 2, (8, 8))
    let plan = try TilingProblem(shape: shape, accelerator: accelerator).solve()
    #expect(plan.tileCount == 2)
    #expect(TilingProblem(shape: shape, accelerator: accelerator).traffic(of: plan.nest).input == 16 * 16 * 16)
  }

  @Test func kernelLargerThanTheWeightMemoryIsSplitInEvenAndOddRows() throws {
    let shape = try #require(ReferenceNetwork.dsCNN.layers.first)
    let plan = try TilingProblem(shape: shape, accelerator: accelerator).solve()
    #expect(plan.kernelRows == [TileSlice(start: 0, step: 2, count: 5), TileSlice(start: 1, step: 2, count: 5)])
    #expect(plan.kernelColumns == [TileSlice(start: 0, count: 4)])
  }
}
