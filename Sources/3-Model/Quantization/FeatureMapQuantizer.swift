import Numbers

/// What a quantizer does to a feature map: element-wise functions, then steps, and what the codes mean. All of it is fixed
/// when the model is read.
package struct FeatureMapQuantizer: Sendable {
  package let functions: [RealFunction]
  package let steps: StepFunction
  package private(set) var format: CodeFormat
  /// What the steps' codes are multiplied with: where channels of different scales are brought to one unit.
  package private(set) var codeFactor: Int64 = 1
  private let compiled: Compiled

  package init(functions: [RealFunction] = [], steps: StepFunction, format: CodeFormat) {
    self.functions = functions
    self.steps = steps
    self.format = format
    compiled = Compiled(functions, steps)
  }

  /// code = clamp(round_half_even(v / step) + zero point), value = scale x (code - zero point); scale = step unless given.
  package init(
    functions: [RealFunction] = [], step: Rational, scale: Rational? = nil, zeroPoint: Int64 = 0,
    range: ClosedRange<Int64>
  ) {
    self.init(
      functions: functions, steps: .uniform(UniformSteps(gain: .one / step, zeroPoint: zeroPoint, clamp: range)),
      format: CodeFormat(scale: scale ?? step, zeroPoint: zeroPoint, range: range))
  }

  /// The code of a real number, in double precision.
  package func code(of value: Double) -> Int64 { codeFactor &* compiled.code(of: value) }

  /// The code of what the functions make of a number, in double precision.
  package func code(ofResult value: Double) -> Int64 { codeFactor * steps.code(of: value) }

  /// The same exactly; nil where it cannot be told from an irrational threshold.
  package func code(ofResult value: Rational) -> Int64? { steps.code(of: value).map { codeFactor * $0 } }

  /// The same values with codes `factor` times as large: the zero point is 0.
  package func multiplyingCodes(by factor: Int64) -> FeatureMapQuantizer {
    precondition(format.zeroPoint == 0 && factor > 0, "codes are multiplied around zero")
    var multiplied = self
    multiplied.codeFactor *= factor
    multiplied.format = CodeFormat(
      scale: format.scale / Rational(factor), range: format.range.scaled(by: factor))
    return multiplied
  }

  /// The codes that numbers within `band` of `value` have: more than one says that a rounding boundary lies there.
  package func codes(of value: Double, within band: Double) -> ClosedRange<Int64> {
    let first = code(of: value - band)
    let last = code(of: value + band)
    let middle = code(of: value)
    return min(first, last, middle)...max(first, last, middle)
  }

  /// A band around `value` that is 1e-9 of a step wide: reference values this near to a rounding boundary are ties.
  package func tieBand(at value: Double) -> Double {
    switch steps {
    case .uniform(let uniform): 1e-9 * uniform.stepWidth
    case .levels: 1e-9 * max(abs(format.value(of: format.zeroPoint + 1)), abs(value))
    }
  }
}

extension FeatureMapQuantizer {
  /// What runs over many values.
  private enum Compiled: Sendable {
    case uniform(UniformSteps.Compiled)
    case functionsAndUniform([CompiledFunction], UniformSteps.Compiled)
    case functionsAndLevels([CompiledFunction], LevelSteps.Compiled)

    init(_ functions: [RealFunction], _ steps: StepFunction) {
      let compiled = functions.map(\.compiled)
      switch steps {
      case .uniform(let steps):
        self = functions.isEmpty ? .uniform(steps.compiled) : .functionsAndUniform(compiled, steps.compiled)
      case .levels(let steps): self = .functionsAndLevels(compiled, steps.compiled)
      }
    }

    func code(of value: Double) -> Int64 {
      switch self {
      case .uniform(let steps): steps.code(of: value)
      case .functionsAndUniform(let functions, let steps): steps.code(of: functions.reduce(value) { $1($0) })
      case .functionsAndLevels(let functions, let steps): steps.code(of: functions.reduce(value) { $1($0) })
      }
    }
  }
}
