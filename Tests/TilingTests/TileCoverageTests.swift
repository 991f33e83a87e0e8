import Numbers
import Targets
import Testing
import Tiling
import TilingTestSupport

/// Plans against the definition of a convolution: every multiplication is found in exactly one tile, and every tile fits.
@Suite struct TileCoverageTests {
  @Test func everyMultiplicationHappensOnce() throws {
    var generator = SplitMix(seed: 1)
    for _ in 0..<150 {
      let problem = TilingProblem.random(largest: 7, memories: 1...5, using: &generator)
      let plan = try problem.solve()
      try problem.verify(plan)
      try expectEveryMultiplicationOnce(plan, problem)
    }
  }

  @Test func largerLayersFitTheirMemories() throws {
    var generator = SplitMix(seed: 2)
    for _ in 0..<150 {
      let problem = TilingProblem.random(largest: 90, memories: 1...30, using: &generator)
      try problem.verify(problem.solve())
    }
  }

  /// One multiplication: output element, tap, input channel, limbs.
  struct Product: Hashable {
    var row, column, outputChannel, tapRow, tapColumn, inputChannel, inputLimb, weightLimb: Int
  }

  func expectEveryMultiplicationOnce(_ plan: TilePlan, _ problem: TilingProblem) throws {
    let shape = problem.shape
    var products: Set<Product> = []
    var count = 0
    var finished: Set<[Int]> = []
    var accumulating = false
    for tile in plan.nest.tiles(of: shape) {
      #expect(tile.startsAccumulation != accumulating)
      accumulating = !tile.finishesAccumulation
      var pixels: [(row: Int, column: Int)] = []
      switch tile.block {
      case .grid(let rows, let columns):
        for row in rows { for column in columns { pixels.append((row, column)) } }
        expectWindowReadsTheRightRows(problem.shape.rows.window(rows, tile.kernelRows), rows, tile.kernelRows, problem)
      case .pixels(let range, let width):
        for pixel in range { pixels.append((pixel / shape.output.columns, pixel % shape.output.columns)) }
        #expect(tile.block.layout.rows * width >= range.count)
        #expect(tile.block.layout.rows <= problem.engine.inputMemory.rows)
      }
      for (row, column) in pixels {
        for index in 0..<tile.outputChannels.count {
          let outputChannel = tile.outputChannels[index]
          if tile.finishesAccumulation {
            #expect(finished.insert([row, column, outputChannel]).inserted)
          }
          let own = tile.inputChannels.lowerBound + index
          let inputs = shape.engine.reduction == .ownChannel ? own..<own + 1 : tile.inputChannels
          for tapRow in tile.kernelRows.taps {
            for tapColumn in tile.kernelColumns.taps {
              for inputChannel in inputs {
                products.insert(
                  Product(
                    row: row, column: column, outputChannel: outputChannel, tapRow: tapRow, tapColumn: tapColumn,
                    inputChannel: inputChannel, inputLimb: tile.inputLimb, weightLimb: tile.weightLimb))
                count += 1
                switch shape.engine.reduction {
                case .ownChannel: #expect(outputChannel / shape.channelMultiplier == inputChannel)
                case .group:
                  let group = inputChannel / (shape.input.channels / shape.groups)
                  #expect(outputChannel / (shape.output.channels / shape.groups) == group)
                }
              }
            }
          }
        }
      }
    }
    #expect(count == products.count, "nothing twice")
    #expect(count == shape.macs * shape.inputLimbs * shape.weightLimbs, "nothing left out")
    #expect(finished.count == shape.output.elements)
    #expect(!accumulating)
  }

  func expectWindowReadsTheRightRows(
    _ window: AxisWindow, _ rows: Range<Int>, _ part: TileSlice, _ problem: TilingProblem
  ) {
    #expect(window.count <= problem.engine.inputMemory.rows)
    let shape = problem.shape
    for (output, row) in rows.enumerated() {
      for (index, tap) in part.taps.enumerated() {
        let loaded = output * window.stride + index * window.dilation
        #expect(loaded < window.count)
        let read = row * shape.stride.rows + tap * shape.dilation.rows - shape.padding.top
        #expect(window.first + loaded * window.step == read)
      }
    }
    let inside = (0..<window.count).filter { (0..<shape.input.rows).contains(window.first + $0 * window.step) }
    #expect(window.countInside(shape.input.rows) == inside.count)
  }
}
