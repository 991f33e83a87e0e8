import Targets

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

extension TilingProblem {
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
      rowWindow(rows, tile.kernelRows).countInside(shape.input.rows)
        * columnWindow(columns, tile.kernelColumns).countInside(shape.input.columns)
    case .pixels(let range, _):
      range.count
    }
  }

  private func bytes(_ elements: Int, bits: Int) -> Int { (elements * bits + 7) / 8 }
}
