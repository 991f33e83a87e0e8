import BigInt
import Quantization

/// The ideal function of one output channel: what the model means by a code, as a function of the integer accumulator.
/// v = scale x accumulator + shift, then `functions`, then the quantizer; all constants exact.
struct IdealFunction {
  var scale: Rational
  var shift: Rational
  /// What stands between the accumulator's value and the quantizer.
  var functions: [RealFunction]
  var quantizer: FeatureMapQuantizer

  /// clamp(round_half_even(scale x accumulator + shift) + offset): the form of every chain of affine functions, clips and
  /// uniform steps.
  struct Affine {
    var scale: Rational
    var shift: Rational
    var offset: Int64
    var clamp: ClosedRange<Int64>
  }

  /// The affine form, or nil where the chain has another one.
  var affine: Affine? {
    guard case .uniform(let steps) = quantizer.steps, quantizer.codeFactor == 1 else { return nil }
    var scale = scale
    var shift = shift
    var lower: Rational?
    var upper: Rational?
    func apply(gain: Rational, bias: Rational) {
      scale = gain * scale
      shift = gain * shift + bias
      lower = lower.map { gain * $0 + bias }
      upper = upper.map { gain * $0 + bias }
      if gain.sign < 0 { swap(&lower, &upper) }
    }
    for function in functions + quantizer.functions {
      switch function {
      case .affine(let gain, let bias): apply(gain: gain, bias: bias)
      case .clip(let least, let most):
        lower = clip(lower ?? least, least, most)
        upper = clip(upper ?? most, least, most)
      case .leakyReLU, .thresholdedReLU, .hardSwish, .sigmoid, .tanh: return nil
      }
    }
    apply(gain: steps.gain, bias: steps.bias)
    let least = lower.map { Self.code($0, steps) } ?? steps.clamp.lowerBound
    let most = upper.map { Self.code($0, steps) } ?? steps.clamp.upperBound
    return Affine(scale: scale, shift: shift, offset: steps.zeroPoint, clamp: least...most)
  }

  private func clip(_ value: Rational?, _ lower: Rational?, _ upper: Rational?) -> Rational? {
    value.map { value in
      if let lower, value < lower { return lower }
      if let upper, value > upper { return upper }
      return value
    }
  }

  /// The code of a position in steps, clamped.
  private static func code(_ position: Rational, _ steps: UniformSteps) -> Int64 {
    let code = position.roundedHalfEven + BigInt(steps.zeroPoint)
    return Int64(min(max(code, BigInt(steps.clamp.lowerBound)), BigInt(steps.clamp.upperBound)))
  }

  /// The code of an accumulator, exactly; nil where an irrational function leaves it open.
  func code(of accumulator: Int64) -> Int64? {
    var value = scale * Rational(accumulator) + shift
    for function in functions + quantizer.functions {
      guard let next = function(value) else { return nil }
      value = next
    }
    return quantizer.code(ofResult: value)
  }
}
