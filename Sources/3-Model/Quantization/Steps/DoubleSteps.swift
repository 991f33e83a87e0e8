import Numbers

/// A quantizer as a program that has nothing but doubles decides it for every double, exactly: what a host makes codes with.
package enum DoubleSteps: Sendable {
  /// factor x round_half_even(v / step) within `positions`, + offset.
  case uniform(step: SplitStep, positions: CodeRange, factor: Int64, offset: Int64)
  /// codes[how many of these ascending numbers are <= v]
  case levels([Double], codes: [Int64])

  /// high + low, whose products with (k - 1/2) are doubles for every position k: what lies halfway between two codes is known
  /// exactly in two parts.
  package struct SplitStep: Hashable, Sendable {
    package let high: Double
    package let low: Double

    /// - Parameter bits: of k - 1/2, as a number of halves.
    fileprivate init?(_ step: Double, bits: Int) {
      let room = Double.significandBitCount + 1 - bits
      if step.significandWidth < room {
        (high, low) = (step, 0)
      } else {
        let lowBits = (Double.significandBitCount + 1) / 2 + 1
        guard lowBits <= room else { return nil }
        high = Double(bitPattern: (step.bitPattern >> UInt64(lowBits)) << UInt64(lowBits))
        low = step - high
      }
    }
  }

  /// How many levels a table may have.
  package static let mostLevels = 1 << 12

  /// The same with codes moved by a constant.
  package func shiftingCodes(by shift: Int64) -> DoubleSteps {
    switch self {
    case .uniform(let step, let positions, let factor, let offset):
      .uniform(step: step, positions: positions, factor: factor, offset: offset + shift)
    case .levels(let levels, let codes): .levels(levels, codes: codes.map { $0 + shift })
    }
  }
}

extension FeatureMapQuantizer {
  /// nil where doubles alone do not decide it: functions with irrational values, or more levels than a table may have.
  package var doubleSteps: DoubleSteps? { evenSteps ?? doubleLevels }

  /// What of the position is added behind rounding, where that changes nothing: an even integer.
  private static func movedBehindRounding(_ bias: Rational) -> Int64? {
    bias.int64.flatMap { $0.isMultiple(of: 2) && abs($0) < 1 << 32 ? $0 : nil }
  }

  private var evenSteps: DoubleSteps? {
    guard functions.isEmpty, case .uniform(let steps) = steps, steps.rounding == .halfEven, steps.gain.sign > 0,
      let bias = Self.movedBehindRounding(steps.bias)
    else { return nil }
    let exact = Rational.one / steps.gain
    let step = exact.double
    guard step.isFinite, Rational(step) == exact, (-900...900).contains(step.exponent) else { return nil }
    let zeroPoint = steps.zeroPoint + bias
    let positions = steps.clamp.shifted(by: -zeroPoint)
    let bits = UInt64.bitWidth - positions.largestMagnitude.leadingZeroBitCount + 2
    guard let split = DoubleSteps.SplitStep(step, bits: bits) else { return nil }
    return .uniform(step: split, positions: positions, factor: codeFactor, offset: codeFactor * zeroPoint)
  }

  /// The same as levels.
  package var doubleLevels: DoubleSteps? {
    if functions.isEmpty, case .levels(let steps) = steps, steps.thresholds.count < DoubleSteps.mostLevels {
      return .levels(steps.compiled.firstPassing, codes: steps.codes.map { codeFactor * $0 })
    }
    guard functions.allSatisfy(\.isRational), functions.dropFirst().allSatisfy(\.turningPoints.isEmpty) else {
      return nil
    }
    switch steps {
    case .uniform(let steps): guard steps.clamp.count <= DoubleSteps.mostLevels else { return nil }
    case .levels(let steps):
      guard steps.turningPoints.isEmpty, steps.thresholds.count < DoubleSteps.mostLevels else { return nil }
    }
    // Between turning points codes rise or fall all the way.
    let turns = (functions.first?.turningPoints ?? []).flatMap { point in
      let nearest = OrderedDouble(point.lowerBound.double)
      return [nearest.before, nearest, nearest.next]
    }
    let ends =
      [OrderedDouble(-.greatestFiniteMagnitude)] + turns.sorted { $0.key < $1.key }
      + [OrderedDouble(.greatestFiniteMagnitude)]
    var search = LevelSearch(self, from: ends[0])
    for end in ends.dropFirst() { search.advance(to: end) }
    return .levels(search.levels, codes: search.codes)
  }
}

extension FeatureMapQuantizer {
  /// From the first number with another code than the least to the last with another than the largest; nil where these two have one.
  package var span: ClosedRange<Double>? {
    let (least, most) = (OrderedDouble(-.greatestFiniteMagnitude), OrderedDouble(.greatestFiniteMagnitude))
    let (first, last) = (exactCode(of: least.value), exactCode(of: most.value))
    guard first != last else { return nil }
    func end(_ isBehind: (Int64) -> Bool) -> OrderedDouble {
      var (below, above) = (least, most)
      while above.key > below.key + 1 {
        let middle = below.middle(to: above)
        if isBehind(exactCode(of: middle.value)) { above = middle } else { below = middle }
      }
      return above
    }
    return ClosedRange(between: end { $0 != first }.value, and: end { $0 == last }.value)
  }
}

/// A finite double as its place among all of them.
private struct OrderedDouble {
  let key: Int64

  init(key: Int64) { self.key = key }

  init(_ value: Double) {
    let bits = Int64(bitPattern: value.bitPattern)
    key = bits >= 0 ? bits : .min - bits
  }

  var value: Double { Double(bitPattern: UInt64(bitPattern: key >= 0 ? key : .min - key)) }
  var before: OrderedDouble { .init(key: key - 1) }
  var next: OrderedDouble { .init(key: key + 1) }

  func middle(to other: OrderedDouble) -> OrderedDouble {
    .init(key: (key >> 1) + (other.key >> 1) + (key & other.key & 1))
  }
}

/// Finds the doubles at which codes change.
private struct LevelSearch {
  private let quantizer: FeatureMapQuantizer
  private(set) var levels: [Double] = []
  private(set) var codes: [Int64]
  private var place: OrderedDouble

  init(_ quantizer: FeatureMapQuantizer, from start: OrderedDouble) {
    self.quantizer = quantizer
    place = start
    codes = [quantizer.exactCode(of: start.value)]
  }

  /// Goes on to a number up to which codes do not both rise and fall.
  mutating func advance(to end: OrderedDouble) {
    guard end.key > place.key else { return }
    search(to: end, quantizer.exactCode(of: end.value))
  }

  private mutating func search(to end: OrderedDouble, _ code: Int64) {
    if code == codes[codes.count - 1] {
      place = end
    } else if end.key == place.key + 1 {
      levels.append(end.value)
      codes.append(code)
      place = end
    } else {
      let middle = place.middle(to: end)
      search(to: middle, quantizer.exactCode(of: middle.value))
      search(to: end, code)
    }
  }
}

extension RealFunction {
  /// Whether fractions have fractions as values.
  fileprivate var isRational: Bool {
    switch self {
    case .affine, .clip, .leakyReLU, .thresholdedReLU, .hardSwish: true
    case .curve(let curve): curve.isRational
    }
  }
}
