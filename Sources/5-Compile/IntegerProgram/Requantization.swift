import Numbers

/// How an integer accumulator becomes a code, for one output channel. `Lowering` proves each equal to the ideal function
/// for every accumulator that the weights and input codes can reach.
package enum Requantizer: Hashable, Sendable {
  /// code = clamp(round((accumulator * multiplier + addend) / 2^shift) + offset)
  case affine(AffineRequantizer)
  /// code = clamp(round((accumulator * multiplier + addend) / divisor) + offset): where numbers that lie between two codes go to
  /// both sides, which no shift does. The processor alone divides.
  case quotient(QuotientRequantizer)
  /// A step function: where the chain is not affine.
  case table(ThresholdTable)
}

/// `floor((accumulator * multiplier + addend) / 2^shift) + offset`, or, with `rounding` half even, the nearest integer
/// with ties to the even one in place of the floor.
package struct AffineRequantizer: Hashable, Sendable {
  package enum Rounding: Hashable, Sendable { case floor, halfEven }

  package var multiplier: Int64
  package var addend: Int128
  /// 0...126
  package var shift: Int
  package var rounding: Rounding
  /// Added after rounding; zero with `floor`, where it is part of the addend.
  package var offset: Int64

  package init(multiplier: Int64, addend: Int128, shift: Int, rounding: Rounding = .floor, offset: Int64 = 0) {
    self.multiplier = multiplier
    self.addend = addend
    self.shift = shift
    self.rounding = rounding
    self.offset = offset
  }

  /// Of the multiplier, the sign included.
  package var multiplierBits: Int { 65 - (multiplier < 0 ? ~multiplier : multiplier).leadingZeroBitCount }

  /// The code before clamping.
  package func callAsFunction(_ accumulator: Int64) -> Int64 {
    let scaled = Int128(accumulator) * Int128(multiplier) + addend
    let floor = scaled >> Int128(shift)
    guard rounding == .halfEven, shift > 0 else { return Int64(floor) + offset }
    let remainder = scaled - (floor << Int128(shift))
    let half = Int128(1) << Int128(shift - 1)
    let roundsUp = remainder > half || (remainder == half && floor & 1 == 1)
    return Int64(floor) + (roundsUp ? 1 : 0) + offset
  }
}

/// round((accumulator * multiplier + addend) / divisor) + offset, ties to the even integer before the offset.
package struct QuotientRequantizer: Hashable, Sendable {
  package var multiplier: Int64
  package var addend: Int64
  /// Above zero.
  package var divisor: Int64
  package var offset: Int64

  package init(multiplier: Int64, addend: Int64, divisor: Int64, offset: Int64 = 0) {
    self.multiplier = multiplier
    self.addend = addend
    self.divisor = divisor
    self.offset = offset
  }

  /// The code before clamping.
  package func callAsFunction(_ accumulator: Int64) -> Int64 {
    var (quotient, rest) = (accumulator * multiplier + addend).quotientAndRemainder(dividingBy: divisor)
    if rest < 0 { (quotient, rest) = (quotient - 1, rest + divisor) }
    let other = divisor - rest
    return quotient + (rest > other || (rest == other && quotient & 1 == 1) ? 1 : 0) + offset
  }
}

/// codes[number of thresholds that are <= accumulator]; thresholds ascend strictly, and there is one code more.
package struct ThresholdTable: Hashable, Sendable {
  package var thresholds: [Int64]
  package var codes: [Int64]

  package init(thresholds: [Int64], codes: [Int64]) {
    precondition(codes.count == thresholds.count + 1, "a table has one code more than thresholds")
    self.thresholds = thresholds
    self.codes = codes
  }

  package func callAsFunction(_ accumulator: Int64) -> Int64 {
    var low = 0
    var high = thresholds.count
    while low < high {
      let middle = (low + high) / 2
      if thresholds[middle] <= accumulator { low = middle + 1 } else { high = middle }
    }
    return codes[low]
  }
}

/// The requantizers of a layer, one for all channels or one per channel, and the clamp that all of them share. All are of
/// one kind: a layer is affine, a quotient or a table.
package struct Requantization: Hashable, Sendable {
  package var channels: PerChannel<Requantizer>
  package var clamp: CodeRange

  package init(channels: PerChannel<Requantizer>, clamp: CodeRange) {
    self.channels = channels
    self.clamp = clamp
  }

  /// By channel; nil where there is none.
  package var quotients: [QuotientRequantizer]? {
    let quotients = channels.compactMap { if case .quotient(let quotient) = $0 { quotient } else { nil } }
    return quotients.isEmpty ? nil : quotients
  }

  package func callAsFunction(_ accumulator: Int64, channel: Int) -> Int64 {
    let code: Int64
    switch channels[channel] {
    case .affine(let affine): code = affine(accumulator)
    case .quotient(let quotient): code = quotient(accumulator)
    case .table(let table): code = table(accumulator)
    }
    return code.clamped(to: clamp)
  }
}

/// What happens to an instruction's accumulators.
package enum OutputStage: Hashable, Sendable {
  /// They are the output's codes.
  case accumulator
  case requantize(Requantization)
}
