import Numbers
import Quantization

/// One unit that scales are whole multiples of.
struct CommonUnit {
  var unit: Rational
  var multiples: [Int64]

  /// Three 16-bit limbs: what codes may have after they are multiplied.
  static let maximumBits = 46

  /// The smallest scale where it divides all of them, else the power of two that does; nil where codes as large as `largest`
  /// would get more than `maximumBits` bits.
  init?(of scales: [Rational], largest: PerChannel<UInt64>) {
    let magnitudes = scales.map(\.magnitude)
    guard let smallest = magnitudes.filter({ $0.sign > 0 }).min() else { return nil }
    let powerOfTwo = Rational(1, over: magnitudes.map(\.denominator).max() ?? 1)
    for unit in [smallest, powerOfTwo] {
      let multiples = scales.indices.compactMap { index -> Int64? in
        guard let multiple = (scales[index] / unit).int64 else { return nil }
        let (most, overflows) = multiple.magnitude.multipliedReportingOverflow(by: max(largest[index], 1))
        return overflows || most >= 1 << (Self.maximumBits - 1) ? nil : multiple
      }
      if multiples.count == scales.count {
        self.unit = unit
        self.multiples = multiples
        return
      }
    }
    return nil
  }
}
