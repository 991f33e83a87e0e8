import Numbers
import Quantization
import Testing

struct RealFunctionTests {
  static let half = Rational(0.5)
  static let rising: [RealFunction] =
    [
      .relu, .clip(lower: -.one, upper: .one), .affine(scale: half, shift: .one), .affine(scale: .zero, shift: .one),
      .leakyReLU(slope: half), .leakyReLU(slope: .zero), .thresholdedReLU(threshold: .one, slope: half),
    ] + Curve.allCases.filter { $0.turningPoint == nil }.map { .curve($0) }
  static let falling: [RealFunction] =
    [
      .affine(scale: -half, shift: .one), .leakyReLU(slope: -half), .thresholdedReLU(threshold: .one, slope: -half),
      .thresholdedReLU(threshold: -.one, slope: .zero), .hardSwish(shift: Rational(3.0), upper: Rational(6.0)),
    ] + Curve.allCases.filter { $0.turningPoint != nil }.map { .curve($0) }
  /// -8, -7.75, …, 8
  static let arguments = (-32...32).map { Double($0) / 4 }

  @Test(arguments: rising) func valuesNeverFall(_ function: RealFunction) {
    let values = Self.arguments.map { function($0) }
    #expect(function.isIncreasing)
    #expect(zip(values, values.dropFirst()).allSatisfy { $0 <= $1 })
  }

  @Test(arguments: falling) func valuesFallSomewhere(_ function: RealFunction) {
    let values = Self.arguments.map { function($0) }
    #expect(!function.isIncreasing)
    #expect(zip(values, values.dropFirst()).contains { $0 > $1 })
  }

  @Test(arguments: rising + falling) func exactValuesAreThoseInDoublePrecision(_ function: RealFunction) {
    for argument in Self.arguments {
      guard let exact = function(Rational(argument)) else { continue }
      #expect(exact.double == function(argument))
    }
  }
}
