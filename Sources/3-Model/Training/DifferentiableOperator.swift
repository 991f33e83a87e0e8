import CValueKernels
import FloatEngine
import Numbers
import QIR
import Quantization

/// An operator that gradients go back through, and that has nothing to learn.
protocol DifferentiableOperator: Operator {
  /// Whether its attributes are those that its gradient is known for.
  var isDifferentiable: Bool { get }
  /// The gradients for the inputs from that for the result.
  func inputGradients(from gradient: Batch, inputs: [Batch], result: Batch) -> [Batch]
}

extension DifferentiableOperator {
  var isDifferentiable: Bool { true }
}

extension AddOp: DifferentiableOperator {
  func inputGradients(from gradient: Batch, inputs: [Batch], result: Batch) -> [Batch] { inputs.map { _ in gradient } }
}

extension MultiplyOp: DifferentiableOperator {
  /// Each input has the product of all others before it.
  func inputGradients(from gradient: Batch, inputs: [Batch], result: Batch) -> [Batch] {
    inputs.indices.map { input in
      inputs.indices.reduce(into: gradient) { product, other in
        guard other != input else { return }
        for index in product.values.indices { product.values[index] *= inputs[other].values[index] }
      }
    }
  }
}

extension PReLUOp: DifferentiableOperator {
  func inputGradients(from gradient: Batch, inputs: [Batch], result: Batch) -> [Batch] {
    let slopes = slopes.map { Float($0.double) }
    var back = gradient
    for (index, value) in inputs[0].values.enumerated() where value <= 0 {
      back.values[index] *= slopes[index % slopes.count]
    }
    return [back]
  }
}

extension BatchNormalizationOp: DifferentiableOperator {}
extension AffineOp: DifferentiableOperator {}

extension ChannelwiseAffine {
  /// What it is made of is frozen.
  func inputGradients(from gradient: Batch, inputs: [Batch], result: Batch) -> [Batch] {
    let channels = result.shape.channels
    return [
      Batch(shape: result.shape, samples: result.samples) {
        qcc_f32_affine(
          gradient.values.count / channels, channels, gains.map { Float($0) }, [Float](repeating: 0, count: channels),
          gradient.values, $0)
      }
    ]
  }
}

extension MaxPoolOp: DifferentiableOperator {
  var isDifferentiable: Bool { window.dilation == .one }

  func inputGradients(from gradient: Batch, inputs: [Batch], result: Batch) -> [Batch] {
    guard var geometry = window.pooling(from: inputs[0].shape, to: result.shape) else { return [] }
    return [
      Batch(shape: inputs[0].shape, samples: result.samples) {
        qcc_f32_max_pool_gradient(&geometry, result.samples, inputs[0].values, gradient.values, $0)
      }
    ]
  }
}

extension AveragePoolOp: DifferentiableOperator {
  var isDifferentiable: Bool { window.dilation == .one }

  func inputGradients(from gradient: Batch, inputs: [Batch], result: Batch) -> [Batch] {
    guard var geometry = window.pooling(from: inputs[0].shape, to: result.shape) else { return [] }
    return [
      Batch(shape: inputs[0].shape, samples: result.samples) {
        qcc_f32_average_pool_gradient(&geometry, result.samples, Float(factor), gradient.values, $0)
      }
    ]
  }
}

extension SoftmaxOp: DifferentiableOperator {
  func inputGradients(from gradient: Batch, inputs: [Batch], result: Batch) -> [Batch] {
    let channels = result.shape.channels
    var values = gradient.values
    for start in stride(from: 0, to: values.count, by: channels) {
      let row = start..<(start + channels)
      let mean = row.reduce(Float(0)) { $0 + gradient.values[$1] * result.values[$1] }
      for index in row { values[index] = result.values[index] * (values[index] - mean) }
    }
    return [Batch(shape: result.shape, values: values)]
  }
}

extension ElementwiseOp: DifferentiableOperator {
  func inputGradients(from gradient: Batch, inputs: [Batch], result: Batch) -> [Batch] {
    [functions.gradient(from: gradient, input: inputs[0])]
  }
}

extension [RealFunction] {
  /// The gradient for the argument of these functions, one after another, from that for their result.
  func gradient(from gradient: Batch, input: Batch) -> Batch {
    let functions = map(\.compiled)
    if functions.isEmpty { return gradient }
    if functions.count == 1, case .clip(let lower, let upper) = functions[0] {
      return Batch(shape: input.shape, samples: input.samples) {
        qcc_f32_clip_gradient(
          input.values.count, Float(lower), Float(upper), input.values, gradient.values, $0)
      }
    }
    let values = zip(input.values, gradient.values).map { input, gradient in
      var (value, slope) = (Double(input), Double(gradient))
      for function in functions {
        slope *= function.slope(at: value)
        value = function(value)
      }
      return Float(slope)
    }
    return Batch(shape: input.shape, values: values)
  }
}

extension CompiledFunction {
  /// The derivative; where there is none, the one that other frameworks take: 0 at a ReLU's end.
  fileprivate func slope(at value: Double) -> Double {
    switch self {
    case .affine(let scale, _): return scale
    case .clip(let lower, let upper): return value > lower && value < upper ? 1 : 0
    case .leakyReLU(let slope): return value > 0 ? 1 : slope
    case .thresholdedReLU(let threshold, let slope): return value > threshold ? 1 : slope
    case .hardSwish(let shift, let upper):
      let gate = value + shift
      return gate <= 0 ? 0 : gate >= upper ? 1 : (value + gate) / upper
    case .curve(let curve): return (curve(value + Self.step) - curve(value - Self.step)) / (2 * Self.step)
    }
  }

  /// Of the difference that a curve's derivative is taken for, near enough for float32.
  private static let step = 0x1p-17
}
