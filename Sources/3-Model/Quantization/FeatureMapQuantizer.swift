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
  private let rounded: [RoundedFunction]
  package let arithmetic: QuantizerArithmetic
  /// |bias / gain|: what the steps add to their argument.
  private let stepsOffset: Double

  package init(
    functions: [RealFunction] = [], steps: StepFunction, format: CodeFormat, arithmetic: QuantizerArithmetic = .init()
  ) {
    self.functions = functions
    self.steps = steps
    self.format = format
    self.arithmetic = arithmetic
    compiled = Compiled(functions, steps)
    rounded = functions.map { RoundedFunction($0) }
    if case .uniform(let steps) = steps, steps.bias.sign != 0, steps.gain.sign != 0 {
      stepsOffset = abs((steps.bias / steps.gain).double)
    } else {
      stepsOffset = 0
    }
  }

  /// code = clamp(round_half_even(v / step) + zero point), value = scale x (code - zero point); scale = step unless given.
  package init(
    functions: [RealFunction] = [], step: Rational, scale: Rational? = nil, zeroPoint: Int64 = 0,
    range: ClosedRange<Int64>, arithmetic: QuantizerArithmetic = .init()
  ) {
    self.init(
      functions: functions, steps: .uniform(UniformSteps(gain: .one / step, zeroPoint: zeroPoint, clamp: range)),
      format: CodeFormat(scale: scale ?? step, zeroPoint: zeroPoint, range: range), arithmetic: arithmetic)
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

  /// The codes that a program may give a number that is off by `error`: more than one where a rounding boundary is in reach.
  package func codes(of value: Double, within error: Double, in format: FloatArithmetic) -> ClosedRange<Int64> {
    let unit = format.roundings(arithmetic.roundings)
    var (result, error) = (value, error + unit * arithmetic.offset)
    for function in rounded { (result, error) = function(result, within: error, in: format) }
    error += unit * (abs(result) + error + stepsOffset)
    let middle = code(ofResult: result)
    return ClosedRange(between: code(ofResult: result - error), and: code(ofResult: result + error)).including(middle)
  }

  /// The code of a double, decided in exact arithmetic where double precision cannot.
  package func exactCode(of value: Double) -> Int64 {
    if case .uniform(let steps) = compiled, let code = steps.certainCode(of: value) { return codeFactor &* code }
    let near = codes(of: value, within: 0, in: .double)
    guard near.lowerBound < near.upperBound, value.isFinite else { return near.lowerBound }
    return code(of: Rational(value))?.code ?? code(of: value)
  }

  /// The code of an exact number, and whether it lies on a rounding boundary; nil where it cannot be told from an irrational
  /// one.
  package func code(of value: Rational) -> (code: Int64, isTie: Bool)? {
    var value = value
    for function in functions {
      guard let next = function(value) else { return nil }
      value = next
    }
    return code(ofResult: value).map { ($0, steps.isBoundary(value)) }
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
