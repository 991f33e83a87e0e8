import Libc

/// Functions of real numbers. Those of the C library are in one place because their module differs from system to system.
package enum ElementaryMath {
  package static func exponential(_ value: Double) -> Double { exp(value) }
  package static func logistic(_ value: Double) -> Double { 1 / (1 + exp(-value)) }
  package static func hyperbolicTangent(_ value: Double) -> Double { tanh(value) }

  /// e^value - 1
  package static func exponentialMinusOne(_ value: Double) -> Double { expm1(value) }

  /// log(1 + e^value)
  package static func softplus(_ value: Double) -> Double { max(value, 0) + log1p(exp(-abs(value))) }

  package static func errorFunction(_ value: Double) -> Double { erf(value) }
  /// 1 - errorFunction(value)
  package static func complementaryErrorFunction(_ value: Double) -> Double { erfc(value) }

  package static func cosine(_ value: Double) -> Double { cos(value) }

  package static func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }

  /// 2^value
  package static func exponential2(_ value: Double) -> Double { exp2(value) }

  /// The nearest integer, ties to even, of a number below 2^51: adding 1.5 x 2^52 leaves no bit for a fraction. A third of
  /// the time of a call of the C library, which rounding is before SSE 4.1.
  @inlinable
  package static func roundedHalfEven(_ value: Double) -> Double { (value + 0x1.8p52) - 0x1.8p52 }

  package static func logarithm(_ value: Double) -> Double { log(value) }
  package static func decimalLogarithm(_ value: Double) -> Double { log10(value) }

  /// The natural logarithm in float32, correctly rounded but for rare cases.
  package static func logarithm(_ value: Float) -> Float { Float(log(Double(value))) }
}

/// How far the distribution of a classifier's results is from another's, both given as logarithms up to a constant: sum of
/// p log(p / q) in nats (Kullback-Leibler).
package func divergence(ofLogits quantized: [Double], from reference: [Double]) -> Double {
  func logProbabilities(_ logits: [Double]) -> [Double] {
    let largest = logits.max() ?? 0
    let total = ElementaryMath.logarithm(logits.reduce(0) { $0 + ElementaryMath.exponential($1 - largest) })
    return logits.map { $0 - largest - total }
  }
  let (p, q) = (logProbabilities(reference), logProbabilities(quantized))
  return zip(p, q).reduce(0) { $0 + ElementaryMath.exponential($1.0) * ($1.0 - $1.1) }
}
