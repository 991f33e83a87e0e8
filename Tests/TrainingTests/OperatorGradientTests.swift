import CValueKernels
import FloatEngine
import Numbers
import QIR
import Quantization
import Quantizers
import Testing

@testable import Training

/// Gradients beside central differences of the reference, which computes in double precision.
@Suite struct OperatorGradientTests {
  @Test(arguments: LinearCase.all) func gradientsOfLayers(_ layer: LinearCase) throws {
    let (op, input, samples) = (layer.op, layer.input, 2)
    let output = try op.resultShape(of: [input], at: .init())
    let kernels = try #require(LinearLayer(op, from: input, to: output))
    let x = Batch(shape: input, values: drawn(samples * input.elements, seed: 1))
    let gradient = Batch(shape: output, values: drawn(samples * output.elements, seed: 2))
    let kernel = op.kernel.values
    let bias = try #require(op.bias).values

    func loss(_ x: [Double], _ kernel: [Double], _ bias: [Double]) -> Double {
      weighted(gradient, x, op, [input], output, constants: [kernel, bias])
    }
    let xs = x.values.map { Double($0) }
    let back = kernels.inputGradient(from: gradient, input: x, weights: kernel.map { Float($0) })
    expectNear(back.values, differences(at: xs) { loss($0, kernel, bias) })
    let found = kernels.weightGradients(from: gradient, input: x, weights: kernel.count)
    expectNear(found.weights, differences(at: kernel) { loss(xs, $0, bias) })
    expectNear(found.bias, differences(at: bias) { loss(xs, kernel, $0) })
  }

  static let functions: [(String, any DifferentiableOperator)] = [
    ("ReLU", ElementwiseOp([.relu])),
    ("ReLU6", ElementwiseOp([.clip(lower: .zero, upper: Rational(6))])),
    ("leaky ReLU", ElementwiseOp([.leakyReLU(slope: .powerOfTwo(-3))])),
    ("thresholded ReLU", ElementwiseOp([.thresholdedReLU(threshold: .powerOfTwo(-1), slope: .powerOfTwo(-2))])),
    ("hard swish", ElementwiseOp([.hardSwish(shift: Rational(3), upper: Rational(6))])),
    (
      "hard sigmoid",
      ElementwiseOp([.affine(scale: .powerOfTwo(-2), shift: .powerOfTwo(-1)), .clip(lower: .zero, upper: .one)])
    ),
    ("sigmoid", ElementwiseOp([.sigmoid])), ("tanh", ElementwiseOp([.tanh])),
    ("two functions", ElementwiseOp([.tanh, .leakyReLU(slope: .powerOfTwo(-2))])),
    ("ELU", ElementwiseOp([.curve(.elu)])), ("softplus", ElementwiseOp([.curve(.softplus)])),
    ("softmax", SoftmaxOp()), ("PReLU", PReLUOp(slopes: [.zero, .powerOfTwo(-2), Rational(-1)])),
    ("affine", AffineOp(scale: [.one, .powerOfTwo(-1), Rational(-3)], shift: [.zero, .one, .one])),
    (
      "batch normalization",
      BatchNormalizationOp(
        gamma: [1, 2, 0.5], beta: [0, 1, 2], mean: [0.5, 0, 1], variance: [1, 4, 0.25], epsilon: 1e-3)
    ),
    ("max pool", MaxPoolOp(window: .init(size: .of(3, 2), stride: .of(2, 1), padding: Padding(top: 1)))),
    (
      "average pool",
      AveragePoolOp(window: .init(size: .of(3, 2), stride: .of(2, 1), padding: Padding(top: 1, right: 1)), factor: 0.75)
    ),
  ]

  @Test(arguments: functions) func gradientsOfFunctions(_ name: String, _ op: any DifferentiableOperator) throws {
    let input = Shape([5, 4, 3])
    let output = try op.resultShape(of: [input], at: .init())
    let x = Batch(shape: input, values: drawn(2 * input.elements, seed: 4).map { 4 * $0 })
    let gradient = Batch(shape: output, values: drawn(2 * output.elements, seed: 5))
    let back = op.inputGradients(from: gradient, inputs: [x], result: FloatEngine.evaluate(op, [x], to: output))
    let expected = differences(at: x.values.map { Double($0) }) { weighted(gradient, $0, op, [input], output) }
    try expectNear(#require(back.first).values, expected)
  }

  @Test func gradientsOfProducts() {
    let shape = Shape([7])
    let inputs = (0..<3).map { Batch(shape: shape, values: drawn(14, seed: UInt64(20 + $0))) }
    let gradient = Batch(shape: shape, values: drawn(14, seed: 24))
    let op = MultiplyOp()
    let back = op.inputGradients(
      from: gradient, inputs: inputs, result: FloatEngine.evaluate(op, inputs, to: shape))
    let expected = differences(at: inputs.flatMap { $0.values.map { Double($0) } }) {
      weighted(gradient, $0, op, [shape, shape, shape], shape)
    }
    expectNear(back.flatMap(\.values), expected)
  }

  static let movements: [(String, any Operator, [Shape])] = [
    ("reshape", ReshapeOp(shape: Shape([60])), [Shape([5, 4, 3])]),
    ("transpose", TransposeOp(permutation: [2, 0, 1]), [Shape([5, 4, 3])]),
    ("pad", PadOp(padding: Padding(top: 1, bottom: 2, left: 0, right: 1)), [Shape([5, 4, 3])]),
    ("select", SelectOp([3, 0, 0, 1], along: 1, rank: 3), [Shape([5, 4, 3])]),
    ("concatenate", ConcatenateOp(axis: 2), [Shape([3, 2, 3]), Shape([3, 2, 4]), Shape([3, 2, 1])]),
  ]

  @Test(arguments: movements) func gradientsOfMovements(_ name: String, _ op: any Operator, _ inputs: [Shape]) throws {
    var graph = Graph(name: name)
    let ids = try inputs.enumerated().map { try graph.append(InputOp(shape: $1), named: "x\($0)") }
    let node = graph[try graph.append(op, named: "y", inputs: ids)]
    let movement = try #require(Movement(node, from: inputs))
    let xs = inputs.enumerated().map { Batch(shape: $1, values: drawn(2 * $1.elements, seed: UInt64(6 + $0))) }
    #expect(movement(xs) == FloatEngine.evaluate(op, xs, to: node.shape))
    let gradient = Batch(shape: node.shape, values: drawn(2 * node.shape.elements, seed: 9))
    let back = movement.inputGradients(from: gradient)
    let expected = differences(at: xs.flatMap { $0.values.map { Double($0) } }) {
      weighted(gradient, $0, op, inputs, node.shape)
    }
    expectNear(back.flatMap(\.values), expected)
  }

  @Test func lossesOfResults() {
    let shape = Shape([5])
    let teacher = Batch(shape: shape, values: drawn(15, seed: 10).map { 3 * $0 })
    let results = drawn(15, seed: 11).map { 3 * $0 }
    let labels: [[Float]] = [[0, 1, 0, 0, 0], [0, 0, 0.25, 0, 0.75], [1, 0, 0, 0, 0]]
    for (measure, labels) in [(Loss.divergence, []), (.divergence, labels), (.squares, [])] {
      func loss(_ values: [Double]) -> (sum: Double, gradient: Batch) {
        measure(Batch(shape: shape, values: values.map { Float($0) }), teacher: teacher, labels: labels, batch: 3)
      }
      let expected = differences(at: results.map { Double($0) }, step: 1e-2) { loss($0).sum / 3 }
      expectNear(loss(results.map { Double($0) }).gradient.values, expected, within: 1e-4)
    }
  }

  // MARK: Quantizers

  /// By hand: codes 0 to 15 with the zero point 3 and the scale 0.5 stand for -1.5 to 6.
  @Test func mapsGoStraightThroughInsideTheirRange() throws {
    let op = try QuantizeOp(Quantizer(UniformAffine(bits: 4, scale: 0.5, zeroPoint: 3, isSigned: false)), at: .init())
    let map = TrainableMap(op, elements: 4)
    let quantizer = map.quantizer([])
    let x = Batch(shape: Shape([4]), values: [0.7, -2, 9, -0.25])
    let gradient = Batch(shape: Shape([4]), values: [1, 10, 100, 1000])
    let back = map.gradients(from: gradient, input: x, quantizer) { FloatEngine.evaluate($0, [$1], to: $1.shape) }
    #expect(back.input.values == [1, 0, 0, 1000])
    // 0.7 / 0.5 = 1.4 is rounded to 1, -0.5 to 0; the ends are -3 and 12 steps from zero.
    #expect(abs(back.scale - (1 * -0.4 + 10 * -3 + 100 * 12 + 1000 * 0.5)) < 1e-3)
  }

  /// By hand: two channels with the scales 0.5 and 2, weights counted in steps of them.
  @Test func scalesOfWeightsAreGains() {
    let positions: [Float] = [0.4, 1.6, 7, -7, 7.5, -0.5]
    let gradient: [Float] = [1, 10, 100, 1000, 10_000, 100_000]
    var rounded = positions
    qcc_f32_quantize_weights(3, 2, [0.5, 2], -7, 7, false, positions, &rounded)
    #expect(rounded == [0, 4, 3.5, -14, 3.5, 0])
    var (back, scales) = (positions, [Float](repeating: -1, count: 2))
    qcc_f32_quantize_weights_gradient(3, 2, [0.5, 2], -7, 7, false, positions, gradient, &back, &scales)
    #expect(back == [0.5, 20, 50, 2000, 0, 200_000])
    // Each gradient with its code.
    #expect(scales == [70_700, -6980])
  }
}

struct LinearCase: CustomTestStringConvertible, Sendable {
  var name: String
  var input: Shape
  var op: any LinearOperator
  var testDescription: String { name }

  /// A convolution of so many channels.
  static func convolution(
    _ name: String, rows: Int, columns: Int, channels: Int, outputs: Int, groups: Int = 1, _ window: Window
  ) -> LinearCase {
    let shape = [window.size.rows, window.size.columns, channels / groups, outputs]
    return LinearCase(
      name: name, input: Shape([rows, columns, channels]),
      op: ConvolutionOp(kernel: numbers(shape), bias: numbers([outputs]), window: window, groups: groups))
  }

  static func depthwise(_ name: String, channels: Int, multiplier: Int, _ window: Window) -> LinearCase {
    let shape = [window.size.rows, window.size.columns, channels, multiplier]
    return LinearCase(
      name: name, input: Shape([7, 6, channels]),
      op: DepthwiseConvolutionOp(kernel: numbers(shape), bias: numbers([channels * multiplier]), window: window))
  }

  private static func numbers(_ shape: [Int]) -> Parameter { .real(drawn(shape.reduce(1, *), seed: 3), shape: shape) }

  static let all: [LinearCase] = [
    .convolution(
      "3x3 same", rows: 6, columns: 5, channels: 5, outputs: 18, .init(size: .of(3, 3), padding: .around(1))),
    .convolution("1x1", rows: 4, columns: 5, channels: 17, outputs: 33, .init(size: .one)),
    .convolution(
      "stride 2, TensorFlow's padding", rows: 8, columns: 8, channels: 4, outputs: 7,
      .init(size: .of(3, 3), stride: .of(2, 2), padding: Padding(bottom: 1, right: 1))),
    .convolution(
      "stride 2, PyTorch's padding", rows: 8, columns: 7, channels: 4, outputs: 7,
      .init(size: .of(3, 3), stride: .of(2, 2), padding: .around(1))),
    .convolution("1x1, stride 2", rows: 7, columns: 8, channels: 3, outputs: 6, .init(size: .one, stride: .of(2, 2))),
    .convolution(
      "10x4, stride 2x1", rows: 13, columns: 8, channels: 1, outputs: 9,
      .init(size: .of(10, 4), stride: .of(2, 1), padding: Padding(top: 4, bottom: 5, left: 1, right: 1))),
    .convolution(
      "dilation", rows: 9, columns: 8, channels: 3, outputs: 5,
      .init(size: .of(3, 2), dilation: .of(2, 3), padding: .around(2))),
    .convolution(
      "stride and dilation", rows: 9, columns: 8, channels: 3, outputs: 5,
      .init(size: .of(3, 2), stride: .of(2, 2), dilation: .of(2, 1), padding: .around(1))),
    .convolution(
      "padding wider than the kernel", rows: 4, columns: 4, channels: 2, outputs: 3,
      .init(size: .of(2, 2), padding: .around(3))),
    .convolution(
      "stride above the kernel", rows: 9, columns: 9, channels: 2, outputs: 3,
      .init(size: .of(2, 2), stride: .of(3, 4))),
    .convolution(
      "groups", rows: 5, columns: 5, channels: 6, outputs: 9, groups: 3,
      .init(size: .of(3, 3), stride: .of(1, 2), padding: .around(1))),
    .depthwise("depthwise", channels: 19, multiplier: 1, .init(size: .of(3, 3), padding: .around(1))),
    .depthwise(
      "depthwise, stride 2", channels: 5, multiplier: 1,
      .init(size: .of(3, 3), stride: .of(2, 2), padding: Padding(top: 1, bottom: 1, right: 1))),
    .depthwise("depthwise, two outputs each", channels: 4, multiplier: 2, .init(size: .of(2, 3))),
    LinearCase(
      name: "dense", input: Shape([23]), op: DenseOp(kernel: numbers([23, 11]), bias: numbers([11]))),
  ]
}

/// - Returns: the sum of the result's elements, each with a weight.
private func weighted(
  _ weights: Batch, _ x: [Double], _ op: any Operator, _ inputs: [Shape], _ output: Shape, constants: [[Double]]? = nil
) -> Double {
  let constants = constants ?? op.parameters.map(\.parameter.values)
  var starts: [Int] = []
  var count = 0
  for shape in inputs {
    starts.append(count)
    count += weights.samples * shape.elements
  }
  return (0..<weights.samples).reduce(0) { sum, sample in
    let values = zip(inputs, starts).map { shape, start in
      Array(x[(start + sample * shape.elements)..<(start + (sample + 1) * shape.elements)])
    }
    let result = op.evaluate(Operands(inputs: values, shapes: inputs, resultShape: output, constants: constants))
    return zip(result, weights[sample..<(sample + 1)].values).reduce(sum) { $0 + $1.0 * Double($1.1) }
  }
}

private func differences(at x: [Double], step: Double = 1e-4, _ loss: ([Double]) -> Double) -> [Double] {
  x.indices.map { index in
    var (above, below) = (x, x)
    above[index] += step
    below[index] -= step
    return (loss(above) - loss(below)) / (2 * step)
  }
}

private func expectNear(
  _ found: [Float], _ expected: [Double], within error: Double = 2e-5, _ location: SourceLocation = #_sourceLocation
) {
  #expect(found.count == expected.count, sourceLocation: location)
  let largest = expected.map(abs).max() ?? 1
  let farthest = zip(found, expected).map { abs(Double($0) - $1) }.max() ?? 0
  #expect(farthest <= error * max(largest, 1), sourceLocation: location)
}

/// Numbers from -1 to 1.
private func drawn(_ count: Int, seed: UInt64) -> [Float] {
  var random = SplitMix(seed: seed)
  return (0..<count).map { _ in Float.random(in: -1...1, using: &random) }
}

extension Extents {
  fileprivate static func of(_ rows: Int, _ columns: Int) -> Extents { Extents(rows: rows, columns: columns) }
}

extension Padding {
  fileprivate static func around(_ width: Int) -> Padding {
    Padding(top: width, bottom: width, left: width, right: width)
  }
}
