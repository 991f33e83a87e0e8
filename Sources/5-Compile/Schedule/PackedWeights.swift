import IntegerProgram
import Targets
import Tiling

/// A layer's weights as 16-bit words in the order in which tiles bring them into the weight memory: one block for every
/// combination of the nest's cuts that weights depend on, outermost first. A block is words x outputs, and a word holds
/// consecutive input channels of a tap or consecutive taps of a channel, as the engine multiplies them.
package struct PackedWeights: Hashable, Sendable {
  package private(set) var words: [UInt16] = []
  /// Where each block starts in `words`.
  package private(set) var offsets: [Int] = []

  /// Operands per word: 1, 2 or 4, of 16, 8 or 4 bits.
  private let lanes: Int
  private let laneBits: Int
  private let laneMask: UInt16

  package init(_ layer: ScheduledLayer) {
    lanes = layer.mode.products
    laneBits = 16 / lanes
    laneMask = UInt16.max >> UInt16(16 - laneBits)
    words.reserveCapacity(layer.instruction.weights.count / max(1, lanes - 1) + 64)
    let cuts = layer.nest.cuts.filter { TileOperand.weights.depends(on: $0.axis) }
    let blocks = cuts.reduce(1) { $0 * $1.slices.count }
    layer.instruction.weights.withUnsafeBufferPointer { weights in
      for block in 0..<blocks {
        var index = TileIndex()
        var rest = block
        for cut in cuts.reversed() {
          let (quotient, digit) = rest.quotientAndRemainder(dividingBy: cut.slices.count)
          index[cut.axis] = digit
          rest = quotient
        }
        append(layer.nest.tile(at: index, of: layer.shape), of: layer, weights)
      }
    }
  }

  private mutating func append(_ tile: Tile, of layer: ScheduledLayer, _ weights: UnsafeBufferPointer<Int64>) {
    offsets.append(words.count)
    let outputChannels = layer.shape.output.channels
    for word in operands(of: tile, layer) {
      for output in 0..<tile.outputChannels.count {
        let channel = tile.outputChannels[output]
        var packed: UInt16 = 0
        for (lane, operand) in word.enumerated() {
          packed |= place(balancedDigit(of: weights[operand * outputChannels + channel], tile.weightLimb), lane)
        }
        words.append(packed)
      }
    }
  }

  /// For each word of an output the operands in it, as tap x reduced channels + channel.
  private func operands(of tile: Tile, _ layer: ScheduledLayer) -> [[Int]] {
    let shape = layer.shape
    let reduced = shape.reducedChannels
    let taps = tile.kernelRows.taps.flatMap { row in
      tile.kernelColumns.taps.map { (row * shape.kernel.columns + $0) * reduced }
    }
    // Within the group; an output with an input channel of its own has no others.
    let first = reduced == 1 ? 0 : tile.inputChannels.lowerBound % reduced
    let channels = reduced == 1 ? 0..<1 : first..<first + tile.inputChannels.count
    switch shape.engine.runtime.packs {
    case .inputChannels: return taps.flatMap { tap in words(channels.map { tap + $0 }) }
    case .kernelTaps: return channels.flatMap { channel in words(taps.map { $0 + channel }) }
    }
  }

  private func words(_ operands: [Int]) -> [[Int]] {
    stride(from: 0, to: operands.count, by: lanes).map { Array(operands[$0..<min($0 + lanes, operands.count)]) }
  }

  @inline(__always)
  private func place(_ operand: Int64, _ lane: Int) -> UInt16 {
    (UInt16(truncatingIfNeeded: operand) & laneMask) &<< UInt16(truncatingIfNeeded: lane &* laneBits)
  }

  /// Digit `limb` of `code` in balanced base 2^16, in -32768...32767.
  @inline(__always)
  private func balancedDigit(of code: Int64, _ limb: Int) -> Int64 {
    var code = code
    for _ in 0..<limb { code = (code >> 16) + (code >> 15 & 1) }
    return Int64(Int16(truncatingIfNeeded: code))
  }
}
