import IntegerProgram
import Numbers

/// Finds and proves the smallest affine requantizer of a channel: the method of `docs/proofs.md`.
struct AffineProof {
  private let ideal: IdealFunction.Affine
  private let accumulators: ClosedRange<Int64>
  /// Over all of them.
  private let pieces: [IdealFunction.Affine.Piece]

  init(ideal: IdealFunction.Affine, accumulators: ClosedRange<Int64>) {
    pieces = ideal.pieces(over: accumulators)
    self.ideal = pieces[0].ideal
    self.accumulators = accumulators
  }

  /// What its requantizer follows from, as it is written: halves go to the even code.
  var question: Question {
    Question(
      pieces: pieces.map {
        .init(scale: $0.ideal.scale.form, shift: $0.ideal.shift.form, accumulators: $0.accumulators)
      }, offset: ideal.offset, clamp: ideal.clamp)
  }

  struct Question: Hashable, Sendable {
    struct Piece: Hashable, Sendable {
      let scale: Rational.Form
      let shift: Rational.Form
      let accumulators: ClosedRange<Int64>
    }

    let pieces: [Piece]
    let offset: Int64
    let clamp: ClosedRange<Int64>
  }

  /// Beyond this a multiplier does not fit its 63 bits with room for the accumulator.
  private static let maximumShift = 100

  /// The requantizer that equals the ideal function for every accumulator in the range, or nil where no affine one does.
  var requantizer: AffineRequantizer? {
    guard ideal.scale.sign != 0 else { return constant(ideal.shift.roundedHalfEven) }
    // What overflows on the way is left to tables.
    return (pieces.count > 1 ? floor : halfEven ?? floor).flatMap { requantizer in
      if case .success = requantizer.codes(of: accumulators) { requantizer } else { nil }
    }
  }

  /// One with a multiplier of no more than `bits`, where there is one; else what there is. The multiplier of `floor` is the
  /// smallest there is; half-even ones may be larger where all ties go one way, which a floor has too.
  func requantizer(multiplierBits bits: Int) -> AffineRequantizer? {
    guard let requantizer, requantizer.multiplierBits > bits, requantizer.rounding == .halfEven,
      let moved = ideal.withoutTies(over: accumulators),
      let other = AffineProof(ideal: moved, accumulators: accumulators).requantizer,
      other.multiplierBits < requantizer.multiplierBits
    else { return requantizer }
    return other
  }

  // MARK: Half-even

  /// Where scale and shift are multiples of a power of two and the multiplier is small, the hardware computes the ideal
  /// function itself: nothing is approximated. It is taken only where ties occur, which nothing else can round right.
  private var halfEven: AffineRequantizer? {
    guard let scaleShift = ideal.scale.binaryPlaces, let shiftShift = ideal.shift.binaryPlaces else { return nil }
    let shift = max(scaleShift, shiftShift)
    guard shift > 0, shift <= Self.maximumShift else { return nil }
    let multiplier = ideal.scale.numerator << (shift - scaleShift)
    let addend = ideal.shift.numerator << (shift - shiftShift)
    guard let narrow = multiplier.int64, narrow.magnitude < 1 << 62, let wide = addend.int128,
      wide.magnitude < 1 << 120,
      reachesTie(multiplier: multiplier, addend: addend, shift: shift)
    else { return nil }
    return AffineRequantizer(
      multiplier: narrow, addend: wide, shift: shift, rounding: .halfEven, offset: ideal.offset)
  }

  /// Whether multiplier x accumulator + addend = 2^(shift - 1) modulo 2^shift for an accumulator in the range.
  private func reachesTie(multiplier: BigInteger, addend: BigInteger, shift: Int) -> Bool {
    // With multiplier = 2^twos x odd the accumulators of ties are one class modulo 2^(shift - twos), if any.
    let twos = multiplier.trailingZeroBitCount
    let modulus = BigInteger(1) << shift
    let target = ((BigInteger(1) << (shift - 1)) - addend).modulus(modulus)
    guard twos < shift else { return target.isZero }
    guard target.isZero || target.trailingZeroBitCount >= twos else { return false }
    let period = BigInteger(1) << (shift - twos)
    guard let inverse = (multiplier >> twos).modulus(period).inverse(period) else { return period == 1 }
    let first = ((target >> twos) * inverse).modulus(period)
    let lower = BigInteger(word: accumulators.lowerBound)
    let next = lower + (first - lower).modulus(period)
    return next <= BigInteger(word: accumulators.upperBound)
  }

  // MARK: Floor

  private var floor: AffineRequantizer? {
    guard let corners = StepCorners(pieces) else { return nil }
    if let code = corners.constant { return constant(code) }
    // Seen from the start, where the function has its least code: numbers stay small.
    func relative(_ corner: StepCorners.Corner) -> LatticePoint {
      LatticePoint(
        x: Int128(corners.direction) * Int128(corner.accumulator - corners.start), y: corner.code - corners.lowest)
    }
    let separation = Separation(
      below: corners.below.map(relative), above: corners.above.map(relative), slope: corners.slope,
      fraction: corners.fraction)
    let smallest =
      pieces.count == 1
      ? separation.smallestLine(maximumShift: corners.fraction)
      : separation.smallestLine(ofAnySlopeWith: Self.maximumShift)
    guard let line = smallest, line.multiplier < 1 << 62 else { return nil }
    let multiplier = line.multiplier * Int128(corners.direction)
    // The product has 124 bits at most.
    guard let codes = (corners.lowest + Int128(ideal.offset)).shiftedLeft(by: line.shift),
      max(codes.magnitude, line.addend.magnitude) < 1 << 125
    else { return nil }
    return AffineRequantizer(
      multiplier: Int64(multiplier), addend: line.addend + codes - multiplier * Int128(corners.start),
      shift: line.shift)
  }

  /// The same code for every accumulator; `position` counts before the offset.
  private func constant(_ position: BigInteger) -> AffineRequantizer? {
    let bounds = BigInteger(word: ideal.clamp.lowerBound)...BigInteger(word: ideal.clamp.upperBound)
    let code = (position + BigInteger(word: ideal.offset)).clamped(to: bounds)
    return code.int128.map { AffineRequantizer(multiplier: 0, addend: $0, shift: 0) }
  }
}
