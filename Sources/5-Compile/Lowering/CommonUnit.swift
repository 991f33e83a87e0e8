import BigInt
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
      let multiples = scales.map { $0 / unit }
      let fits = multiples.indices.allSatisfy { index in
        let code = BigInt(largest[index])
        return multiples[index].isInteger && (multiples[index].floor * code).bitWidth <= Self.maximumBits
      }
      if fits {
        self.unit = unit
        self.multiples = multiples.map { Int64($0.floor) }
        return
      }
    }
    return nil
  }
}
