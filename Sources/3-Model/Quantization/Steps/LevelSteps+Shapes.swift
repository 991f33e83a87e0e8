import Numbers

extension LevelSteps {
  /// Steps that are the same on both sides of zero: `positive` has the ascending thresholds above zero with the codes that
  /// begin there.
  package init(mirroring positive: [(threshold: Threshold, code: Int64)]) {
    self.init(
      thresholds: positive.reversed().map(\.threshold.mirrored) + positive.map(\.threshold),
      codes: positive.reversed().map { -$0.code } + [0] + positive.map(\.code))
  }
}

extension LevelSteps {
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
    self.init(Rational(.init(2 * integer + 1), over: 2) / gain, isInclusive: !integer.isMultiple(of: 2))
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
