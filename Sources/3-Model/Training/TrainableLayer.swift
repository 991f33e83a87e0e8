import CValueKernels
import FloatEngine
import Numbers
import Plans
import QIR
import Quantization

/// A layer whose weights are learned as codes, and whose steps are learned (Esser et al. 2019, LSQ), one per scale that the layer has.
/// Weights are counted in their steps: a step that is learned is a gain of its channels, and moves no weight to another code.
struct TrainableLayer: Sendable {
  let layer: LinearLayer
  let weights: QuantizedTensor
  /// The numbers of the variables.
  let weightVariable: Int
  let scaleVariable: Int
  /// nil: the layer has no bias.
  let biasVariable: Int?

  /// By output channel: which of the scales it has.
  private let scaleIndices: [Int]
  /// Where the scales began.
  private let firstScales: [Float]
  private let codes: ClosedRange<Int64>
  /// By output channel: what a bias is counted in.
  private let biasUnits: [Float]
  /// Which codes stay 0; none: no one has to.
  private let isZero: [Bool]

  /// - Parameters:
  ///   - reach: the largest magnitude that the map in front holds.
  ///   - keepsZeros: whether weights that are 0 stay so.
  /// - Returns: nil where the weights are no codes that are steps of a scale.
  init?(
    _ op: any LinearOperator, _ layer: LinearLayer, reach: Float, keepsZeros: Bool, variables: inout [Variable]
  ) {
    guard case .quantized(let tensor) = op.kernel, let codes = tensor.learnedCodes else { return nil }
    let scales = tensor.scales.map { Float($0.double) }
    guard scales.allSatisfy(\.isNormal) else { return nil }
    self.layer = layer
    weights = tensor
    let inner = tensor.shape[(tensor.scaleAxis + 1)...].reduce(1, *)
    scaleIndices = (0..<op.outputChannels).map { $0 / inner % scales.count }
    firstScales = scales
    self.codes = codes
    let units = scaleIndices.map { scales[$0] * Float(codes.upperBound) }
    biasUnits = units.map { max($0 * reach, .leastNormalMagnitude) }
    isZero = keepsZeros && codes.contains(0) ? tensor.codes.map { $0 == 0 } : []
    weightVariable = variables.count
    variables.append(Variable(tensor.codes.map { Float($0) }, reach: Float(codes.upperBound)))
    scaleVariable = variables.count
    variables.append(Variable(scales.map { _ in 0 }))
    if let bias = op.bias {
      biasVariable = variables.count
      variables.append(
        Variable(zip(bias.values, biasUnits).map { Float($0 / Double($1)) }, reach: TrainableNetwork.carefully))
    } else {
      biasVariable = nil
    }
  }

  private var isSign: Bool { weights.bits == 1 }
  private var channels: Int { scaleIndices.count }
  private var rows: Int { weights.codes.count / channels }

  /// What the variables stand for at a step.
  struct Numbers: Sendable {
    /// Weights in steps, before they are rounded.
    var positions: [Float]
    /// By output channel.
    var scales: [Float]
    var rounded: [Float]
    var bias: [Float]?
  }

  func numbers(_ variables: [Variable]) -> Numbers {
    let scales = scales(variables)
    let ofChannels = scaleIndices.map { scales[$0] }
    let positions = variables[weightVariable].values
    let rounded = [Float](unsafeUninitializedCapacity: positions.count) { buffer, count in
      if let base = buffer.baseAddress {
        qcc_f32_quantize_weights(
          rows, channels, ofChannels, Float(codes.lowerBound), Float(codes.upperBound), isSign, positions, base)
      }
      count = positions.count
    }
    return Numbers(positions: positions, scales: ofChannels, rounded: rounded, bias: bias(variables))
  }

  /// The gradients for the variables from those for the rounded weights and the bias.
  func add(_ gradient: Gradients.OfLayer, at numbers: Numbers, to gradients: inout [[Float]]) {
    var positions = [Float](repeating: 0, count: numbers.positions.count)
    var scales = [Float](repeating: 0, count: channels)
    qcc_f32_quantize_weights_gradient(
      rows, channels, numbers.scales, Float(codes.lowerBound), Float(codes.upperBound), isSign, numbers.positions,
      gradient.weights, &positions, &scales)
    for index in isZero.indices where isZero[index] { positions[index] = 0 }
    gradients[weightVariable] = positions
    let count = Float(weights.codes.count / firstScales.count)
    let factor = 1 / (count * Float(codes.upperBound)).squareRoot()
    for channel in 0..<channels {
      gradients[scaleVariable][scaleIndices[channel]] += scales[channel] * numbers.scales[channel] * factor
    }
    if let biasVariable { gradients[biasVariable] = zip(gradient.bias, biasUnits).map(*) }
  }

  /// Brings what lies outside the codes' range to its end: from there it finds back.
  func project(_ variables: inout [Variable]) {
    let ends = Float(codes.lowerBound)...Float(codes.upperBound)
    for index in weights.codes.indices {
      variables[weightVariable].values[index] = variables[weightVariable].values[index].clamped(to: ends)
    }
  }

  // MARK: What was learned

  /// - Parameter input: the scale of the map in front; nil where there is none.
  func trained(_ op: any LinearOperator, _ variables: [Variable], input: Float?) -> any LinearOperator {
    let scales = scales(variables)
    let positions = variables[weightVariable].values
    let codes = IntegerArray(count: positions.count, in: codes) { index in
      if isSign { return positions[index] < 0 ? -1 : 1 }
      return Int64(positions[index].rounded(.toNearestOrEven)).clamped(to: self.codes)
    }
    var op = op
    op.kernel = .quantized(
      QuantizedTensor(
        shape: weights.shape, codes: codes, scales: scales.map { Rational($0) }, scaleAxis: weights.scaleAxis,
        bits: weights.bits))
    guard let bias = bias(variables) else { return op }
    switch op.bias {
    case .quantized(let tensor)?:
      let units = input.map { input in scales.count == 1 ? [input * scales[0]] : scaleIndices.map { input * scales[$0] }
      }
      let plan = BiasPlan(bits: min(tensor.bits, BiasPlan.widths.upperBound))
      op.bias = .quantized(
        plan.quantized(bias.map { Double($0) }, units: units ?? tensor.scales.map { Float($0.double) }))
    case .real?: op.bias = .real(bias, shape: [bias.count])
    case nil: break
    }
    return op
  }

  private func scales(_ variables: [Variable]) -> [Float] {
    zip(firstScales, variables[scaleVariable].values).map { $0 * Float(ElementaryMath.exponential(Double($1))) }
  }

  private func bias(_ variables: [Variable]) -> [Float]? {
    biasVariable.map { zip(variables[$0].values, biasUnits).map(*) }
  }
}

extension QuantizedTensor {
  /// Those that training may choose from, as a rule without the least one; nil where they are not steps of one size.
  fileprivate var learnedCodes: ClosedRange<Int64>? {
    let found = (codes.min() ?? 0)...(codes.max() ?? 0)
    let range = IntegerType(bits: bits, isSigned: true).range
    switch quantizer?.kind.dataType.kind {
    case .binary?, .stochasticBinary?, .ternary?, .stochasticTernary?:
      return (-1...1).contains(found.lowerBound) ? -1...1 : nil
    case nil, .quantizedBits?, .quantizedReLU?:
      if bits == 1 { return codes.allSatisfy { abs($0) == 1 } ? -1...1 : nil }
      return min(found.lowerBound, range.lowerBound + 1)...max(found.upperBound, range.upperBound)
    case .quantizedTanh?, .quantizedULaw?, .zeroOneBinary?, .bernoulli?, .powerOfTwo?, .reluPowerOfTwo?,
      .floatingPoint?:
      return nil
    }
  }
}
