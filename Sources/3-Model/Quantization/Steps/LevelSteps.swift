import Numbers

/// codes[number of thresholds passed], thresholds ascending.
package struct LevelSteps: Sendable {
  package let thresholds: [Threshold]
  package let codes: [Int64]
  /// The same with double thresholds.
  package let compiled: Compiled

  package init(thresholds: [Threshold], codes: [Int64]) {
    precondition(codes.count == thresholds.count + 1, "there is one code more than thresholds")
    self.thresholds = thresholds
    self.codes = codes
    compiled = Compiled(firstPassing: thresholds.map(\.firstPassing), codes: codes)
  }

  /// The code in double precision.
  package func code(of value: Double) -> Int64 { compiled.code(of: value) }

  /// The code of an exact number, or nil where it cannot be told from a threshold.
  package func code(of value: Rational) -> Int64? {
    var low = 0
    var high = thresholds.count
    while low < high {
      let middle = (low + high) / 2
      let threshold = thresholds[middle]
      if value > threshold.above || (value == threshold.above && threshold.isInclusive) {
        low = middle + 1
      } else if value <= threshold.below {
        high = middle
      } else {
        return nil
      }
    }
    return codes[low]
  }

  /// The thresholds at which codes that rose begin to fall, or the other way round.
  package var turningPoints: [ClosedRange<Rational>] {
    var points: [ClosedRange<Rational>] = []
    var wasRising: Bool?
    for (index, threshold) in thresholds.enumerated() where codes[index] != codes[index + 1] {
      let rises = codes[index + 1] > codes[index]
      if let wasRising, wasRising != rises { points.append(threshold.below...threshold.above) }
      wasRising = rises
    }
    return points
  }

  /// What runs over many values.
  package struct Compiled: Sendable {
    /// For each threshold the smallest double that passes it.
    package let firstPassing: [Double]
    fileprivate let codes: [Int64]

    func code(of value: Double) -> Int64 {
      var low = 0
      var high = firstPassing.count
      while low < high {
        let middle = (low + high) / 2
        if value >= firstPassing[middle] { low = middle + 1 } else { high = middle }
      }
      return codes[low]
    }
  }

  /// A real number between two fractions that both lie within 2^-200 of it, or one fraction twice.
  package struct Threshold: Sendable {
    package var below: Rational
    package var above: Rational
    /// Whether the threshold itself already counts as passed.
    package var isInclusive: Bool

    package init(_ exact: Rational, isInclusive: Bool) {
      below = exact
      above = exact
      self.isInclusive = isInclusive
    }

    package init(between below: Rational, and above: Rational) {
      self.below = below
      self.above = above
      isInclusive = true
    }

    /// The smallest double that passes it.
    fileprivate var firstPassing: Double {
      let nearest = above.double
      let exact = Rational(nearest)
      return exact > above || (exact == above && isInclusive) ? nearest : nearest.nextUp
    }
  }

  /// Steps that are the same on both sides of zero: `positive` has the ascending thresholds above zero with the codes that
  /// begin there.
  package init(mirroring positive: [(threshold: Threshold, code: Int64)]) {
    self.init(
      thresholds: positive.reversed().map(\.threshold.mirrored) + positive.map(\.threshold),
      codes: positive.reversed().map { -$0.code } + [0] + positive.map(\.code))
  }

  /// Ascending steps with the codes that begin there; steps between equal codes are left out.
  package init(from first: Int64, _ steps: [(threshold: Threshold, code: Int64)]) {
    var kept: [Threshold] = []
    var codes = [first]
    for step in steps where step.code != codes[kept.count] {
      kept.append(step.threshold)
      codes.append(step.code)
    }
    self.init(thresholds: kept, codes: codes)
  }

  /// Steps of `code`, which is constant between neighbours of `thresholds` (exact, in any order).
  package init(at thresholds: [Threshold], code: (Rational) -> Int64) {
    let sorted = thresholds.sorted {
      $0.above == $1.above ? $0.isInclusive && !$1.isInclusive : $0.above < $1.above
    }
    let steps = sorted.enumerated().map { index, threshold in
      let next = index + 1 < sorted.count ? sorted[index + 1].above : threshold.above + .one + .one
      return (threshold, code((threshold.above + next) / 2))
    }
    self.init(from: code((sorted.first?.above ?? .zero) - .one), steps)
  }
}

extension LevelSteps.Threshold {
  /// Where round_half_even(gain x v) steps up from `integer`; the gain is positive.
  package init(roundingUpFrom integer: Int64, gain: Rational = .one) {
    self.init(Rational(.init(word: 2 * integer + 1), over: 2) / gain, isInclusive: !integer.isMultiple(of: 2))
  }

  /// The threshold that -v passes upwards exactly where v has not passed this one.
  package var mirrored: Self {
    below == above ? Self(-above, isInclusive: !isInclusive) : Self(between: -above, and: -below)
  }
}

extension FeatureMapQuantizer {
  /// The sign, where 0 counts as positive: codes -1 and 1.
  package static func sign(
    after functions: [RealFunction] = [], scale: Rational, arithmetic: QuantizerArithmetic = .init()
  ) -> FeatureMapQuantizer {
    let codes: [Int64] = scale.sign < 0 ? [1, -1] : [-1, 1]
    return FeatureMapQuantizer(
      functions: functions,
      steps: .levels(LevelSteps(thresholds: [.init(.zero, isInclusive: true)], codes: codes)),
      format: CodeFormat(scale: scale.magnitude, range: -1...1), arithmetic: arithmetic)
  }
}
