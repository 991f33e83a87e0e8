import Diagnostics
import IntegerProgram
import Numbers
import QIR
import Targets
import Tiling

extension Lowerer {
  mutating func convolution(_ id: NodeID, _ op: ConvolutionOp) throws -> IntegerValue {
    try linear(id, op, shape: shape(id, .conv2D, window: op.window, groups: op.groups))
  }

  mutating func depthwiseConvolution(_ id: NodeID, _ op: DepthwiseConvolutionOp) throws -> IntegerValue {
    try linear(
      id, op,
      shape: shape(id, .depthwise, window: op.window, channelMultiplier: op.kernel.shape[3]))
  }

  /// Over more than one pixel a dense layer is a pointwise convolution.
  mutating func dense(_ id: NodeID, _ op: DenseOp) throws -> IntegerValue {
    let isVector = mapShape(of: id).pixels == 1
    return try linear(
      id, op,
      shape: shape(id, isVector ? .fullyConnected : .conv2D, window: Window(size: .one)))
  }

  private func shape(
    _ id: NodeID, _ engine: EngineKind, window: Window, groups: Int = 1, channelMultiplier: Int = 1
  ) -> LinearLayerShape {
    LinearLayerShape(
      engine: engine, input: mapShape(of: graph[id].inputs[0]), output: mapShape(of: id),
      kernel: window.size, stride: window.stride, dilation: window.dilation,
      padding: .init(top: window.padding.top, left: window.padding.left), groups: groups,
      channelMultiplier: channelMultiplier)
  }

  private mutating func linear(
    _ id: NodeID, _ op: some LinearOperator, shape: LinearLayerShape
  ) throws -> IntegerValue {
    let operand = try operand(of: id, takesAccumulators: op.takesAccumulators)
    let input = builder[operand.tensor]
    let weights = try operandWeights(op, of: id)
    let codes = shape.readsPadding ? input.range.including(operand.zero) : input.range
    let reach = try require(
      AccumulatorReach(weights, codes: codes), "its accumulators need more than 62 bits", at: graph.location(of: id),
      fix: "use fewer bits for the feature map (\(IntegerType.narrowestSigned(holding: input.range).bits)) or the "
        + "weights (\(weights.type.bits))")
    var shape = shape
    shape.activationBits = IntegerType.narrowestSigned(holding: codes).bits
    shape.weightBits = max(weights.type.bits, declaredBits(op.kernel, weights.type))
    shape.inputLimbs = limbCount(of: codes)
    shape.weightLimbs = weights.limbs

    let sums = LinearSums(
      reach, scales: weights.scales.map { $0.sign == 0 ? operand.scale : operand.scale * $0 }, zero: operand.zero,
      biases: op.bias.map { bias in (0..<bias.elements).map(bias.fraction) }, areHandedOut: !endsInQuantizer(id))
    let instruction = LinearInstruction(
      name: graph[id].name, input: operand.tensor, output: builder.reserve(), shape: shape, paddingCode: operand.zero,
      weights: weights.codes, initial: sums.initial, accumulatorRange: sums.accumulatorRange, stage: .accumulator)
    return handOn(
      PendingSums(kind: .linear(instruction), node: id, reach: sums.finals), of: id, sums.coding, isQuantized: false)
  }

  /// The input of a layer that sums products: integers of one scale, with one that means zero.
  private func operand(
    of id: NodeID, takesAccumulators: Bool
  ) throws -> (tensor: TensorID, scale: Rational, zero: Int64) {
    let location = graph.location(of: id)
    let source = graph[id].inputs[0]
    let input = try plainValue(source, for: id)
    guard input.isQuantized || takesAccumulators else { throw unquantized(source, for: id) }
    guard let scale = input.scales.uniform, input.shifts.isUniform else {
      throw Diagnostic(
        "the channels of the feature map from '\(graph[source].name)' have different scales", at: location,
        supported: "one scale for the feature map",
        fix: takesAccumulators
          ? "none inside of one layer: give the depthwise weights one scale for all channels (a number as alpha), or make it "
            + "two layers with \(graph.conventions.quantizer) between them"
          : "put \(graph.conventions.quantizer) for all channels in front of it"
      )
    }
    let zero = try require(
      input.zeroPoint, "the feature map from '\(graph[source].name)' has no integer code for zero", at: location,
      fix: "put \(graph.conventions.quantizer) in front of it")
    return (input.tensor, scale, zero)
  }

  func operandWeights(_ op: some LinearOperator, of id: NodeID) throws -> OperandWeights {
    var location = graph.location(of: id)
    location.tensor = "kernel"
    return try OperandWeights(
      op.kernel, outputChannels: op.outputChannels, conventions: graph.conventions, at: location)
  }

  /// The width that the model declares for its weights, where it is one that a port has.
  private func declaredBits(_ kernel: Parameter, _ type: IntegerType) -> Int {
    guard case .quantized(let tensor) = kernel, type.bits <= 16 else { return type.bits }
    return tensor.bits.clamped(to: type.bits...16)
  }
}

/// A layer's weights as the engines take them: integer codes and one scale per output channel.
struct OperandWeights {
  /// Output channels are the last index, or the last two together.
  let codes: IntegerArray
  let outputChannels: Int
  /// Of the output channels.
  var scales: PerChannel<Rational>
  /// What holds every code, and the limbs that it is fed in.
  let type: IntegerType
  let limbs: Int

  /// - Parameter conventions: of the model's file, for messages and for weights that have no quantizer.
  init(_ parameter: Parameter, outputChannels: Int, conventions: Conventions, at location: Diagnostic.Location) throws {
    self.outputChannels = outputChannels
    switch parameter {
    case .quantized(let tensor):
      let inner = tensor.shape[(tensor.scaleAxis + 1)...].reduce(1, *)
      let scaleCount = tensor.scales.count
      if scaleCount == 1 {
        codes = tensor.codes
        scales = PerChannel(tensor.scales)
      } else if outputChannels.isMultiple(of: inner * scaleCount) {
        // Scales repeat with the output channels.
        codes = tensor.codes
        scales = PerChannel(channels: outputChannels) { tensor.scales[$0 / inner % scaleCount] }
      } else {
        // Scales along an input axis: codes become multiples of one unit.
        let common = try require(
          CommonUnit(of: tensor.scales, largest: [tensor.codes.range.largestMagnitude]),
          "weights whose scales differ along an input axis and have no common unit", at: location,
          supported: "scales per output channel, or scales whose common unit gives weights of at most "
            + "\(CommonUnit.maximumBits) bits", fix: conventions.avoidingInputScales)
        codes = IntegerArray(
          tensor.codes.enumerated().map { index, code in code * common.multiples[index / inner % scaleCount] })
        scales = [common.unit]
      }
    case .real(let numbers, _):
      let exact = try Self.exactCodes(of: numbers, conventions, at: location)
      (codes, scales) = (IntegerArray(exact.codes), exact.scales)
    }
    let range = codes.range
    type = .narrowestSigned(holding: range)
    limbs = limbCount(of: range)
  }

  /// float32 weights that no quantizer touches, as multiples of one power of two: exact, in as many bits as that takes.
  private static func exactCodes(
    of numbers: [Float], _ conventions: Conventions, at location: Diagnostic.Location
  ) throws -> (codes: [Int64], scales: PerChannel<Rational>) {
    let exponents = numbers.filter { $0 != 0 }.map { Int($0.exponent) - $0.significandWidth }
    guard let least = exponents.min() else { return (numbers.map { _ in 0 }, [.one]) }
    let largest = numbers.map(\.magnitude).max() ?? 0
    let bits = Int(largest.exponent) - least + 2
    let most = conventions.unquantizedWeightBits ?? CommonUnit.maximumBits
    try require(
      bits <= most, "float32 weights that need \(bits) bits to be exact", at: location,
      supported: "weights exact in \(most) bits", fix: "\(conventions.quantizingWeights), or say --default-quantizer")
    let unit = Double(sign: .plus, exponent: least, significand: 1)
    return (numbers.map { Int64(Double($0) / unit) }, [.powerOfTwo(least)])
  }
}
