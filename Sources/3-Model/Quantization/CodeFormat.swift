import Numbers

/// How integer codes stand for values: value = scale x (code - zero point), one scale for the whole tensor.
package struct CodeFormat: Sendable, Equatable {
  package let scale: Rational
  package var zeroPoint: Int64
  /// Every code there can be.
  package var range: ClosedRange<Int64>
  private let scaleDouble: Double

  package init(scale: Rational, zeroPoint: Int64 = 0, range: ClosedRange<Int64>) {
    self.scale = scale
    self.zeroPoint = zeroPoint
    self.range = range
    scaleDouble = scale.double
  }

  package func value(of code: Int64) -> Double {
    scaleDouble * Double(code - zeroPoint)
  }

  package func fraction(of code: Int64) -> Rational { scale * Rational(code - zeroPoint) }
}
