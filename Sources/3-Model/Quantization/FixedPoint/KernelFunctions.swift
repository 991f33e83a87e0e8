import Numbers

/// Functions of codes of 8 bits as TensorFlow Lite's reference kernels compute them
/// (tensorflow/lite/kernels/activations.cc and internal/reference).
package enum KernelFunctions {
  /// A sigmoid of an integer that counts `scale`, in steps of `result`.
  package static func logistic(scale: Float, result: Float) -> (Int64) -> Int64 {
    tabulated(scale: scale, result: result) { 1 / (1 + Float(ElementaryMath.exponential(-Double($0)))) }
  }

  package static func hyperbolicTangent(scale: Float, result: Float) -> (Int64) -> Int64 {
    tabulated(scale: scale, result: result) { Float(ElementaryMath.hyperbolicTangent(Double($0))) }
  }

  /// In float32, halves away from zero, as the interpreter fills its tables (`LUTPopulate` in internal/common.h).
  private static func tabulated(
    scale: Float, result: Float, function: @escaping (Float) -> Float
  ) -> (Int64) -> Int64 {
    { Int64((function(scale * Float($0)) * (1 / result)).rounded(.toNearestOrAwayFromZero)) }
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
