import Numbers

/// The last stage of every quantizer: real numbers to integer codes, constant between steps.
package enum StepFunction: Sendable {
  case uniform(UniformSteps)
  case levels(LevelSteps)

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
    case .uniform(let steps): return steps.code(at: steps.gain * value + steps.bias)
    case .levels(let steps): return steps.code(of: value)
    }
  }

  /// Whether another code begins at a number.
  package func isBoundary(_ value: Rational) -> Bool {
    switch self {
    case .uniform(let steps): steps.rounding.isBoundary(steps.gain * value + steps.bias)
    case .levels(let steps): steps.thresholds.contains { $0.below == value && $0.above == value }
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
