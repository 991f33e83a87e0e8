import Numbers
import Quantization

/// The ideal function in double precision with a bound on the error: a code that the bound leaves open is found in exact
/// arithmetic.
struct CertifiedEvaluator {
  private let ideal: IdealFunction
  private let scale: Double
  private let shift: Double
  private let functions: [RealFunction]

  init(_ ideal: IdealFunction) {
    self.ideal = ideal
    scale = ideal.scale.double
    shift = ideal.shift.double
    functions = ideal.tail.functions
  }

  /// A few roundings to nearest.
  private static let unit = 0x1p-50

  func code(of accumulator: Int64) -> Int64? {
    var value = scale * Double(accumulator) + shift
    var error = (abs(scale * Double(accumulator)) + abs(shift)) * Self.unit + Double.leastNormalMagnitude
    for function in functions {
      let result = function(value)
      switch function {
      case .affine(let gain, let bias):
        error = abs(gain.double) * error + (abs(gain.double * value) + abs(bias.double)) * Self.unit
      case .clip: error += abs(result) * Self.unit
      case .leakyReLU(let slope): error = max(1, slope.double) * error + abs(result) * Self.unit
      case .thresholdedReLU(let threshold, let slope):
        // On which side of the jump the exact value lies has to be certain.
        let distance = abs(value - threshold.double)
        if distance <= error + abs(threshold.double) * Self.unit { return ideal.code(of: accumulator) }
        error = max(1, abs(slope.double)) * error + (abs(result) + abs(slope.double * threshold.double)) * Self.unit
      case .hardSwish(let shift, let upper):
        // |d/dv v (v + shift) / upper| where the gate is open, 1 where it is full.
        let steepest = (2 * (abs(value) + error) + abs(shift.double)) / upper.double + 1
        error = steepest * error + (abs(value) + 1) * 8 * Self.unit
      case .curve(let curve):
        error = curve.steepest(upTo: value + error) * error
        error += 8 * Self.unit * curve.size(below: abs(value), of: abs(result))
      }
      value = result
    }
    error += abs(value) * Self.unit
    if case .uniform(let steps) = ideal.tail.quantizer.steps, steps.gain.sign != 0 {
      error += abs((steps.bias / steps.gain).double) * Self.unit
    }
    // Beyond the range of doubles nothing is certain.
    guard (value - error).isFinite, (value + error).isFinite else { return ideal.code(of: accumulator) }
    let first = ideal.tail.quantizer.code(ofResult: value - error)
    let last = ideal.tail.quantizer.code(ofResult: value + error)
    return first == last ? first : ideal.code(of: accumulator)
  }
}
