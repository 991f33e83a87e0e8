import IntegerProgram
import Numbers
import Targets
import Tiling

/// A layer's weights as they are stored, in the order in which tiles bring them into the weight memory: one block for every
/// combination of the nest's cuts that weights depend on, outermost first. In the memory a block is words x outputs, and a word
/// holds consecutive input channels of a tap or consecutive taps of a channel, as the engine multiplies them. What is stored is
/// these operands one after another, each in as few bits as the layer's widest needs, the lowest bits of a word first; lanes
/// that a word leaves empty are not stored.
package struct PackedWeights: Hashable, Sendable {
  private var fields: PackedFields
  /// Where each block starts in `words`.
  package private(set) var offsets: [Int] = []
  /// Operands per word of the weight memory: 1, 2 or 4.
  private let lanes: Int

  package var words: [UInt16] { fields.words }
  /// What each weight, or limb of one, takes.
  package var bits: Int { fields.bits }

  package init(_ layer: ScheduledLayer) {
    lanes = layer.mode.products
    fields = PackedFields(
      bits: layer.shape.weightLimbs > 1 ? LinearLayerShape.limbBits : layer.instruction.weightType.bits)
    fields.reserveCapacity(layer.instruction.weights.count)
    let cuts = layer.nest.cuts.filter { TileOperand.weights.depends(on: $0.axis) }
    let tiles = TileMaker(layer.nest, of: layer.shape)
    let blocks = cuts.reduce(1) { $0 * $1.slices.count }
    for block in 0..<blocks {
      var index = TileIndex()
      var rest = block
      for cut in cuts.reversed() {
        let (quotient, digit) = rest.quotientAndRemainder(dividingBy: cut.slices.count)
        index[cut.axis] = digit
        rest = quotient
      }
      let tile = tiles.tile(at: index)
      switch layer.instruction.weights.storage {
      case .int8(let weights): append(tile, of: layer, weights)
      case .uint8(let weights): append(tile, of: layer, weights)
      case .int16(let weights): append(tile, of: layer, weights)
      case .int32(let weights): append(tile, of: layer, weights)
      case .int64(let weights): append(tile, of: layer, weights)
      }
    }
  }

  private mutating func append<Weight: FixedWidthInteger>(_ tile: Tile, of layer: ScheduledLayer, _ weights: [Weight]) {
    offsets.append(fields.words.count)
    let limb = tile.weightLimb
    let (first, count, step) = (tile.outputChannels.first, tile.outputChannels.count, tile.outputChannels.stride)
    let channels = layer.shape.output.channels
    for line in lines(of: tile, layer) {
      for start in stride(from: 0, to: line.count, by: lanes) {
        let end = min(start + lanes, line.count)
        for output in 0..<count {
          for operand in start..<end {
            let weight = Int64(weights[line[operand] * channels + first + output * step])
            // Most weights are their own only digit.
            fields.append(limb == 0 ? weight : weight.balancedDigit(limb))
          }
        }
      }
    }
    fields.fillWord()
  }

  /// Operands that share words, as tap x reduced channels + channel: no word holds some of two lines.
  private func lines(of tile: Tile, _ layer: ScheduledLayer) -> [[Int]] {
    let shape = layer.shape
    let reduced = shape.reducedChannels
    let taps = tile.kernelRows.taps.flatMap { row in
      tile.kernelColumns.taps.map { (row * shape.kernel.columns + $0) * reduced }
    }
    // Within the group; an output with an input channel of its own has no others.
    let first = reduced == 1 ? 0 : tile.inputChannels.lowerBound % reduced
    let channels = reduced == 1 ? 0..<1 : first..<first + tile.inputChannels.count
    return switch shape.engine.runtime.packs {
    case .inputChannels: taps.map { tap in channels.map { tap + $0 } }
    case .kernelTaps: channels.map { channel in taps.map { $0 + channel } }
    }
  }
}
