import IntegerProgram
import Numbers

/// What integers mean, exactly: value = scale x integer + shift.
struct Coding: Equatable {
  var scales: PerChannel<Rational>
  var shifts: PerChannel<Rational>

  /// The integer that means zero, where all channels have the same.
  var zeroPoint: Int64? {
    let zeros = scales.combined(with: shifts) { scale, shift -> Int64? in
      guard scale.sign != 0 else { return shift.sign == 0 ? 0 : nil }
      return (-shift / scale).int64.flatMap { $0.magnitude < 1 << 61 ? $0 : nil }
    }
    return zeros.merged.uniform ?? nil
  }

  /// For the host, in doubles; the shift is a zero point where it can be.
  var encoding: Encoding {
    let scales = scales.map(\.double)
    return zeroPoint.map { Encoding(scales: scales, zeroPoint: $0) }
      ?? Encoding(scales: scales, offsets: shifts.map(\.double))
  }
}
