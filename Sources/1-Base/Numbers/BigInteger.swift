/// An integer of any size, as sign and magnitude. Up to 256 bits, which nearly all numbers of a model have at most, lie in the
/// value itself: they take no memory elsewhere.
package struct BigInteger: Sendable {
  /// The magnitude's words, the lowest first, where there are no more than four; zeros behind them.
  private var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
  /// All of the words where there are more.
  private var long: [UInt64]?
  /// How many words the magnitude has: the highest is not zero.
  private var count: Int32 = 0
  private var isNegative = false

  package init(word: Int64) {
    guard word != 0 else { return }
    words.0 = word.magnitude
    count = 1
    isNegative = word < 0
  }

  package init(_ number: Int128) { self.init(number.magnitude, isNegative: number < 0) }

  private init(_ magnitude: UInt128, isNegative: Bool) {
    words.0 = UInt64(truncatingIfNeeded: magnitude)
    words.1 = UInt64(truncatingIfNeeded: magnitude &>> 64)
    count = words.1 != 0 ? 2 : words.0 != 0 ? 1 : 0
    self.isNegative = isNegative && count > 0
  }

  private init(_ word: UInt64) {
    words.0 = word
    count = word == 0 ? 0 : 1
  }

  /// Of a magnitude, zeros before it perhaps.
  private init(_ magnitude: UnsafeMutablePointer<UInt64>, count: Int, isNegative: Bool) {
    var count = count
    while count > 0, magnitude[count - 1] == 0 { count -= 1 }
    self.count = Int32(count)
    self.isNegative = isNegative && count > 0
    switch count {
    case 0: break
    case 1: words.0 = magnitude[0]
    case 2: words = (magnitude[0], magnitude[1], 0, 0)
    case 3: words = (magnitude[0], magnitude[1], magnitude[2], 0)
    case 4: words = (magnitude[0], magnitude[1], magnitude[2], magnitude[3])
    default: long = Array(UnsafeBufferPointer(start: magnitude, count: count))
    }
  }

  /// The magnitude that `body` writes into as many words, all of which it sets.
  @inline(__always)
  private init(count: Int, isNegative: Bool, _ body: (UnsafeMutablePointer<UInt64>) -> Void) {
    self = withUnsafeTemporaryAllocation(of: UInt64.self, capacity: max(count, 1)) { buffer in
      let pointer = buffer.baseAddress.unsafelyUnwrapped
      body(pointer)
      return BigInteger(pointer, count: count, isNegative: isNegative)
    }
  }

  @inline(__always)
  private func withWords<Result>(_ body: (UnsafePointer<UInt64>) -> Result) -> Result {
    if let long { return long.withUnsafeBufferPointer { body($0.baseAddress.unsafelyUnwrapped) } }
    return withUnsafeBytes(of: words) { body($0.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: UInt64.self)) }
  }

  private var wordCount: Int { Int(count) }

  // MARK: What it is like

  package var isZero: Bool { count == 0 }
  package var isOne: Bool { count == 1 && words.0 == 1 && !isNegative }
  package var isOdd: Bool { withWords { $0[0] } & 1 == 1 }
  package func signum() -> Int { isNegative ? -1 : isZero ? 0 : 1 }

  package var magnitude: BigInteger {
    var magnitude = self
    magnitude.isNegative = false
    return magnitude
  }

  /// How many bits the magnitude has.
  package var bitWidth: Int {
    isZero ? 0 : 64 * wordCount - withWords { $0[wordCount - 1].leadingZeroBitCount }
  }

  /// 0 for zero.
  package var trailingZeroBitCount: Int {
    guard !isZero else { return 0 }
    return withWords { words in
      var zeros = 0
      while words[zeros] == 0 { zeros += 1 }
      return 64 * zeros + words[zeros].trailingZeroBitCount
    }
  }

  /// The same number; nil where 128 bits do not hold it.
  package var int128: Int128? {
    guard count <= 2 else { return nil }
    let magnitude = twoWords
    let limit = Int128.min.magnitude
    guard isNegative ? magnitude <= limit : magnitude < limit else { return nil }
    return Int128(truncatingIfNeeded: isNegative ? ~magnitude &+ 1 : magnitude)
  }

  /// The same number; nil where 64 bits do not hold it.
  package var int64: Int64? { count > 1 ? nil : int128.flatMap { Int64(exactly: $0) } }

  /// The magnitude; nil where 128 bits do not hold it.
  var uint128: UInt128? { count > 2 ? nil : twoWords }

  /// The magnitude's lowest 128 bits where it has no more than 256.
  private var twoWords: UInt128 { UInt128(words.1) &<< 64 | UInt128(words.0) }

  // MARK: Sums

  package static prefix func - (value: BigInteger) -> BigInteger {
    var negative = value
    negative.isNegative = !value.isNegative && !value.isZero
    return negative
  }

  package static func + (left: BigInteger, right: BigInteger) -> BigInteger { left.plus(right, negated: false) }
  package static func - (left: BigInteger, right: BigInteger) -> BigInteger { left.plus(right, negated: true) }

  private func plus(_ other: BigInteger, negated: Bool) -> BigInteger {
    if other.isZero { return self }
    let otherIsNegative = other.isNegative != negated
    if isZero { return negated ? -other : other }
    if count <= 2, other.count <= 2 {
      let (first, second) = (twoWords, other.twoWords)
      if isNegative != otherIsNegative {
        return first >= second
          ? BigInteger(first - second, isNegative: isNegative) : BigInteger(second - first, isNegative: otherIsNegative)
      }
      let (sum, overflows) = first.addingReportingOverflow(second)
      if !overflows { return BigInteger(sum, isNegative: isNegative) }
    }
    if isNegative == otherIsNegative {
      let (longer, shorter) = count >= other.count ? (self, other) : (other, self)
      let count = longer.wordCount
      return BigInteger(count: count + 1, isNegative: isNegative) { sum in
        longer.withWords { first in
          shorter.withWords { second in
            var carry: UInt64 = 0
            for index in 0..<count {
              let term = index < shorter.wordCount ? second[index] : 0
              let (partial, overflow) = first[index].addingReportingOverflow(term)
              let (whole, again) = partial.addingReportingOverflow(carry)
              sum[index] = whole
              carry = overflow || again ? 1 : 0
            }
            sum[count] = carry
          }
        }
      }
    }
    switch compareMagnitude(with: other) {
    case 0: return BigInteger(0)
    case 1: return minusMagnitude(of: other, isNegative: isNegative)
    default: return other.minusMagnitude(of: self, isNegative: otherIsNegative)
    }
  }

  /// The difference of magnitudes, this one's the larger.
  private func minusMagnitude(of other: BigInteger, isNegative: Bool) -> BigInteger {
    BigInteger(count: wordCount, isNegative: isNegative) { difference in
      withWords { first in
        other.withWords { second in
          var borrow: UInt64 = 0
          for index in 0..<wordCount {
            let term = index < other.wordCount ? second[index] : 0
            let (partial, overflow) = first[index].subtractingReportingOverflow(term)
            let (whole, again) = partial.subtractingReportingOverflow(borrow)
            difference[index] = whole
            borrow = overflow || again ? 1 : 0
          }
        }
      }
    }
  }

  /// -1, 0 or 1
  private func compareMagnitude(with other: BigInteger) -> Int {
    guard count == other.count else { return count < other.count ? -1 : 1 }
    return withWords { first in
      other.withWords { second in
        var index = wordCount
        while index > 0 {
          index -= 1
          if first[index] != second[index] { return first[index] < second[index] ? -1 : 1 }
        }
        return 0
      }
    }
  }

  // MARK: Products

  package static func * (left: BigInteger, right: BigInteger) -> BigInteger {
    guard !left.isZero, !right.isZero else { return BigInteger(0) }
    if left.count == 1, right.count == 1 {
      return BigInteger(UInt128(left.words.0) * UInt128(right.words.0), isNegative: left.isNegative != right.isNegative)
    }
    return BigInteger(count: left.wordCount + right.wordCount, isNegative: left.isNegative != right.isNegative) {
      product in
      left.withWords { first in
        right.withWords { second in
          product.update(repeating: 0, count: left.wordCount)
          for along in 0..<right.wordCount {
            var carry: UInt64 = 0
            for index in 0..<left.wordCount {
              // At most (2^64 - 1)^2 + 2 (2^64 - 1) = 2^128 - 1.
              let sum =
                UInt128(first[index]) * UInt128(second[along]) + UInt128(product[along + index]) + UInt128(carry)
              product[along + index] = UInt64(truncatingIfNeeded: sum)
              carry = UInt64(truncatingIfNeeded: sum >> 64)
            }
            product[along + left.wordCount] = carry
          }
        }
      }
    }
  }

  package static func *= (left: inout BigInteger, right: BigInteger) { left = left * right }

  /// Times 2^bits.
  package static func << (value: BigInteger, bits: Int) -> BigInteger {
    guard bits >= 0 else { return value >> -bits }
    guard bits > 0, !value.isZero else { return value }
    if value.count <= 2, value.bitWidth + bits <= 128 {
      return BigInteger(value.twoWords &<< UInt128(bits), isNegative: value.isNegative)
    }
    let (whole, part) = bits.quotientAndRemainder(dividingBy: 64)
    let count = value.wordCount
    return BigInteger(count: whole + count + 1, isNegative: value.isNegative) { shifted in
      value.withWords { words in
        shifted.update(repeating: 0, count: whole)
        var below: UInt64 = 0
        for index in 0..<count {
          shifted[whole + index] = words[index] << UInt64(part) | below
          below = part == 0 ? 0 : words[index] >> UInt64(64 - part)
        }
        shifted[whole + count] = below
      }
    }
  }

  /// floor(value / 2^bits)
  package static func >> (value: BigInteger, bits: Int) -> BigInteger {
    guard bits >= 0 else { return value << -bits }
    guard bits > 0, !value.isZero else { return value }
    let magnitude = value.magnitudeShiftedRight(by: bits)
    guard value.isNegative else { return magnitude }
    return value.trailingZeroBitCount >= bits ? -magnitude : -(magnitude + 1)
  }

  private func magnitudeShiftedRight(by bits: Int) -> BigInteger {
    if count <= 2 { return BigInteger(bits < 128 ? twoWords &>> UInt128(bits) : 0, isNegative: false) }
    let (whole, part) = bits.quotientAndRemainder(dividingBy: 64)
    let count = wordCount - whole
    guard count > 0 else { return BigInteger(0) }
    return BigInteger(count: count, isNegative: false) { shifted in
      withWords { words in
        for index in 0..<count {
          let above = part > 0 && index + 1 < count ? words[whole + index + 1] << UInt64(64 - part) : 0
          shifted[index] = words[whole + index] >> UInt64(part) | above
        }
      }
    }
  }

  // MARK: Quotients

  /// Rounded to zero; the remainder has this number's sign.
  package func quotientAndRemainder(dividingBy divisor: BigInteger) -> (quotient: BigInteger, remainder: BigInteger) {
    precondition(!divisor.isZero, "nothing is divided by zero")
    guard compareMagnitude(with: divisor) >= 0 else { return (BigInteger(0), self) }
    let (length, width) = (wordCount, divisor.wordCount)
    let isOpposite = isNegative != divisor.isNegative
    if length <= 2 {
      let (quotient, remainder) = twoWords.quotientAndRemainder(dividingBy: divisor.twoWords)
      return (BigInteger(quotient, isNegative: isOpposite), BigInteger(remainder, isNegative: isNegative))
    }
    // The dividend, shifted, with a word before it; the divisor, shifted; the quotient.
    return withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 2 * length + 2) { buffer in
      let dividend = buffer.baseAddress.unsafelyUnwrapped
      let normal = dividend + length + 1
      return withUnsafeTemporaryAllocation(of: UInt64.self, capacity: length - width + 1) { buffer in
        let quotient = buffer.baseAddress.unsafelyUnwrapped
        let shift = divisor.withWords { $0[width - 1].leadingZeroBitCount }
        withWords { Self.shiftUp($0, count: length, by: shift, into: dividend) }
        divisor.withWords { words in
          // Its highest word takes all bits.
          withUnsafeTemporaryAllocation(of: UInt64.self, capacity: width + 1) { buffer in
            let shifted = buffer.baseAddress.unsafelyUnwrapped
            Self.shiftUp(words, count: width, by: shift, into: shifted)
            normal.update(from: shifted, count: width)
          }
        }
        Self.divide(dividend, count: length + 1, by: normal, count: width, into: quotient)
        Self.shiftDown(dividend, count: width, by: shift)
        return (
          BigInteger(quotient, count: length - width + 1, isNegative: isOpposite),
          BigInteger(dividend, count: width, isNegative: isNegative)
        )
      }
    }
  }

  private static func shiftUp(
    _ words: UnsafePointer<UInt64>, count: Int, by bits: Int, into shifted: UnsafeMutablePointer<UInt64>
  ) {
    var below: UInt64 = 0
    for index in 0..<count {
      shifted[index] = words[index] << UInt64(bits) | below
      below = bits == 0 ? 0 : words[index] >> UInt64(64 - bits)
    }
    shifted[count] = below
  }

  private static func shiftDown(_ words: UnsafeMutablePointer<UInt64>, count: Int, by bits: Int) {
    guard bits > 0 else { return }
    for index in 0..<count {
      words[index] = words[index] >> UInt64(bits) | (index + 1 < count ? words[index + 1] << UInt64(64 - bits) : 0)
    }
  }

  /// Long division (Knuth, The Art of Computer Programming 2, 4.3.1, algorithm D). The divisor's highest bit is set, and the dividend
  /// is less than the divisor times 2^64 to the difference of their counts; it becomes the remainder.
  private static func divide(
    _ dividend: UnsafeMutablePointer<UInt64>, count: Int, by divisor: UnsafePointer<UInt64>, count width: Int,
    into quotient: UnsafeMutablePointer<UInt64>
  ) {
    let highest = divisor[width - 1]
    let next = width > 1 ? divisor[width - 2] : 0
    var place = count - width
    while place > 0 {
      place -= 1
      let top = dividend + place
      // Two words by one: at most two too large, and the next word says it in nearly all cases.
      var digit: UInt64
      var rest: UInt64
      var isRestWide = false
      if top[width] >= highest {
        digit = .max
        (rest, isRestWide) = top[width - 1].addingReportingOverflow(highest)
      } else {
        (digit, rest) = highest.dividingFullWidth((top[width], top[width - 1]))
      }
      if width > 1 {
        while !isRestWide, UInt128(digit) * UInt128(next) > UInt128(rest) << 64 | UInt128(top[width - 2]) {
          digit -= 1
          (rest, isRestWide) = rest.addingReportingOverflow(highest)
        }
      }
      var borrow: UInt64 = 0
      var carry: UInt64 = 0
      for index in 0..<width {
        let product = UInt128(digit) * UInt128(divisor[index]) + UInt128(carry)
        carry = UInt64(truncatingIfNeeded: product >> 64)
        let (partial, overflow) = top[index].subtractingReportingOverflow(UInt64(truncatingIfNeeded: product))
        let (whole, again) = partial.subtractingReportingOverflow(borrow)
        top[index] = whole
        borrow = overflow || again ? 1 : 0
      }
      let (partial, overflow) = top[width].subtractingReportingOverflow(carry)
      let (whole, again) = partial.subtractingReportingOverflow(borrow)
      top[width] = whole
      if overflow || again {
        digit -= 1
        var carry: UInt64 = 0
        for index in 0..<width {
          let (partial, overflow) = top[index].addingReportingOverflow(divisor[index])
          let (whole, again) = partial.addingReportingOverflow(carry)
          top[index] = whole
          carry = overflow || again ? 1 : 0
        }
        top[width] &+= carry
      }
      quotient[place] = digit
    }
  }

  package static func / (left: BigInteger, right: BigInteger) -> BigInteger {
    left.quotientAndRemainder(dividingBy: right).quotient
  }

  package static func % (left: BigInteger, right: BigInteger) -> BigInteger {
    left.quotientAndRemainder(dividingBy: right).remainder
  }

  /// The rest of the division by a positive number that is not negative.
  package func modulus(_ divisor: BigInteger) -> BigInteger {
    let remainder = self % divisor
    return remainder.isNegative ? remainder + divisor : remainder
  }

  /// Of the magnitudes.
  package func greatestCommonDivisor(with other: BigInteger) -> BigInteger {
    var (first, second) = (magnitude, other.magnitude)
    while !second.isZero { (first, second) = (second, first % second) }
    return first
  }

  /// The number with which the product is 1 modulo a positive number; nil where there is none.
  package func inverse(_ modulus: BigInteger) -> BigInteger? {
    var (rest, next) = (modulus, self.modulus(modulus))
    var (factor, nextFactor): (BigInteger, BigInteger) = (0, 1)
    while !next.isZero {
      let (quotient, remainder) = rest.quotientAndRemainder(dividingBy: next)
      (rest, next) = (next, remainder)
      (factor, nextFactor) = (nextFactor, factor - quotient * nextFactor)
    }
    return rest == 1 ? factor.modulus(modulus) : nil
  }

  /// floor of the square root of a number that is not negative.
  package var squareRoot: BigInteger {
    precondition(!isNegative, "a root's number is not negative")
    guard !isZero else { return self }
    // Newton's iteration from above.
    var root = BigInteger(1) << ((bitWidth + 1) / 2)
    while true {
      let next = (root + self / root) >> 1
      if next >= root { return root }
      root = next
    }
  }
}

extension BigInteger: ExpressibleByIntegerLiteral {
  package init(integerLiteral value: Int64) { self.init(word: value) }
}

extension BigInteger: Hashable {
  package static func == (left: BigInteger, right: BigInteger) -> Bool {
    left.count == right.count && left.isNegative == right.isNegative && left.words == right.words
      && left.long == right.long
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(isNegative)
    withWords { hasher.combine(bytes: UnsafeRawBufferPointer(start: $0, count: 8 * wordCount)) }
  }
}

extension BigInteger: Comparable {
  package static func < (left: BigInteger, right: BigInteger) -> Bool {
    guard left.isNegative == right.isNegative else { return left.isNegative }
    return left.compareMagnitude(with: right) == (left.isNegative ? 1 : -1)
  }
}

extension BigInteger: CustomStringConvertible {
  /// In decimal.
  package var description: String {
    // 10^19 is the largest power that a word holds.
    let power: UInt64 = 10_000_000_000_000_000_000
    let limit = BigInteger(power)
    var groups: [String] = []
    var rest = magnitude
    while rest.count > 1 || rest >= limit {
      let (quotient, remainder) = rest.quotientAndRemainder(dividingBy: limit)
      let digits = "\(remainder.words.0)"
      groups.append(String(repeating: "0", count: 19 - digits.utf8.count) + digits)
      rest = quotient
    }
    return (isNegative ? "-" : "") + "\(rest.words.0)" + groups.reversed().joined()
  }

  /// Reads decimal digits, with a sign or without; nil for anything else.
  package init?(_ text: String) {
    let digits = text.utf8.drop { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") }
    guard !digits.isEmpty, text.utf8.count - digits.count <= 1 else { return nil }
    var value: BigInteger = 0
    for digit in digits {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
      value = value * 10 + BigInteger(UInt64(digit - UInt8(ascii: "0")))
    }
    self = text.utf8.first == UInt8(ascii: "-") ? -value : value
  }
}

extension Int64 {
  /// - Precondition: 64 bits hold it.
  package init(_ value: BigInteger) {
    guard let word = value.int64 else { preconditionFailure("an integer of 64 bits is asked for") }
    self = word
  }
}
