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
}

extension LevelSteps {
  /// Bounds of the thresholds at which codes that rose begin to fall, or the other way round.
  package var turningPoints: [Rational] {
    var points: [Rational] = []
    var wasRising: Bool?
    for (index, threshold) in thresholds.enumerated() where codes[index] != codes[index + 1] {
      let rises = codes[index + 1] > codes[index]
      if let wasRising, wasRising != rises { points += [threshold.below, threshold.above] }
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
}
