import IntegerProgram
import Numbers
import Schedule

/// Writes `st_widths.h`: bits that what the kernels for synthesis hold needs, as the program's bounds prove it.
struct WidthsWriter {
  private var accumulators = Self.least
  private var multipliers = Self.least
  private var addends = Self.least
  private var codes = Self.least

  /// Of a number that may be -1, 0 or 1.
  private static let least = 2

  /// - Parameter layers: those that run on engines.
  init(_ layers: [ScheduledLayer]) {
    for layer in layers {
      // Products of limbs are summed modulo 2^64.
      let hasLimbs = layer.shape.inputLimbs * layer.shape.weightLimbs > 1
      let width = hasLimbs ? 64 : layer.instruction.accumulatorRange.wide.signedBits
      accumulators = max(accumulators, width)
      guard case .requantize(let requantization) = layer.instruction.stage, !requantization.hasTables else {
        // What makes codes of them then is not the engine.
        codes = max(codes, width)
        continue
      }
      codes = max(codes, requantization.clamp.wide.signedBits)
      for case .affine(let affine) in requantization.channels {
        multipliers = max(multipliers, affine.multiplierBits)
        addends = max(addends, (affine.addend...affine.addend).signedBits)
        codes = max(codes, (Int128(affine.offset)...Int128(affine.offset)).signedBits)
      }
    }
  }

  var text: SourceText {
    SourceText(
      """
      /* Bits that what the kernels for synthesis hold is proved to need, signs included, for every input of the network: accumulators,
       * the multipliers and addends of requantizers, codes. */
      #ifndef ST_WIDTHS_H
      #define ST_WIDTHS_H

      #define ST_ACCUMULATOR_WIDTH \(accumulators)
      #define ST_MULTIPLIER_WIDTH \(multipliers)
      #define ST_ADDEND_WIDTH \(addends)
      #define ST_CODE_WIDTH \(codes)

      #endif

      """)
  }
}

extension Requantization {
  fileprivate var hasTables: Bool { channels.contains { if case .table = $0 { true } else { false } } }
}

extension ClosedRange<Int128> {
  /// Of the narrowest two's complement that holds both ends.
  fileprivate var signedBits: Int {
    [lowerBound, upperBound].map { 129 - ($0 < 0 ? ~$0 : $0).leadingZeroBitCount }.max() ?? 1
  }
}
