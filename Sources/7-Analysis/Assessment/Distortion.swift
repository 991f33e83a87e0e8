import Numbers

/// Signal and quantization noise, sample by sample.
package struct Distortion: Sendable {
  private var signals: [Double] = []
  private var noises: [Double] = []

  package init() {}

  /// Of one sample.
  package mutating func append(_ reference: [Double], _ quantized: [Double]) { append(reference[...], quantized) }

  mutating func append<Number: BinaryFloatingPoint>(_ reference: ArraySlice<Number>, _ quantized: [Double]) {
    var (signal, noise) = (0.0, 0.0)
    for (number, value) in zip(reference, quantized) {
      let error = Double(number) - value
      signal += Double(number) * Double(number)
      noise += error * error
    }
    signals.append(signal)
    noises.append(noise)
  }

  /// Whether there is no signal at all.
  package var isSilent: Bool { signals.allSatisfy { $0 == 0 } }

  package mutating func append(contentsOf other: Distortion) {
    signals += other.signals
    noises += other.noises
  }

  /// 10 log10(sum of squared signal / sum of squared error); nil where one of them is zero.
  package var decibels: Double? {
    Self.decibels(signal: signals.reduce(0, +), noise: noises.reduce(0, +))
  }

  /// The same of the two sums.
  static func decibels(signal: Double, noise: Double) -> Double? {
    signal > 0 && noise > 0 ? 10 * ElementaryMath.decimalLogarithm(signal / noise) : nil
  }

  /// Over the samples, by the delta method: the logarithm of a quotient of means.
  package var interval: Interval? {
    guard let decibels, signals.count > 1 else { return nil }
    let (signal, noise) = (signals.mean, noises.mean)
    let terms = signals.indices.map { signals[$0] / signal - noises[$0] / noise }
    return Interval(around: decibels, deviation: 10 / ElementaryMath.logarithm(10.0) * terms.deviationOfMean)
  }
}
