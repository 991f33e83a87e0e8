/// code = clamp(round_half_even(gain x v + bias) + zero point)
package struct UniformSteps: Sendable {
  package var gain: Rational
  package var bias: Rational
  package var zeroPoint: Int64
  package var clamp: ClosedRange<Int64>
  private let gainDouble: Double
  private let biasDouble: Double
  /// Where 1 / gain is a double and gain is not, a reference divides as the model does.
  private let divisor: Double?

  package init(gain: Rational, bias: Rational = .zero, zeroPoint: Int64 = 0, clamp: ClosedRange<Int64>) {
    self.gain = gain
    self.bias = bias
    self.zeroPoint = zeroPoint
    self.clamp = clamp
    gainDouble = gain.double
    biasDouble = bias.double
    let inverse = gain.sign == 0 ? 0 : (Rational.one / gain).double
    divisor = Rational(gainDouble) != gain && inverse.isFinite && inverse != 0 ? inverse : nil
  }

  /// gain x v + bias in double precision.
  package func position(of value: Double) -> Double {
    (divisor.map { value / $0 } ?? value * gainDouble) + biasDouble
  }

  /// The code in double precision.
  package func code(of value: Double) -> Int64 {
    let rounded = position(of: value).rounded(.toNearestOrEven) + Double(zeroPoint)
    return Int64(min(max(rounded, Double(clamp.lowerBound)), Double(clamp.upperBound)))
  }

  /// The width of a step in `v`, in double precision.
  package var stepWidth: Double { divisor.map(abs) ?? 1 / abs(gainDouble) }
}
