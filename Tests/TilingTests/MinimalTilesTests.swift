import Numbers
import Targets
import Testing
import Tiling
import TilingTestSupport

/// The solver against an enumeration of every plan, judged by `verify`, on small layers.
@Suite struct MinimalTilesTests {
  @Test func noPlanHasFewerTiles() throws {
    var generator = SplitMix(seed: 3)
    var judged = 0
    for _ in 0..<60 {
      var problem = TilingProblem.random(largest: 4, memories: 1...4, using: &generator)
      problem.shape.kernel.rows = min(problem.shape.kernel.rows, 4)
      problem.shape.kernel.columns = min(problem.shape.kernel.columns, 3)
      problem.shape.output.columns = min(problem.shape.output.columns, 3)
      guard problem.shape.engine != .fullyConnected else { continue }
      let solved = try problem.solve()
      for spatial in spatialCuts(problem.shape) {
        for rows in tapCuts(problem.shape.kernel.rows) {
          for columns in tapCuts(problem.shape.kernel.columns) {
            var plan = solved
            plan.spatial = spatial
            plan.kernelRows = rows
            plan.kernelColumns = columns
            guard plan.tileCount < solved.tileCount else { continue }
            judged += 1
            #expect(throws: (any Error).self) { try problem.verify(plan) }
          }
        }
      }
    }
    #expect(judged > 1000)
  }

  /// Channels alone: blocks as full as the memories allow are the fewest.
  @Test func channelsAreCutAsRarelyAsTheMemoriesAllow() throws {
    var generator = SplitMix(seed: 4)
    for _ in 0..<200 {
      let problem = TilingProblem.random(largest: 3, memories: 1...6, using: &generator)
      let (engine, shape) = (problem.engine, problem.shape)
      let blocks = { (extent: Int, limit: Int) in (extent + limit - 1) / limit }
      switch try problem.solve().channels {
      case .dense(let groups, let inputs, let outputs):
        let inputLimit = min(engine.inputMemory.channels, engine.weightMemory.inputChannels)
        let outputLimit = min(engine.outputMemory.channels, engine.weightMemory.outputChannels)
        #expect(inputs.count == blocks(shape.input.channels / groups, inputLimit))
        #expect(outputs.count == blocks(shape.output.channels / groups, outputLimit))
      case .depthwise(let channels, let multiplier):
        let limit = min(engine.inputMemory.channels, engine.weightMemory.inputChannels, engine.outputMemory.channels)
        #expect(channels.count == blocks(shape.input.channels, limit))
        #expect(multiplier == shape.channelMultiplier)
      }
    }
  }

  func spatialCuts(_ shape: LinearLayerShape) -> [TilePlan.Spatial] {
    var cuts: [TilePlan.Spatial] = []
    for rows in compositions(shape.output.rows) {
      for columns in compositions(shape.output.columns) { cuts.append(.grid(rows: rows, columns: columns)) }
    }
    if shape.isPointwise {
      for ranges in compositions(min(shape.output.pixels, 9)) where shape.output.pixels <= 9 {
        for width in 1...4 { cuts.append(.pixels(ranges, width: width)) }
      }
    }
    return cuts
  }

  /// Every way to cut 0..<extent in ranges.
  func compositions(_ extent: Int) -> [[Range<Int>]] {
    (0..<1 << (extent - 1)).map { mask in
      let starts = [0] + (1..<max(extent, 1)).filter { mask >> ($0 - 1) & 1 == 1 }
      return zip(starts, starts.dropFirst() + [extent]).map { $0..<$1 }
    }
  }

  /// Every way to cut 0..<taps in arithmetic progressions.
  func tapCuts(_ taps: Int) -> [[TileSlice]] {
    func extend(_ free: [Int]) -> [[TileSlice]] {
      guard let start = free.first else { return [[]] }
      var cuts: [[TileSlice]] = []
      for step in 1...max(taps, 1) {
        for count in (step == 1 ? 1 : 2)...max(taps, 2) {
          let part = TileSlice(start: start, step: step, count: count)
          guard part.taps.allSatisfy({ free.contains($0) }) else { continue }
          let rest = free.filter { tap in !part.taps.contains(tap) }
          cuts += extend(rest).map { [part] + $0 }
        }
      }
      return cuts
    }
    return extend(Array(0..<taps))
  }
}
