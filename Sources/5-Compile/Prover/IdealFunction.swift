import Numbers
import Quantization

/// The ideal function of one output channel: what the model means by a code, as a function of the integer accumulator.
/// v = scale x accumulator + shift, then its tail; all constants exact.
package struct IdealFunction: Sendable {
  var scale: Rational
  var shift: Rational
  let tail: Tail

  package init(scale: Rational, shift: Rational, tail: Tail) {
    self.scale = scale
    self.shift = shift
    self.tail = tail
  }

  /// What many channels share: element-wise functions, then the steps of a quantizer.
  package struct Tail: Sendable {
    /// The quantizer's are the last.
    let functions: [RealFunction]
    let quantizer: FeatureMapQuantizer
    /// The affine form, as a function of v.
    fileprivate let affine: Affine?

    /// - Parameter functions: what stands between the accumulator's value and the quantizer.
    package init(functions: [RealFunction], quantizer: FeatureMapQuantizer) {
      self.functions = functions + quantizer.functions
      self.quantizer = quantizer
      affine = Affine(self.functions, quantizer)
    }
  }

  /// clamp(round(scale x accumulator + shift) + offset): the form of every chain of affine functions, clips and uniform
  /// steps.
  struct Affine: Sendable {
    var scale: Rational
    var shift: Rational
    var offset: Int64
    var clamp: ClosedRange<Int64>
    var rounding = Rounding.halfEven

    fileprivate struct Form: Hashable, Sendable {
      let scale: Rational.Form
      let shift: Rational.Form
      let offset: Int64
      let clamp: ClosedRange<Int64>
      let rounding: Rounding

      init(_ affine: Affine) {
        (scale, shift) = (affine.scale.form, affine.shift.form)
        (offset, clamp, rounding) = (affine.offset, affine.clamp, affine.rounding)
      }
    }
  }

  /// The affine form, or nil where the chain has another one.
  var affine: Affine? {
    tail.affine.map { affine in
      var affine = affine
      affine.shift = affine.scale * shift + affine.shift
      affine.scale = affine.scale * scale
      return affine
    }
  }

  /// How it is written, as far as its affine form goes: what is written the same is the same.
  struct Form: Hashable, Sendable {
    private let scale: Rational.Form
    private let shift: Rational.Form
    private let tail: Affine.Form?

    fileprivate init(_ function: IdealFunction) {
      scale = function.scale.form
      shift = function.shift.form
      tail = function.tail.affine.map(Affine.Form.init)
    }
  }

  var form: Form { Form(self) }

  /// The code of an accumulator, exactly; nil where an irrational function leaves it open: its value is a boundary between
  /// codes, or nearer to one than can be told.
  func code(of accumulator: Int64) -> Int64? {
    let value = scale * Rational(accumulator) + shift
    for bits in [128, 512, 2048] {
      var values = value...value
      for function in tail.functions {
        guard let next = function.enclosure(of: values, bits: bits) else { return nil }
        values = next
      }
      if let least = tail.quantizer.code(ofResult: values.lowerBound),
        least == tail.quantizer.code(ofResult: values.upperBound)
      {
        return least
      }
      if values.lowerBound == values.upperBound { return nil }
    }
    return nil
  }
}

extension IdealFunction.Affine {
  /// nil where the chain has another form.
  fileprivate init?(_ functions: [RealFunction], _ quantizer: FeatureMapQuantizer) {
    guard case .uniform(let steps) = quantizer.steps, quantizer.codeFactor == 1 else { return nil }
    var scale = Rational.one
    var shift = Rational.zero
    var lower: Rational?
    var upper: Rational?
    func apply(gain: Rational, bias: Rational) {
      scale = gain * scale
      shift = gain * shift + bias
      lower = lower.map { gain * $0 + bias }
      upper = upper.map { gain * $0 + bias }
      if gain.sign < 0 { swap(&lower, &upper) }
    }
    for function in functions {
      switch function {
      case .affine(let gain, let bias): apply(gain: gain, bias: bias)
      case .clip(let least, let most):
        lower = Self.clip(lower ?? least, least, most)
        upper = Self.clip(upper ?? most, least, most)
      case .leakyReLU, .thresholdedReLU, .hardSwish, .curve: return nil
      }
    }
    apply(gain: steps.gain, bias: steps.bias)
    let least = lower.map(steps.code(at:)) ?? steps.clamp.lowerBound
    let most = upper.map(steps.code(at:)) ?? steps.clamp.upperBound
    self.init(scale: scale, shift: shift, offset: steps.zeroPoint, clamp: least...most, rounding: steps.rounding)
  }

  private static func clip(_ value: Rational?, _ lower: Rational?, _ upper: Rational?) -> Rational? {
    value.map { value in
      if let lower, value < lower { return lower }
      if let upper, value > upper { return upper }
      return value
    }
  }

  /// A part of the accumulators over which rounding is of one kind.
  struct Piece: Sendable {
    /// Rounds halves to even.
    let ideal: IdealFunction.Affine
    let accumulators: ClosedRange<Int64>
  }

  /// The same function with halves rounded to even, by sign where rounding looks at it, in ascending order of accumulators.
  func pieces(over accumulators: ClosedRange<Int64>) -> [Piece] {
    if let whole = roundingHalfEven { return [Piece(ideal: whole, accumulators: accumulators)] }
    func piece(_ isPositive: Bool, _ lower: Int64, _ upper: Int64) -> [Piece] {
      lower > upper
        ? [] : [Piece(ideal: roundingHalfEven(whereNumbersArePositive: isPositive), accumulators: lower...upper)]
    }
    let (least, most) = (accumulators.lowerBound, accumulators.upperBound)
    guard scale.sign != 0 else { return piece(shift.sign >= 0, least, most) }
    // Where the position is zero.
    let zero = -shift / scale
    let isRising = scale.sign > 0
    // The first accumulator at which the sign is another than at the least.
    let turn = isRising ? zero.ceiling : zero.floor + 1
    let first = turn.int64?.clamped(to: least...most) ?? (turn.signum() < 0 ? least : most)
    let isTurned = turn <= BigInteger(word: most)
    guard isTurned else { return piece(!isRising, least, most) }
    return (first > least ? piece(!isRising, least, first - 1) : []) + piece(isRising, first, most)
  }

  /// The same function of integer accumulators with halves rounded to even; nil where rounding depends on the sign and both
  /// signs are reached.
  var roundingHalfEven: IdealFunction.Affine? {
    switch rounding {
    case .halfEven: return self
    case .floor, .ceiling, .twice(bits: 0): return roundingHalfEven(whereNumbersArePositive: true)
    case .halfAwayFromZero, .halfTowardZero, .awayFromZero, .towardZero, .twice:
      // What codes of the other sign are is hidden by the clamp.
      if clamp.lowerBound >= offset { return roundingHalfEven(whereNumbersArePositive: true) }
      return clamp.upperBound <= offset ? roundingHalfEven(whereNumbersArePositive: false) : nil
    }
  }

  /// The same function of integer accumulators with positions of one sign.
  ///
  /// All positions are multiples of 1 / (4 d), where d is the common denominator of scale, shift and 1/2. Moved by less than
  /// that they stay on their side of every integer and half, and meet none: floor(p) = round(p - 1/2 + 1 / (8 d)).
  private func roundingHalfEven(whereNumbersArePositive isPositive: Bool) -> IdealFunction.Affine {
    var moved = self
    moved.rounding = .halfEven
    if case .twice(let bits) = rounding {
      moved.shift = isPositive ? shift + Rounding.moved(bits) : shift - Rounding.moved(bits)
    }
    let (_, _, denominator) = scale.overCommonDenominator(with: moved.shift)
    let hair = Rational(1, over: denominator << 3)
    let half = Rational.powerOfTwo(-1)
    switch (rounding, isPositive) {
    case (.halfEven, _): break
    case (.floor, _), (.towardZero, true), (.awayFromZero, false): moved.shift = shift - half + hair
    case (.ceiling, _), (.awayFromZero, true), (.towardZero, false): moved.shift = shift + half - hair
    case (.halfAwayFromZero, true), (.halfTowardZero, false): moved.shift = shift + hair
    case (.halfTowardZero, true), (.halfAwayFromZero, false): moved.shift = shift - hair
    case (.twice, _): moved.shift = moved.shift + hair
    }
    return moved
  }
}
