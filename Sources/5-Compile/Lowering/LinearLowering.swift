import Diagnostics
import IntegerProgram
import Numbers
import QIR
import Quantization
import Targets
import Tiling

extension Lowerer {
  mutating func convolution(_ id: NodeID, _ op: ConvolutionOp) throws -> IntegerValue {
    try linear(
      id, op, takesAccumulators: op.takesAccumulators,
      shape: shape(id, .conv2D, window: op.window, groups: op.groups))
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
    _ id: NodeID, _ op: some LinearOperator, takesAccumulators: Bool = false, shape: LinearLayerShape
  ) throws -> IntegerValue {
    let operand = try operand(of: id, takesAccumulators: takesAccumulators)
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
