/// What float32 arithmetic may change. With u = 2^-24, k roundings one after another change a number by at most
/// g(k) = k u / (1 - k u) of itself (Higham, Accuracy and Stability of Numerical Algorithms, section 3.1).
package enum Float32 {
  /// g(count)
  package static func roundings(_ count: Int) -> Double {
    let part = Double(count) * 0x1p-24
    return part / (1 - part)
  }
}

extension [Float] {
  /// Whether all are; without a branch per number.
  package var areFinite: Bool {
    let exponent: UInt32 = 0x7f80_0000
    var largest: UInt32 = 0
    for value in self { largest = Swift.max(largest, value.bitPattern & exponent) }
    return largest != exponent
  }
}
