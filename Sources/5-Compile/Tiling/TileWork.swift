import Targets

/// What one tile asks of the accelerator's units; the cycle estimate and the cycle simulator both start from it.
package struct TileWork: Hashable, Sendable {
  /// Bytes read over the bus; 0 where the memory already holds the right tile.
  package var inputBytes: Int
  package var weightBytes: Int
  /// Bytes written and accumulators requantized; 0 but in the last tile of a reduction.
  package var outputBytes: Int
  package var requantized: Int
  /// Cycles of the multipliers, without the filling of their pipeline.
  package var macCycles: Int
  /// Whether the tile needs a fresh accumulator memory.
  package var startsAccumulation: Bool

  package init(
    inputBytes: Int, weightBytes: Int, outputBytes: Int, requantized: Int, macCycles: Int, startsAccumulation: Bool
  ) {
    self.inputBytes = inputBytes
    self.weightBytes = weightBytes
    self.outputBytes = outputBytes
    self.requantized = requantized
    self.macCycles = macCycles
    self.startsAccumulation = startsAccumulation
  }

  package var finishesAccumulation: Bool { requantized > 0 }
}

extension TilingProblem {
  /// The work of every tile in order, on multipliers that sum `products` products per cycle (1: a standard accelerator).
  /// Both kinds of accelerator move the same packed codes; only their multipliers differ.
  package func work(of nest: TileNest, products: Int) -> [TileWork] {
    var work: [TileWork] = []
    nest.forEachTile(of: shape) { tile in
      let traffic = traffic(of: tile)
      let outputs = tile.finishesAccumulation ? tile.block.pixels * tile.outputChannels.count : 0
      work.append(
        TileWork(
          inputBytes: traffic.input, weightBytes: traffic.weights, outputBytes: traffic.output, requantized: outputs,
          macCycles: macCycles(of: tile, products: products), startsAccumulation: tile.startsAccumulation))
    }
    return work
  }

  /// Every multiplier makes one output channel; the engine goes through the pixels of the tile one after another and
  /// through the reduction in steps of `products` along one axis, whose last step may be partly idle.
  package func macCycles(of tile: Tile, products: Int) -> Int {
    let (rows, columns) = tile.block.layout
    let taps = tile.kernelRows.count * tile.kernelColumns.count
    let reduced = shape.engine.reduction == .ownChannel ? 1 : tile.inputChannels.count
    let steps =
      switch engine.productsAlong {
      case .inputChannels: taps * quotientRoundedUp(reduced, products)
      case .kernelTaps: reduced * quotientRoundedUp(taps, products)
      }
    return rows * columns * steps * quotientRoundedUp(tile.outputChannels.count, engine.multipliers)
  }
}

func quotientRoundedUp(_ dividend: Int, _ divisor: Int) -> Int { (dividend + divisor - 1) / divisor }
