/// The last stage of every quantizer: real numbers to integer codes, constant between steps.
package enum StepFunction: Sendable {
  case uniform(UniformSteps)
  case levels(LevelSteps)
}

/// code = clamp(round_half_even(gain x v + bias) + zero point)
package struct UniformSteps: Sendable {
  package var gain: Rational
  package var bias: Rational
  package var zeroPoint: Int64
  package var clamp: ClosedRange<Int64>
  private let gainDouble: Double
  private let biasDouble: Double
  /// Where 1 / gain is a double and gain is not, a reference divides as the model does.
  private let divisor: Double?

  package init(gain: Rational, bias: Rational = .zero, zeroPoint: Int64 = 0, clamp: ClosedRange<Int64>) {
    self.gain = gain
    self.bias = bias
    self.zeroPoint = zeroPoint
    self.clamp = clamp
    gainDouble = gain.double
    biasDouble = bias.double
    let inverse = gain.sign == 0 ? 0 : (Rational.one / gain).double
    divisor = Rational(gainDouble) != gain && inverse.isFinite && inverse != 0 ? inverse : nil
  }

  /// gain x v + bias in double precision.
  package func position(of value: Double) -> Double {
    (divisor.map { value / $0 } ?? value * gainDouble) + biasDouble
  }

  package func code(of value: Double) -> Int64 {
    let rounded = position(of: value).rounded(.toNearestOrEven) + Double(zeroPoint)
    return Int64(min(max(rounded, Double(clamp.lowerBound)), Double(clamp.upperBound)))
  }
}

/// codes[number of thresholds passed], thresholds ascending.
package struct LevelSteps: Sendable {
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
  }

  package var thresholds: [Threshold]
  package var codes: [Int64]
  private let doubles: [Double]

  package init(thresholds: [Threshold], codes: [Int64]) {
    precondition(codes.count == thresholds.count + 1, "there is one code more than thresholds")
    self.thresholds = thresholds
    self.codes = codes
    doubles = thresholds.map(\.above.double)
  }

  package func code(of value: Double) -> Int64 {
    var low = 0
    var high = doubles.count
    while low < high {
      let middle = (low + high) / 2
      let isPassed = thresholds[middle].isInclusive ? value >= doubles[middle] : value > doubles[middle]
      if isPassed { low = middle + 1 } else { high = middle }
    }
    return codes[low]
  }

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

extension StepFunction {
  /// The code of a value, in double precision.
  package func code(of value: Double) -> Int64 {
    switch self {
    case .uniform(let steps): steps.code(of: value)
    case .levels(let steps): steps.code(of: value)
    }
  }

  /// The code of an exact number, or nil where it cannot be told from an irrational threshold.
  package func code(of value: Rational) -> Int64? {
    switch self {
    case .uniform(let steps):
      let rounded = (steps.gain * value + steps.bias).roundedHalfEven + .init(steps.zeroPoint)
      let clamped = min(max(rounded, .init(steps.clamp.lowerBound)), .init(steps.clamp.upperBound))
      return Int64(clamped)
    case .levels(let steps): return steps.code(of: value)
    }
  }

  /// Whether codes never fall while values rise.
  package var isIncreasing: Bool {
    switch self {
    case .uniform(let steps): steps.gain.sign >= 0
    case .levels(let steps): zip(steps.codes, steps.codes.dropFirst()).allSatisfy { $0 <= $1 }
    }
  }
}
