import Schedule
import Targets
import Tiling

/// A layer's weights as 16-bit words in the order in which tiles bring them into the weight memory: one block for every
/// turn of the loops over channels x kernel parts x input channels x weight limbs, outermost first.
struct PackedWeights {
  private(set) var words: [UInt16] = []
  /// Where each block starts in `words`.
  private(set) var offsets: [Int] = []

  /// Operands per word: 1, 2 or 4, of 16, 8 or 4 bits.
  private let lanes: Int
  private let laneBits: Int
  private let laneMask: UInt16

  init(_ layer: ScheduledLayer) {
    lanes = layer.mode.products
    laneBits = 16 / lanes
    laneMask = UInt16.max >> UInt16(16 - laneBits)
    words.reserveCapacity(layer.instruction.weights.count / max(1, lanes - 1) + 64)
    layer.instruction.weights.withUnsafeBufferPointer { weights in
      switch layer.plan.channels {
      case .dense(let groups, let inputs, let outputs):
        for group in 0..<groups {
          for range in outputs {
            let first = group * (layer.shape.output.channels / groups) + range.lowerBound
            Self.forEachPart(of: layer.plan, inputRanges: inputs) { rows, columns, channels, limb in
              appendDense(
                weights, layer.shape, rows: rows, columns: columns, inputs: channels,
                outputs: first..<first + range.count, limb: limb)
            }
          }
        }
      case .depthwise(let ranges, let multiplier):
        for range in ranges {
          for pass in 0..<multiplier {
            Self.forEachPart(of: layer.plan, inputRanges: [range]) { rows, columns, channels, limb in
              appendDepthwise(
                weights, layer.shape, rows: rows, columns: columns, channels: channels, pass: pass, limb: limb)
            }
          }
        }
      }
    }
  }

  private static func forEachPart(
    of plan: TilePlan, inputRanges: [Range<Int>], _ body: (KernelPart, KernelPart, Range<Int>, Int) -> Void
  ) {
    for rows in plan.kernelRows {
      for columns in plan.kernelColumns {
        for range in inputRanges {
          for limb in 0..<plan.weightLimbs { body(rows, columns, range, limb) }
        }
      }
    }
  }

  /// Kernel rows x kernel columns x words x outputs; a word holds consecutive input channels.
  private mutating func appendDense(
    _ weights: UnsafeBufferPointer<Int64>, _ shape: LinearLayerShape, rows: KernelPart, columns: KernelPart,
    inputs: Range<Int>, outputs: Range<Int>, limb: Int
  ) {
    offsets.append(words.count)
    let outputChannels = shape.output.channels
    for row in rows.taps {
      for column in columns.taps {
        let tap = (row * shape.kernel.columns + column) * shape.reducedChannels
        for channel in stride(from: inputs.lowerBound, to: inputs.upperBound, by: lanes) {
          let present = min(lanes, inputs.upperBound - channel)
          for output in outputs {
            var word: UInt16 = 0
            for lane in 0..<present {
              let weight = weights[(tap + channel + lane) * outputChannels + output]
              word |= place(balancedDigit(of: weight, limb), lane)
            }
            words.append(word)
          }
        }
      }
    }
  }

  /// Words x channels; a word holds consecutive taps of the part, row by row.
  private mutating func appendDepthwise(
    _ weights: UnsafeBufferPointer<Int64>, _ shape: LinearLayerShape, rows: KernelPart, columns: KernelPart,
    channels: Range<Int>, pass: Int, limb: Int
  ) {
    offsets.append(words.count)
    let taps = rows.taps.flatMap { row in columns.taps.map { row * shape.kernel.columns + $0 } }
    for first in stride(from: 0, to: taps.count, by: lanes) {
      for channel in channels {
        var word: UInt16 = 0
        for lane in 0..<min(lanes, taps.count - first) {
          let tap = taps[first + lane] * shape.input.channels
          word |= place(balancedDigit(of: weights[(tap + channel) * shape.channelMultiplier + pass], limb), lane)
        }
        words.append(word)
      }
    }
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
