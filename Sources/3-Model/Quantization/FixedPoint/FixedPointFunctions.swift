import Numbers

/// Functions of codes of 8 bits as TensorFlow Lite's reference kernels compute them in fixed point
/// (tensorflow/lite/kernels/activations.cc and internal/reference/integer_ops).
package enum FixedPointFunctions {
  /// A sigmoid in steps of 1/256, and a hyperbolic tangent in steps of 1/128, of an integer that counts `scale`.
  package static func logistic(scale: Double) -> (Int64) -> Int64 {
    sigmoidal(scale: scale) {
      $0 < 0 ? 0 : 256
    } at: {
      GemmlowpArithmetic.divided(GemmlowpArithmetic.logistic($0), byPowerOfTwo: 23)
    }
  }

  package static func hyperbolicTangent(scale: Double) -> (Int64) -> Int64 {
    sigmoidal(scale: scale) {
      $0 < 0 ? -128 : 128
    } at: {
      GemmlowpArithmetic.divided(GemmlowpArithmetic.hyperbolicTangent($0), byPowerOfTwo: 24)
    }
  }

  /// Beyond 15 the ends are reached.
  private static func sigmoidal(
    scale: Double, beyond end: @escaping (Int64) -> Int64, at function: @escaping (Int64) -> Int64
  ) -> (Int64) -> Int64 {
    let factor = FixedPointMultiplier(scale * 0x1p27)
    let radius = (15 * 0x1p27 / Double(sign: .plus, exponent: factor.shift, significand: 1)).rounded(.down)
    return { Double(abs($0)) >= radius ? end($0) : function(factor.roundedTwice($0)) }
  }

  /// v min(max(v + 3, 0), 6) / 6 of an integer that counts `scale`, in steps of `result`, in numbers of 16 bits
  /// (tensorflow/lite/kernels/internal/reference/hard_swish.h).
  package static func hardSwish(scale: Float, result: Float) -> (Int64) -> Int64 {
    let fine = (1 / 128 as Float) * scale
    let output = FixedPointMultiplier(Double(fine / result))
    let gate = FixedPointMultiplier(Double(fine / (3 / 32768 as Float)))
    func half(_ factor: FixedPointMultiplier) -> Int64 { min((factor.multiplier + 1 << 15) >> 16, 32767) }
    let (outputHalf, gateHalf) = (half(output), half(gate))
    func product(_ left: Int64, _ right: Int64) -> Int64 { (left * right + 1 << 14) >> 15 }
    func shifted(_ number: Int64, _ places: Int) -> Int64 { (number << Int64(places)).clamped(to: -32768...32767) }
    return { integer in
      let number = integer * 128
      var open = number
      if gate.shift > 0 { open = shifted(open, min(gate.shift - 1, 31)) }
      open = product(open, gateHalf)
      if gate.shift > 0 { open = shifted(open, 1) }
      open = GemmlowpArithmetic.divided(open, byPowerOfTwo: max(-gate.shift, 0))
      // From -3...3 in 16 bits to 0...1.
      open = (open + 1 << 15) >> 1
      // Cut off towards zero.
      let gated = open * product(number, outputHalf) / 32768
      return GemmlowpArithmetic.divided(gated, byPowerOfTwo: max(-output.shift, 0))
    }
  }
}
