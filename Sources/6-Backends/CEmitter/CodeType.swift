import IntegerProgram

/// The C type that codes are stored in: `int8_t` to `int64_t`.
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

  private static func fits<Integer: FixedWidthInteger>(_ range: ClosedRange<Int64>, _: Integer.Type) -> Bool {
    range.lowerBound >= Int64(Integer.min) && range.upperBound <= Int64(Integer.max)
  }

  var bits: Int { bytes * 8 }
  var name: String { "int\(bits)_t" }
}

extension ProgramTensor {
  /// How the emitted code stores this tensor.
  package var codeType: CodeType { CodeType(holding: range) }
}
