import IntegerProgram
import Numbers
import Schedule

/// Requantizers as (accumulator * multiplier + addend) / 2^32, rounded down: without a table of shifts, the upper word of one
/// multiplication and addition of 64 bits.
struct UpperWordRequantizers {
  private(set) var multipliers: [Int64] = []
  private(set) var addends: [Int64] = []

  /// - Parameters:
  ///   - range: of the accumulators.
  ///   - clamp: of the codes.
  /// - Returns: nil where numbers do not fit, or their tables are larger than those with shifts.
  init?(_ affine: [AffineRequantizer], _ range: ClosedRange<Int64>, clamp: ClosedRange<Int64>) {
    let bits32 = Int64(Int32.min)...Int64(Int32.max)
    guard bits32.contains(range), bits32.contains(clamp) else { return nil }
    for requantizer in affine {
      guard requantizer.rounding == .floor, requantizer.shift <= 32, requantizer.fitsOneWord(range) else { return nil }
      var upper = requantizer
      upper.addend <<= Int128(32 - requantizer.shift)
      upper.shift = 32
      let (multiplier, overflow) = requantizer.multiplier.multipliedReportingOverflow(
        by: 1 << Int64(32 - requantizer.shift))
      upper.multiplier = multiplier
      guard !overflow, bits32.contains(multiplier), upper.fitsOneWord(range) else { return nil }
      multipliers.append(multiplier)
      addends.append(Int64(upper.addend))
    }
    let withShifts =
      Self.bytes(affine.map(\.multiplier)) + Self.bytes(affine.map { Int64($0.shift) })
      + Self.bytes(affine.map { Int64(truncatingIfNeeded: $0.addend) })
    guard Self.bytes(multipliers) + Self.bytes(addends) <= withShifts else { return nil }
  }

  /// Of a table of these numbers, by channel; one number alone takes none.
  private static func bytes(_ values: [Int64]) -> Int {
    let range = values.hull() ?? 0...0
    return range.lowerBound < range.upperBound ? CodeType(holding: range).bytes : 0
  }
}
