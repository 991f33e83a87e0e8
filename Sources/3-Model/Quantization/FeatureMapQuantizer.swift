import CValueKernels
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

  /// The same of what functions make of a number.
  package func behind(_ functions: [RealFunction]) -> FeatureMapQuantizer {
    var quantizer = FeatureMapQuantizer(
      functions: functions + self.functions, steps: steps, format: format, arithmetic: arithmetic)
    quantizer.codeFactor = codeFactor
    return quantizer
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

  /// Marks every `step`th element from `first` on that is doubtful, and says how many are.
  fileprivate func mark(
    _ marks: inout [Bool], _ values: [Double], _ errors: [Double], _ codes: [Int64], _ shift: Int64, from first: Int,
    by step: Int
  ) -> Int {
    let elements = stride(from: first, to: codes.count, by: step)
    guard codeFactor == 1, var kernel = compiled.kernel else {
      for element in elements { marks[element] = true }
      return codes.count
    }
    kernel.zero_point -= shift
    let unit = FloatArithmetic.double.roundings(arithmetic.roundings)
    var bounds = qcc_ref_bounds(offset: unit * arithmetic.offset, unit: unit, magnitude: stepsOffset)
    return qcc_ref_doubtful(&kernel, &bounds, first, codes.count, step, values, errors, codes, &marks)
  }

  /// The code of a double, decided in exact arithmetic where double precision cannot. Infinities are as the largest numbers,
  /// what is no number as 0.
  package func exactCode(of value: Double) -> Int64 {
    if case .uniform(let steps) = compiled, let code = steps.certainCode(of: value) { return codeFactor &* code }
    guard value.isFinite else {
      let largest = Double.greatestFiniteMagnitude
      return exactCode(of: value.isNaN ? 0 : value < 0 ? -largest : largest)
    }
    let near = codes(of: value, within: 0, in: .double)
    guard near.lowerBound < near.upperBound else { return near.lowerBound }
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

    /// For the kernels in C, where it is a clip and uniform steps at most.
    var kernel: qcc_ref_steps? {
      switch self {
      case .uniform(let steps): return steps.kernel
      case .functionsAndUniform(let functions, let steps):
        guard functions.count == 1, case .clip(let lower, let upper) = functions[0], var kernel = steps.kernel else {
          return nil
        }
        (kernel.lower, kernel.upper) = (lower, upper)
        return kernel
      case .functionsAndLevels: return nil
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

extension PerChannel<FeatureMapQuantizer> {
  /// The elements whose codes, with `shift` added, may not be the only ones that `codes(of:within:in:)` gives numbers in
  /// doubles that are off by `errors`. All others certainly are.
  package func doubtful(of values: [Double], within errors: [Double], codes: [Int64], plus shift: Int64) -> [Int] {
    precondition(values.count == codes.count && errors.count == codes.count, "a code and an error for every value")
    var marks = [Bool](repeating: false, count: codes.count)
    let doubts = indices.reduce(0) { doubts, channel in
      doubts + self[channel].mark(&marks, values, errors, codes, shift, from: channel, by: count)
    }
    return doubts == 0 ? [] : marks.indices.filter { marks[$0] }
  }

  /// `body` of every element's index with its quantizer: the one of all channels, or that of the element's channel (the last
  /// axis). Quantizers are not copied.
  package func forEachElement<Result>(
    of elements: Int, _ body: (borrowing FeatureMapQuantizer, Int) -> Result
  ) -> [Result] {
    // Loops, which the compiler sees through where it does not see through `map`.
    var results: [Result] = []
    results.reserveCapacity(elements)
    if let quantizer = uniform {
      for element in 0..<elements { results.append(body(quantizer, element)) }
    } else {
      for element in 0..<elements { results.append(body(self[element % count], element)) }
    }
    return results
  }
}

/// How integer codes stand for values: value = scale x (code - zero point), one scale for the whole tensor.
package struct CodeFormat: Sendable, Equatable {
  package let scale: Rational
  package var zeroPoint: Int64
  /// Every code there can be.
  package var range: ClosedRange<Int64>
  private let scaleDouble: Double

  package init(scale: Rational, zeroPoint: Int64 = 0, range: ClosedRange<Int64>) {
    self.scale = scale
    self.zeroPoint = zeroPoint
    self.range = range
    scaleDouble = scale.double
  }

  package func value(of code: Int64) -> Double {
    scaleDouble * Double(code - zeroPoint)
  }

  package func fraction(of code: Int64) -> Rational { scale * Rational(code - zeroPoint) }
}

/// How a framework computes a quantizer in floating point: what it rounds beside the quantizer's functions and steps.
package struct QuantizerArithmetic: Sendable {
  /// Roundings on the way to the position in steps.
  package var roundings: Int
  /// They happen to numbers of |argument| + this size, as in 0.5 x + 0.5.
  package var offset: Double

  package init(roundings: Int = 4, offset: Double = 0) {
    self.roundings = roundings
    self.offset = offset
  }

  /// 0.5 x + 0.5 on the way, which rounds at 1.
  package static let hardSigmoid = QuantizerArithmetic(offset: 1)
}
