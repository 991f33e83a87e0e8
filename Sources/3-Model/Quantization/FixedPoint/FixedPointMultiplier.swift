import Numbers

/// A factor as kernels of TensorFlow Lite multiply by it: multiplier x 2^(shift - 31), the multiplier of 31 bits
/// (`QuantizeMultiplier` in tensorflow/lite/kernels/internal/quantization_util.cc).
package struct FixedPointMultiplier: Hashable, Sendable {
  package let multiplier: Int64
  package let shift: Int

  /// - Parameter real: zero or more, and finite.
  package init(_ real: Double) {
    precondition(real >= 0 && real.isFinite, "factors are quotients of scales")
    guard real > 0 else {
      (multiplier, shift) = (0, 0)
      return
    }
    var multiplier = Int64((real.significand * 0x1p30).rounded(.toNearestOrAwayFromZero))
    var shift = Int(real.exponent) + 1
    if multiplier == 1 << 31 {
      multiplier /= 2
      shift += 1
    }
    // What is smaller than 2^-32 is nothing.
    (self.multiplier, self.shift) = shift < -31 ? (0, 0) : (multiplier, shift)
  }

  private init(multiplier: Int64, shift: Int) {
    self.multiplier = multiplier
    self.shift = shift
  }

  /// The same over a number of elements, as means have it: with as many bits as there is room for (`QuantizedMeanOrSum` in
  /// internal/reference/reduce.h).
  package func divided(by count: Int64) -> FixedPointMultiplier {
    precondition(count > 0, "a mean of something")
    let places = min(63 - count.leadingZeroBitCount, 32, 31 + shift)
    guard places >= 0 else { return FixedPointMultiplier(multiplier: multiplier / count, shift: shift) }
    return FixedPointMultiplier(multiplier: (multiplier << Int64(places)) / count, shift: shift - places)
  }

  /// The same in 16 bits, as sums of 64 bits are multiplied by it.
  package var inHalfTheBits: FixedPointMultiplier {
    FixedPointMultiplier(multiplier: min((multiplier + 1 << 15) >> 16, 0x7fff) << 16, shift: shift)
  }

  /// What it stands for.
  package var factor: Rational { Rational(multiplier) * .powerOfTwo(shift - 31) }

  /// How integers times it are rounded: once, or at 2^-31 and once more.
  package func rounding(_ kind: FixedPointRounding) -> Rounding {
    switch kind {
    case .single: .twice(bits: 0)
    case .double: .twice(bits: max(-shift, 0))
    }
  }

  /// An integer times it, rounded, in 32 bits, where it wraps around as the kernels' does.
  package func product(_ integer: Int64, _ kind: FixedPointRounding) -> Int64 {
    switch kind {
    case .single: ((integer * multiplier + 1 << Int64(30 - shift)) >> Int64(31 - shift)).wrapped
    case .double: roundedTwice(integer)
    }
  }

  /// The same rounded twice.
  func roundedTwice(_ integer: Int64) -> Int64 {
    GemmlowpArithmetic.divided(
      GemmlowpArithmetic.product((integer << Int64(max(shift, 0))).wrapped, multiplier), byPowerOfTwo: max(-shift, 0))
  }
}

/// How kernels of TensorFlow Lite round a product with a `FixedPointMultiplier`. A file does not say it.
package enum FixedPointRounding: String, CaseIterable, Sendable {
  /// Once, halves up: `TFLITE_SINGLE_ROUNDING`.
  case single
  /// The upper half of twice the product, halves up, and that divided by a power of two, halves away from zero: the reference kernels
  /// and TensorFlow Lite for Microcontrollers as they are built by default.
  case double
}

extension Int64 {
  /// What 32 bits hold of it.
  package var wrapped: Int64 { Int64(Int32(truncatingIfNeeded: self)) }
}
