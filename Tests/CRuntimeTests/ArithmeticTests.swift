import CRuntime
import Testing

/// Requantization and its helpers against exact 128-bit arithmetic.
@Suite struct ArithmeticTests {
  /// The nearest integer to value / 2^shift below or, with `even`, on either side with ties to even.
  static func quotient(_ value: Int128, _ shift: Int, even: Bool) -> Int128 {
    let unit = Int128(1) << Int128(shift)
    var quotient = value / unit
    var remainder = value % unit
    if remainder < 0 {
      quotient -= 1
      remainder += unit
    }
    if even, remainder > unit - remainder || (remainder == unit - remainder && quotient % 2 != 0) { quotient += 1 }
    return quotient
  }

  /// Numbers of all magnitudes.
  static func number(_ bits: Int) -> Int64 {
    let bits = Int.random(in: 0...bits)
    return bits == 0 ? 0 : Int64.random(in: Int64.min >> (64 - bits)...Int64.max >> (64 - bits))
  }

  @Test func oneWord() {
    for _ in 0..<20000 {
      let (accumulator, multiplier, addend) = (Self.number(36), Self.number(25), Self.number(61))
      let shift = Int.random(in: 0...62)
      let exact = Int128(accumulator) * Int128(multiplier) + Int128(addend)
      #expect(
        Int128(st_requantize(accumulator, multiplier, addend, UInt32(shift)))
          == Self.quotient(exact, shift, even: false))
      #expect(
        Int128(st_requantize_even(accumulator, multiplier, addend, UInt32(shift)))
          == Self.quotient(exact, shift, even: true))
    }
  }

  @Test func ties() {
    for accumulator in Int64(-40)...40 {
      for shift in 0...4 {
        let expected = Self.quotient(Int128(accumulator), shift, even: true)
        #expect(Int128(st_requantize_even(accumulator, 1, 0, UInt32(shift))) == expected)
        #expect(Int128(st_requantize_wide(accumulator, 1, 0, 0, UInt32(shift), 1)) == expected)
        // The same numbers, far above the low word.
        let high = st_requantize_wide(accumulator << 32, 1 << 60, 0, 0, UInt32(shift + 92), 1)
        #expect(Int128(high) == expected)
      }
    }
  }

  @Test func twoWords() {
    var tried = 0
    while tried < 50000 {
      let (accumulator, multiplier) = (Self.number(64), Self.number(64))
      let addend = Int128(Self.number(64)) << Int128(Int.random(in: 0...61)) + Int128(Self.number(64))
      let shift = Int.random(in: 0...126)
      let exact = Int128(accumulator) * Int128(multiplier)
      let (sum, overflow) = exact.addingReportingOverflow(addend)
      guard !overflow, shift < 126 else { continue }
      for even in [false, true] {
        let expected = Self.quotient(sum, shift, even: even)
        guard let code = Int64(exactly: expected) else { continue }
        tried += 1
        #expect(
          st_requantize_wide(
            accumulator, multiplier, Int64(truncatingIfNeeded: addend >> 64), UInt64(truncatingIfNeeded: addend),
            UInt32(shift), even ? 1 : 0) == code,
          "\(accumulator) * \(multiplier) + \(addend) >> \(shift)")
      }
    }
  }

  @Test func thresholds() {
    for count in 0...40 {
      let thresholds = Set((0..<count).map { _ in Self.number(20) }).sorted()
      let steps = Int32(64 - thresholds.count.leadingZeroBitCount)
      for accumulator in thresholds + [.min, .max] + (0..<20).map({ _ in Self.number(21) }) {
        for near in [accumulator, accumulator == .min ? .min : accumulator - 1] {
          let expected = Int32(thresholds.filter { $0 <= near }.count)
          #expect(st_count_thresholds64(near, thresholds, Int32(thresholds.count), steps) == expected)
          #expect(st_count_thresholds32(near, thresholds.map(Int32.init), Int32(thresholds.count), steps) == expected)
        }
      }
    }
  }

  @Test func limbsSumUpToTheCode() {
    for _ in 0..<10000 {
      let code = Self.number(62)
      var sum: Int128 = 0
      for limb in 0..<4 {
        let digit = st_limb(code, Int32(limb))
        #expect((-32768...32767).contains(digit))
        sum += Int128(digit) << Int128(16 * limb)
      }
      #expect(sum == Int128(code))
    }
  }

  @Test func signedConversionsAndShifts() {
    for value in [Int64.min, .min + 1, -5, -1, 0, 1, .max] {
      #expect(st_signed64(UInt64(bitPattern: value)) == value)
      #expect(st_signed32(UInt32(truncatingIfNeeded: value)) == Int32(truncatingIfNeeded: value))
      for shift in 0...63 { #expect(st_shift_right(value, UInt32(shift)) == value >> Int64(shift)) }
    }
    #expect(st_clamp(7, -2, 3) == 3)
    #expect(st_clamp(-7, -2, 3) == -2)
    #expect(st_clamp(1, -2, 3) == 1)
    #expect(st_larger(-7, 3) == 3 && st_smaller(-7, 3) == -7)
    #expect(st_larger(.max, .min) == .max && st_smaller(.max, .min) == .min)
  }

  /// Written out: quotients on both sides of zero, ties to even ones.
  @Test func quotientsAreRounded() {
    let sixths: [(Int64, Int64)] = [
      (-15, -2), (-9, -2), (-8, -1), (-4, -1), (-3, 0), (-2, 0), (0, 0), (2, 0), (3, 0), (4, 1), (8, 1), (9, 2),
      (10, 2),
      (15, 2), (16, 3), (21, 4),
    ]
    for (numerator, quotient) in sixths { #expect(st_divide_even(numerator, 1, 0, 6) == quotient) }
    #expect(st_divide_even(5, -3, 1, 4) == -4)
    #expect(st_divide_even(1 << 61, 1, 1, 1 << 62) == 1)
    #expect(st_divide_even(7, 1, 0, 1) == 7)
  }
}
