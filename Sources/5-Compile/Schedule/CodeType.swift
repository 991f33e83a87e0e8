/// How codes are stored: 1, 2, 4 or 8 bytes each, signed.
package struct CodeType: Hashable, Sendable {
  /// 1, 2, 4 or 8
  package let bytes: Int

  package init(holding range: ClosedRange<Int64>) {
    switch range {
    case _ where Self.fits(range, Int8.self): bytes = 1
    case _ where Self.fits(range, Int16.self): bytes = 2
    case _ where Self.fits(range, Int32.self): bytes = 4
    default: bytes = 8
    }
  }

  /// - Parameter bits: 8, 16, 32 or 64.
  init(bits: Int) { bytes = bits / 8 }

  private static func fits<Integer: FixedWidthInteger>(_ range: ClosedRange<Int64>, _: Integer.Type) -> Bool {
    range.lowerBound >= Int64(Integer.min) && range.upperBound <= Int64(Integer.max)
  }

  package var bits: Int { bytes * 8 }
}
