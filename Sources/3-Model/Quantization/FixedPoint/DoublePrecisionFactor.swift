import Numbers

/// A factor that integers are multiplied by in double precision, the product rounded with halves away from zero (`FullyConnected` in
/// tensorflow/lite/kernels/internal/reference/integer_ops/fully_connected.h).
package struct DoublePrecisionFactor {
  /// What kernels multiply by.
  package let real: Double
  /// What that is rounded from.
  private let exact: Rational

  /// left x right / divisor, all above zero and finite.
  package init(_ left: Float, times right: Float, over divisor: Float) {
    real = Double(left) * Double(right) / Double(divisor)
    exact = Rational(left) * Rational(right) / Rational(divisor)
  }

  /// A number whose exact products round as those in double precision do: the factor itself, or what it is rounded from where a product
  /// next to a half becomes it. nil where neither does.
  /// - Parameter most: the largest magnitude of a rounded product that is told from others. Integers have up to 53 bits.
  package func exactFactor(upTo most: Int64) -> Rational? {
    [Rational(real), exact].first { factor in
      (0...most).allSatisfy { roundsAlike(at: Double($0) + 0.5, factor) }
    }
  }

  /// Whether the same integers give products on the far side of a half.
  private func roundsAlike(at half: Double, _ factor: Rational) -> Bool {
    let nearest = (half / real).rounded()
    return [nearest - 1, nearest, nearest + 1].allSatisfy { integer in
      // Away from the half no rounding matters.
      let isNear = abs((-half).addingProduct(integer, real)) <= half * 0x1p-50
      guard isNear, integer <= 0x1p53 else { return true }
      return (integer * real >= half) == (Rational(integer) * factor >= Rational(half))
    }
  }
}
