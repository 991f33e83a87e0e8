import Diagnostics
import Numbers
import Quantization

/// Magnitudes to exponents of two, as QKeras' `_clip_power_of_two` has it: magnitudes below epsilon take the lowest exponent;
/// above, log2 is rounded half to even (or down) and clipped; `quadratic_approximation` makes it twice the rounded half.
struct PowerOfTwoExponents {
  let lowest: Int
  let highest: Int
  /// Larger magnitudes count as this one.
  let maxValue: Float?
  /// The same as it is written.
  let declaredMaximum: Double?
  let isQuadratic: Bool
  let roundsDown: Bool

  /// - Parameter magnitudeBits: those of the exponent and its sign; those of the exponent alone are 0 to 7.
  init(magnitudeBits: Int, maximum: Double?, isQuadratic: Bool, roundsDown: Bool) {
    maxValue = maximum.map { Float($0) }
    declaredMaximum = maximum
    self.isQuadratic = isQuadratic
    self.roundsDown = roundsDown
    let bound = 1 << min(max(Self.bits(magnitudeBits, maximum), 0), 7)
    lowest = -bound
    highest = isQuadratic ? 2 * ((bound - 1) / 2) : bound - 1
  }

  /// Without a bound of 1 or less exponents may be positive and need a sign.
  fileprivate static func bits(_ magnitudeBits: Int, _ maximum: Double?) -> Int {
    magnitudeBits - (maximum.map { $0 > 1 } ?? true ? 1 : 0)
  }

  func dataType(bits: Int, isSigned: Bool) -> DataType {
    .powerOfTwo(bits: bits, integerBits: bits, isSigned: isSigned, largest: declaredMaximum ?? -1)
  }

  private var factor: Int { isQuadratic ? 2 : 1 }

  /// The exponent of a magnitude. QKeras takes float32 logarithms, whose last bit depends on where in its tensor a number
  /// stands; near a boundary this is what they are meant to be.
  func exponent(of magnitude: Float) -> Int {
    magnitude < LeastSquaresScale.epsilon ? lowest : factor * rounded(magnitude)
  }

  /// The clipped integer next to its log2, or to half of it.
  private func rounded(_ magnitude: Float) -> Int {
    let bounded = maxValue.map { min(magnitude, $0) } ?? magnitude
    return min(max(isQuadratic ? halfLogarithm(bounded) : logarithm(bounded), lowest), highest)
  }

  private func logarithm(_ magnitude: Float) -> Int {
    roundsDown ? Int(magnitude.exponent) : magnitude.roundedLogarithm
  }

  private func halfLogarithm(_ magnitude: Float) -> Int {
    let whole = Int(magnitude.exponent)
    if roundsDown || whole.isMultiple(of: 2) { return whole >> 1 }
    // From 2^(2 k + 1) on it is nearer to k + 1; there it is a tie, which goes to the even integer.
    let lower = whole >> 1
    return magnitude.significand == 1 && lower.isMultiple(of: 2) ? lower : lower + 1
  }

  /// Where the exponent changes while a magnitude rises, and the exponents that begin there.
  var steps: [(threshold: LevelSteps.Threshold, exponent: Int)] {
    let first = rounded(LeastSquaresScale.epsilon)
    let last = maxValue.map(rounded) ?? highest
    let start = LevelSteps.Threshold(Rational(LeastSquaresScale.epsilon), isInclusive: true)
    guard last > first else { return [(start, factor * first)] }
    return [(start, factor * first)] + (first + 1...last).map { (threshold(to: $0), factor * $0) }
  }

  private func threshold(to integer: Int) -> LevelSteps.Threshold {
    if roundsDown { return .init(.powerOfTwo(factor * integer), isInclusive: true) }
    // log2(sqrt(x)) = k + 1/2 at x = 2^(2 k + 1): a tie, which goes to the even integer.
    if isQuadratic { return .init(.powerOfTwo(2 * integer - 1), isInclusive: integer.isMultiple(of: 2)) }
    let root = Self.rootOfTwo
    return .init(
      between: root.below * .powerOfTwo(integer - 1), and: root.above * .powerOfTwo(integer - 1))
  }

  /// The square root of 2 between two fractions 2^-360 apart.
  private static let rootOfTwo: (below: Rational, above: Rational) = {
    let below = (BigInteger(2) << 720).squareRoot
    return (Rational(below, over: BigInteger(1) << 360), Rational(below + 1, over: BigInteger(1) << 360))
  }()

  /// Steps for values of either sign: sign(v) 2^exponent below zero where `negativeGain` is given (for |v| times it), for
  /// all negative values the lowest power otherwise. Codes count the smallest power of two.
  func featureMap(
    negativeGain: Rational?, _ quantizer: String, at location: Diagnostic.Location
  ) throws -> FeatureMapQuantizer {
    let steps = self.steps
    let exponents = steps.map(\.exponent) + [lowest]
    let smallest = exponents.min() ?? lowest
    let span = (exponents.max() ?? lowest) - smallest
    try require(
      span <= 61, "\(quantizer): its values reach from 2^\(smallest) to 2^\(smallest + span)", at: location,
      supported: "powers of two that are at most 2^61 apart", fix: "use fewer bits or set max_value")
    func code(_ exponent: Int) -> Int64 { 1 << Int64(exponent - smallest) }
    let positive = steps.map { (threshold: $0.threshold, code: code($0.exponent)) }
    var all = positive
    var first = code(lowest)
    if let negativeGain {
      let negative = positive.map { (threshold: $0.threshold.scaled(by: .one / negativeGain), code: -$0.code) }
      let below = negative.map(\.code).reversed() + [-first]
      let mirrored = negative.reversed().map(\.threshold.mirrored) + [.init(.zero, isInclusive: true)]
      all = zip(mirrored, below.dropFirst() + [first]).map { (threshold: $0, code: $1) } + positive
      first = below[0]
    }
    let levels = LevelSteps(from: first, all)
    return FeatureMapQuantizer(
      steps: .levels(levels),
      format: CodeFormat(
        scale: .powerOfTwo(smallest), range: (levels.codes.min() ?? 0)...(levels.codes.max() ?? 0)),
      arithmetic: arithmetic)
  }

  /// log(x) / log(2) of a few roundings: they move x by ln 2 |log2 x| of itself.
  private var arithmetic: QuantizerArithmetic { .init(roundings: 4 + 3 * max(abs(lowest), abs(highest))) }

  /// Signed powers of two as codes of the smallest one among them, in the tensor or else per index of the last axis.
  static func tensor(
    _ powers: [(isNegative: Bool, exponent: Int)], shape: [Int], bits: Int, _ quantizer: String,
    at location: Diagnostic.Location
  ) throws -> QuantizedTensor {
    let whole = ScaleGroups(whole: shape)
    let channels = ScaleGroups(shape: shape, axes: shape.isEmpty ? [] : [shape.count - 1])
    for groups in [whole, channels] {
      var smallest = [Int](repeating: .max, count: groups.count)
      var largest = [Int](repeating: .min, count: groups.count)
      for (element, group) in groups.ofElement.enumerated() {
        smallest[Int(group)] = min(smallest[Int(group)], powers[element].exponent)
        largest[Int(group)] = max(largest[Int(group)], powers[element].exponent)
      }
      guard zip(smallest, largest).allSatisfy({ $0 > $1 || $1 - $0 <= 61 }) else { continue }
      let codes = zip(powers, groups.ofElement).map { power, group in
        (power.isNegative ? -1 : 1) * (Int64(1) << Int64(power.exponent - smallest[Int(group)]))
      }
      return try QuantizedTensor(
        codes, scales: smallest.map { $0 == .max ? .one : .powerOfTwo($0) }, groups: groups, bits: bits, quantizer,
        at: location)
    }
    let exponents = powers.map(\.exponent)
    throw Diagnostic(
      "\(quantizer): powers from 2^\(exponents.min() ?? 0) to 2^\(exponents.max() ?? 0) in one channel", at: location,
      supported: "powers of two that are at most 2^61 apart", fix: "use fewer bits: zeros become the smallest power")
  }
}

extension Float {
  /// The integer next to the logarithm to base 2 of a positive number, exactly: the square of a significand fits a double.
  var roundedLogarithm: Int { Int(exponent) + (Double(significand) * Double(significand) > 2 ? 1 : 0) }
}

extension LevelSteps.Threshold {
  /// The threshold times a positive factor.
  func scaled(by factor: Rational) -> Self {
    var copy = self
    copy.below = below * factor
    copy.above = above * factor
    return copy
  }
}

extension QuantizerArguments {
  /// `max_value`, which leaves 0 to 7 bits for exponents.
  mutating func maximum(magnitudeBits: Int) -> Double? {
    let maximum = number("max_value")
    if let maximum, maximum <= 0 { refuse("max_value = \(maximum)", supported: "above 0") }
    let bits = PowerOfTwoExponents.bits(magnitudeBits, maximum)
    if !(0...7).contains(bits) {
      refuse("\(bits) bits for exponents", supported: "0 to 7: 2^-128 is the smallest float32", fix: "change bits")
    }
    return maximum
  }

  /// `log2_rounding`
  mutating func roundsDown() -> Bool {
    let rounding = string("log2_rounding", default: "rnd")
    if rounding != "rnd" && rounding != "floor" {
      refuse("log2_rounding = '\(rounding)'", supported: "'rnd' and 'floor'")
    }
    return rounding == "floor"
  }
}
