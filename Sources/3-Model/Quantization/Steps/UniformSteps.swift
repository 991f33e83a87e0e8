import CValueKernels
import Numbers

/// code = clamp(round(gain x v + bias) + zero point)
package struct UniformSteps: Sendable {
  package let gain: Rational
  package let bias: Rational
  package let zeroPoint: Int64
  package let clamp: ClosedRange<Int64>
  package let rounding: Rounding
  /// The same with double constants.
  package let compiled: Compiled

  package init(
    gain: Rational, bias: Rational = .zero, zeroPoint: Int64 = 0, clamp: ClosedRange<Int64>,
    rounding: Rounding = .halfEven
  ) {
    self.gain = gain
    self.bias = bias
    self.zeroPoint = zeroPoint
    self.clamp = clamp
    self.rounding = rounding
    compiled = Compiled(gain: gain, bias: bias, zeroPoint: zeroPoint, clamp: clamp, rounding: rounding)
  }

  /// gain x v + bias in double precision.
  package func position(of value: Double) -> Double { compiled.position(of: value) }

  /// The code in double precision.
  package func code(of value: Double) -> Int64 { compiled.code(of: value) }

  /// The code of a position, exactly.
  package func code(at position: Rational) -> Int64 {
    let code = (rounding(position) + BigInteger(word: zeroPoint)).int64
    return code?.clamped(to: clamp) ?? (position.sign < 0 ? clamp.lowerBound : clamp.upperBound)
  }

  /// The width of a step in `v`, in double precision.
  package var stepWidth: Double { compiled.stepWidth }

  /// What runs over many values: nothing in it is counted by reference.
  package struct Compiled: Sendable {
    package let gain: Double
    package let bias: Double
    /// Where 1 / gain is a double and gain is not, a reference divides as the model does; else 0.
    package let divisor: Double
    private let zeroPoint: Int64
    /// Of the position.
    package let lowest: Double
    package let highest: Double
    private let rounding: Rounding
    /// How far a position may be off, relative to its terms: four roundings of 2^-53, four times over.
    private let unit: Double

    fileprivate init(
      gain: Rational, bias: Rational, zeroPoint: Int64, clamp: ClosedRange<Int64>, rounding: Rounding
    ) {
      let nearest = gain.nearestDouble
      self.gain = nearest.value
      self.bias = bias.double
      let inverse = nearest.isExact ? 0 : (Rational.one / gain).double
      divisor = inverse.isFinite ? inverse : 0
      self.zeroPoint = zeroPoint
      lowest = Double(clamp.lowerBound - zeroPoint)
      highest = Double(clamp.upperBound - zeroPoint)
      self.rounding = rounding
      unit = self.gain.isNormal && (divisor == 0 || divisor.isNormal) ? 0x1p-49 : .infinity
    }

    func position(of value: Double) -> Double { (divisor != 0 ? value / divisor : value * gain) + bias }

    /// Clamping to integers may come before rounding.
    func code(of value: Double) -> Int64 {
      let clamped = min(max(position(of: value), lowest), highest)
      if rounding == .halfEven, abs(clamped) < 0x1p50 {
        return Int64(ElementaryMath.roundedHalfEven(clamped)) + zeroPoint
      }
      // What is no number has no code of its own.
      return (Int64(exactly: rounding(clamped)) ?? 0) + zeroPoint
    }

    /// The same for the kernels in C; nil where they do not tell codes apart, or other numbers than halves lie between them.
    var kernel: qcc_ref_steps? {
      guard rounding.isToNearest, max(abs(lowest), abs(highest)) < 0x1p50 else { return nil }
      return qcc_ref_steps(
        gain: gain, bias: bias, lowest: lowest, highest: highest, zero_point: zeroPoint, unit: 2 * unit,
        lower: -.infinity, upper: .infinity)
    }

    /// The code of the exact position; nil where that is too near to another code to tell.
    func certainCode(of value: Double) -> Int64? {
      let position = position(of: value)
      let clamped = min(max(position, lowest), highest)
      let nearest = ElementaryMath.roundedHalfEven(clamped)
      let error = unit * (abs(position) + 2 * abs(bias))
      guard rounding.isToNearest, abs(clamped) < 0x1p50, 0.5 - abs(clamped - nearest) > error else { return nil }
      return Int64(nearest) + zeroPoint
    }

    var stepWidth: Double { divisor != 0 ? abs(divisor) : 1 / abs(gain) }
  }
}
