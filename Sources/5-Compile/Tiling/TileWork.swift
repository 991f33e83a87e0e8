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
    nest.forEachTile(of: shape) { work.append(self.work(of: $0, products: products)) }
    return work
  }

  package func work(of tile: Tile, products: Int) -> TileWork {
    let traffic = traffic(of: tile)
    return TileWork(
      inputBytes: traffic.input, weightBytes: traffic.weights, outputBytes: traffic.output,
      requantized: tile.finishesAccumulation ? tile.block.pixels * tile.outputChannels.count : 0,
      macCycles: macCycles(of: tile, products: products), startsAccumulation: tile.startsAccumulation)
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

  /// What one tile moves: codes packed as `LinearLayerShape.storedBits` says, each transfer rounded up to bytes. Padding
  /// is written by the DMA and does not cross the bus.
  package func traffic(of tile: Tile) -> Traffic {
    var traffic = Traffic()
    if tile.loadsInput {
      let bits = LinearLayerShape.storedBits(shape.modeActivationBits)
      traffic.input = bytes(inputPixels(of: tile) * tile.inputChannels.count, bits: bits)
    }
    if tile.loadsWeights {
      let taps = tile.kernelRows.count * tile.kernelColumns.count
      let reduced = shape.engine.reduction == .ownChannel ? 1 : tile.inputChannels.count
      let bits = LinearLayerShape.storedBits(shape.modeWeightBits)
      traffic.weights = bytes(taps * reduced * tile.outputChannels.count, bits: bits)
    }
    if tile.finishesAccumulation {
      let bits = LinearLayerShape.storedBits(shape.outputBits)
      traffic.output = bytes(tile.block.pixels * tile.outputChannels.count, bits: bits)
    }
    return traffic
  }

  package func traffic(of nest: TileNest) -> Traffic {
    var sum = Traffic()
    nest.forEachTile(of: shape) { sum += traffic(of: $0) }
    return sum
  }

  /// Pixels of the feature map that a tile reads, padding left out.
  private func inputPixels(of tile: Tile) -> Int {
    switch tile.block {
    case .grid(let rows, let columns):
      shape.rows.window(rows, tile.kernelRows).countInside(shape.input.rows)
        * shape.columns.window(columns, tile.kernelColumns).countInside(shape.input.columns)
    case .pixels(let range, _):
      range.count
    }
  }

  private func bytes(_ elements: Int, bits: Int) -> Int { (elements * bits + 7) / 8 }
}

func quotientRoundedUp(_ dividend: Int, _ divisor: Int) -> Int { (dividend + divisor - 1) / divisor }

/// The loops of an engine's kernel for one tile. The model takes its cycles from them, and `Runtime/hls` has the same loops: tests
/// count their turns.
///
/// A loop starts a turn every cycle. In a turn each bank of a memory is read once and written once, at most.
package struct KernelLoops: Hashable, Sendable {
  package struct Loop: Hashable, Sendable {
    package var turns: Int
    /// From the start to the end of the first turn.
    package var fill: Int

    package init(turns: Int, fill: Int) {
      self.turns = turns
      self.fill = fill
    }

    /// A loop without turns does not start.
    package var cycles: Int { turns > 0 ? fill + turns : 0 }
  }

  /// Beats of the bus that bring the input and the weights into their memories.
  package var input: Loop
  package var weights: Loop
  /// Words of both that are multiplied.
  package var compute: Loop
  /// Accumulators are requantized and their codes sent, in a stream: as many in a turn as there are requantizers, or as the bus
  /// takes.
  package var store: Loop

  package init(_ work: TileWork, costs: CycleCosts) {
    func transfer(_ turns: Int) -> Loop { Loop(turns: turns, fill: costs.transferSetup) }
    func beats(_ bytes: Int) -> Int { quotientRoundedUp(bytes, costs.busBytesPerCycle) }
    input = transfer(beats(work.inputBytes))
    weights = transfer(beats(work.weightBytes))
    compute = Loop(turns: work.macCycles, fill: costs.pipelineFill)
    store = transfer(
      work.finishesAccumulation
        ? max(quotientRoundedUp(work.requantized, costs.requantizedPerCycle), beats(work.outputBytes)) : 0)
  }
}

/// Cycles that the three units of an accelerator spend on one tile.
package struct TileTimes: Hashable, Sendable {
  package var load: Int
  package var compute: Int
  package var store: Int

  package init(_ loops: KernelLoops) {
    load = loops.input.cycles + loops.weights.cycles
    compute = loops.compute.cycles
    store = loops.store.cycles
  }
}

/// Bytes that cross the bus.
package struct Traffic: Hashable, Sendable {
  package var input = 0
  package var weights = 0
  package var output = 0

  package var total: Int { input + weights + output }

  package static func += (sum: inout Traffic, part: Traffic) {
    sum.input += part.input
    sum.weights += part.weights
    sum.output += part.output
  }
}
