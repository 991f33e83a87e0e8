import Numbers
import Quantization

/// A part of what a quantizer does to a feature map. One number for the tensor, or one per channel.
enum QuantizerStage {
  case function(RealFunction)
  /// scales x v + shifts
  case affine(scales: [Rational], shifts: [Rational])
  /// scale x (clamp(round(v / scale) + zero point, codes) - zero point)
  case quantize(scales: [Rational], zeroPoints: [Int64], codes: ClosedRange<Int64>, rounding: Rounding)
  /// scale where v >= 0, -scale elsewhere
  case bipolar(scales: [Rational])

  fileprivate init?(merging stages: [QuantizerStage]) {
    var merged = stages[0]
    for stage in stages.dropFirst() {
      switch (merged, stage) {
      case (.function(let left), .function(let right)) where left == right: break
      case (.affine(let scales, let shifts), .affine(let nextScales, let nextShifts)):
        merged = .affine(scales: scales + nextScales, shifts: shifts + nextShifts)
      case (
        .quantize(let scales, let zeroPoints, let codes, let rounding),
        .quantize(let nextScales, let nextZeroPoints, let nextCodes, let nextRounding)
      ) where codes == nextCodes && rounding == nextRounding:
        merged = .quantize(
          scales: scales + nextScales, zeroPoints: zeroPoints + nextZeroPoints, codes: codes, rounding: rounding)
      case (.bipolar(let scales), .bipolar(let nextScales)): merged = .bipolar(scales: scales + nextScales)
      default: return nil
      }
    }
    self = merged
  }
}

extension FeatureMapQuantizer {
  /// Stages that together are this very function of real numbers; nil where there are none.
  var stages: [QuantizerStage]? {
    let functions = functions.map(QuantizerStage.function)
    // The steps' own codes, before `codeFactor`.
    let scale = format.scale * Rational(codeFactor)
    switch steps {
    case .uniform(let steps):
      return Self.stages(of: steps, scale: scale, zeroPoint: format.zeroPoint).map { functions + $0 }
    case .levels(let steps):
      guard format.zeroPoint == 0 else { return nil }
      return (Self.signStages(of: steps, scale: scale) ?? Self.evenStages(of: steps, scale: scale)).map {
        functions + $0
      }
    }
  }

  private static func stages(
    of steps: UniformSteps, scale: Rational, zeroPoint: Int64
  ) -> [QuantizerStage]? {
    // round(v / scale + zero point) and round(v / scale) + zero point differ in ties alone, and only where it is odd.
    let isShifted = steps.bias.isInteger && steps.bias + Rational(steps.zeroPoint) == Rational(zeroPoint)
    guard isShifted || steps.zeroPoint == zeroPoint else { return nil }
    // Other ways to round look at the sign of what is rounded.
    guard steps.rounding == .halfEven || steps.zeroPoint == 0 else { return nil }
    let range = steps.clamp.shifted(by: zeroPoint - steps.zeroPoint - (isShifted ? Int64(steps.bias.floor) : 0))
    let quantize = QuantizerStage.quantize(
      scales: [scale], zeroPoints: [zeroPoint], codes: range, rounding: steps.rounding)
    // (gain scale v + bias scale) / scale
    let gain = steps.gain * scale
    let shift = isShifted ? .zero : steps.bias * scale
    return gain == .one && shift.sign == 0 ? [quantize] : [.affine(scales: [gain], shifts: [shift]), quantize]
  }

  /// Two codes around a threshold of 0.
  private static func signStages(of steps: LevelSteps, scale: Rational) -> [QuantizerStage]? {
    guard steps.thresholds.count == 1, steps.thresholds[0].below.sign == 0, steps.thresholds[0].above.sign == 0 else {
      return nil
    }
    let (below, above) = (steps.codes[0], steps.codes[1])
    let negative = QuantizerStage.affine(scales: [-.one], shifts: [.zero])
    func codes(_ range: ClosedRange<Int64>) -> QuantizerStage {
      .quantize(scales: [scale], zeroPoints: [0], codes: range, rounding: .halfEven)
    }
    switch (below, above, steps.thresholds[0].isInclusive) {
    case (-1, 1, true): return [.bipolar(scales: [scale])]
    case (1, -1, true): return [.bipolar(scales: [scale]), negative, codes(-1...1)]
    case (-1, 1, false): return [negative, .bipolar(scales: [scale]), negative, codes(-1...1)]
    case (1, -1, false): return [negative, .bipolar(scales: [scale]), codes(-1...1)]
    case (0, 1, true): return [.bipolar(scales: [scale]), .function(.relu), codes(0...1)]
    case (0, -1, true): return [.bipolar(scales: [scale]), .function(.relu), negative, codes(-1...0)]
    default: return nil
    }
  }

  /// Codes one apart with thresholds at equal distances, those on both sides of zero passed away from it.
  private static func evenStages(of steps: LevelSteps, scale: Rational) -> [QuantizerStage]? {
    let thresholds = steps.thresholds
    guard thresholds.count >= 2,
      thresholds.allSatisfy({ $0.below == $0.above && $0.isInclusive == ($0.above.sign > 0) })
    else { return nil }
    let distance = thresholds[1].above - thresholds[0].above
    let difference = steps.codes[1] - steps.codes[0]
    let highest = Int64(thresholds.count / 2)
    let areEven = thresholds.indices.allSatisfy { index in
      // -highest + 1/2, …, highest - 1/2
      thresholds[index].above == distance * Rational(.init(word: 2 * (Int64(index) - highest) + 1), over: 2)
        && steps.codes[index + 1] - steps.codes[index] == difference
    }
    guard areEven, abs(difference) == 1, steps.codes[thresholds.count / 2] == 0 else { return nil }
    let quantize = QuantizerStage.quantize(
      scales: [scale], zeroPoints: [0], codes: -highest...highest, rounding: .halfAwayFromZero)
    let gain = Rational(difference) * scale / distance
    return gain == .one ? [quantize] : [.affine(scales: [gain], shifts: [.zero]), quantize]
  }
}

extension [[QuantizerStage]] {
  /// The stages of every channel as stages of them all; nil where they differ in more than numbers.
  var merged: [QuantizerStage]? {
    guard let first, allSatisfy({ $0.count == first.count }) else { return nil }
    guard count > 1 else { return first }
    var result: [QuantizerStage] = []
    for index in first.indices {
      guard let stage = QuantizerStage(merging: map { $0[index] }) else { return nil }
      result.append(stage)
    }
    return result
  }
}
