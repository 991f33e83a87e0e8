import CValueKernels
import Diagnostics
import FloatEngine
import Numbers
import QIR
import Quantization
import Quantizers

/// A quantizer of a map in single precision, straight through its rounding. Where its scale may be any number, that is learned
/// (Esser et al. 2019, LSQ); its zero point stays.
struct TrainableMap: Sendable {
  private let op: QuantizeOp
  private let functions: [RealFunction]
  /// Where training begins; nil where codes are not steps of one size, the same in all channels.
  private let start: qcc_f32_quantizer?
  /// Of a sample.
  private let elements: Int
  /// The number of the scale's variable; nil: it stays.
  var scaleVariable: Int?

  init(_ op: QuantizeOp, elements: Int) {
    self.op = op
    self.elements = elements
    functions = op.quantizers.uniform?.functions ?? []
    start = op.quantizers.uniform.flatMap(Self.steps)
  }

  private static func steps(_ quantizer: FeatureMapQuantizer) -> qcc_f32_quantizer? {
    let format = quantizer.format
    // A zero point that is added before rounding makes other codes of ties alone.
    guard case .uniform(let steps) = quantizer.steps, steps.rounding == .halfEven, quantizer.codeFactor == 1,
      steps.gain * format.scale == .one, steps.bias + Rational(steps.zeroPoint) == Rational(format.zeroPoint)
    else { return nil }
    return qcc_f32_quantizer(
      scale: Float(format.scale.double), zero_point: Float(format.zeroPoint), low: Float(format.range.lowerBound),
      high: Float(format.range.upperBound))
  }

  /// Whether its scale may be another one.
  var takesAnyScale: Bool {
    guard start?.scale.isNormal ?? false else { return false }
    let kind = op.quantizer?.kind
    return kind is UniformAffine || kind is QONNXQuant
  }

  /// What two maps have to have in common for one variable to be right for both: nil where the scale stays.
  var grid: Grid? {
    guard takesAnyScale, let format = op.quantizers.uniform?.format else { return nil }
    return Grid(scale: format.scale.double, zeroPoint: format.zeroPoint)
  }

  struct Grid: Hashable {
    var scale: Double
    var zeroPoint: Int64
    var isPowerOfTwo: Bool { scale.significand == 1 }
  }

  /// nil where codes are not steps of one size.
  func quantizer(_ variables: [Variable]) -> qcc_f32_quantizer? {
    guard var quantizer = start else { return nil }
    if let scaleVariable {
      quantizer.scale *= Float(ElementaryMath.exponential(Double(variables[scaleVariable].values[0])))
    }
    return quantizer
  }

  func callAsFunction(_ input: Batch, _ quantizer: qcc_f32_quantizer?, _ evaluate: (any Operator, Batch) -> Batch)
    -> Batch
  {
    guard var quantizer else { return evaluate(op, input) }
    let values = functions.isEmpty ? input : evaluate(ElementwiseOp(functions), input)
    return Batch(shape: input.shape, samples: input.samples) {
      qcc_f32_quantize(values.values.count, &quantizer, values.values, $0)
    }
  }

  /// The gradient for the input, and that for the scale.
  func gradients(
    from gradient: Batch, input: Batch, _ quantizer: qcc_f32_quantizer?, _ evaluate: (any Operator, Batch) -> Batch
  ) -> (input: Batch, scale: Double) {
    guard var quantizer else { return (clipped(gradient, input), 0) }
    let values = functions.isEmpty ? input : evaluate(ElementwiseOp(functions), input)
    var scale = 0.0
    let inside = Batch(shape: input.shape, samples: input.samples) {
      scale = qcc_f32_quantize_gradient(values.values.count, &quantizer, values.values, gradient.values, $0)
    }
    return (functions.gradient(from: inside, input: input), scale)
  }

  /// Straight through where the number lies between the values of the codes.
  private func clipped(_ gradient: Batch, _ input: Batch) -> Batch {
    let ends = op.range(of: []) ?? -Double.infinity...Double.infinity
    return Batch(shape: input.shape, samples: input.samples) {
      qcc_f32_clip_gradient(
        input.values.count, Float(ends.lowerBound), Float(ends.upperBound), input.values, gradient.values, $0)
    }
  }

  /// The gradient for the variable from that for the scale.
  func variableGradient(_ scale: Double, at quantizer: qcc_f32_quantizer) -> Float {
    let highest = max(abs(quantizer.high - quantizer.zero_point), abs(quantizer.low - quantizer.zero_point))
    return Float(scale) * quantizer.scale / (Float(elements) * highest).squareRoot()
  }

  /// With the scale that was learned.
  func trained(_ variables: [Variable], at location: Diagnostic.Location) throws -> QuantizeOp {
    guard scaleVariable != nil, let scale = quantizer(variables)?.scale else { return op }
    switch op.quantizer?.kind {
    case let kind as UniformAffine:
      let kind = UniformAffine(
        bits: kind.bits, scale: Double(scale), zeroPoint: kind.zeroPoint, isSigned: kind.isSigned)
      return try QuantizeOp(Quantizer(kind), at: location)
    case let kind as QONNXQuant:
      let kind = QONNXQuant(
        scale: Double(scale), zeroPoint: kind.zeroPoint, bitWidth: kind.bitWidth, isSigned: kind.isSigned,
        isNarrow: kind.isNarrow, roundingMode: kind.roundingMode)
      return try QuantizeOp(Quantizer(kind), at: location)
    default: return op
    }
  }
}
