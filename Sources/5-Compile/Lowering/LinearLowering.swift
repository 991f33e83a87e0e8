import Diagnostics
import IntegerProgram
import Numbers
import QIR
import Quantization
import Targets
import Tiling

extension Lowerer {
  mutating func convolution(_ id: NodeID, _ op: ConvolutionOp) throws -> IntegerValue {
    let outputs = op.kernel.shape[3]
    return try linear(
      id, kernel: op.kernel, bias: op.bias, takesAccumulators: op.takesAccumulators, outputChannel: { $0 % outputs },
      shape: shape(id, .conv2D, window: op.window, groups: op.groups))
  }

  mutating func depthwiseConvolution(_ id: NodeID, _ op: DepthwiseConvolutionOp) throws -> IntegerValue {
    let outputs = op.kernel.shape[2] * op.kernel.shape[3]
    return try linear(
      id, kernel: op.kernel, bias: op.bias, takesAccumulators: false, outputChannel: { $0 % outputs },
      shape: shape(id, .depthwise, window: op.window, channelMultiplier: op.kernel.shape[3]))
  }

  /// Over more than one pixel a dense layer is a pointwise convolution.
  mutating func dense(_ id: NodeID, _ op: DenseOp) throws -> IntegerValue {
    let outputs = op.kernel.shape[1]
    let isVector = mapShape(of: id).pixels == 1
    return try linear(
      id, kernel: op.kernel, bias: op.bias, takesAccumulators: false, outputChannel: { $0 % outputs },
      shape: shape(id, isVector ? .fullyConnected : .conv2D, window: Window(size: .one)))
  }

  private func shape(
    _ id: NodeID, _ engine: EngineKind, window: Window, groups: Int = 1, channelMultiplier: Int = 1
  ) -> LinearLayerShape {
    return LinearLayerShape(
      engine: engine, input: mapShape(of: graph[id].inputs[0]), output: mapShape(of: id),
      kernel: Extents(rows: window.size.rows, columns: window.size.columns),
      stride: Extents(rows: window.stride.rows, columns: window.stride.columns),
      dilation: Extents(rows: window.dilation.rows, columns: window.dilation.columns),
      padding: .init(top: window.padding.top, left: window.padding.left), groups: groups,
      channelMultiplier: channelMultiplier)
  }

  /// acc[o] = sum of weight code x input code, value[o] = scale acc[o] + shift: the zero point's part and the bias are in
  /// the shift, or in the accumulator's initial value where it is handed out.
  private mutating func linear(
    _ id: NodeID, kernel: Parameter, bias: Parameter?, takesAccumulators: Bool, outputChannel: (Int) -> Int,
    shape: LinearLayerShape
  ) throws -> IntegerValue {
    let location = graph.location(of: id)
    let source = graph[id].inputs[0]
    let input = try plainValue(source, for: id)
    guard input.isQuantized || takesAccumulators else { throw unquantized(source, for: id) }
    guard let inputScale = input.scales.uniform, input.shifts.isUniform else {
      throw Diagnostic(
        "the channels of the feature map from '\(graph[source].name)' have different scales", at: location,
        supported: "one scale for the feature map", fix: "put \(graph.format.quantizer) for all channels in front of it"
      )
    }
    guard let zero = input.zeroPoint else {
      throw Diagnostic(
        "the feature map from '\(graph[source].name)' has no integer code for zero", at: location,
        fix: "put \(graph.format.quantizer) in front of it")
    }
    let tensor = program[input.tensor]
    let isPadded = shape.padding != .none || hangsOver(shape)
    let codes = isPadded ? tensor.range.including(zero) : tensor.range

    let channels = graph[id].shape.channels
    var weightLocation = location
    weightLocation.tensor = "kernel"
    let weights = try OperandWeights(
      kernel, outputChannels: channels, outputChannel: outputChannel, format: graph.format, at: weightLocation)
    let weightRange = weights.codes.hull() ?? 0...0
    let weightType = IntegerType.narrowestSigned(holding: weightRange)
    let weightLimbs = limbCount(of: weightRange)

    guard
      let reach = AccumulatorReach(
        weights: weights.codes, outputChannels: channels, outputChannel: outputChannel, codes: codes,
        inputLimbs: limbCount(of: codes), weightLimbs: weightLimbs)
    else {
      throw Diagnostic(
        "its accumulators need more than 62 bits", at: location,
        fix: "use fewer bits for the feature map (\(tensor.type.bits)) or the weights (\(weightType.bits))")
    }

    var shape = shape
    shape.activationBits = IntegerType.narrowestSigned(holding: codes).bits
    shape.weightBits = max(weightType.bits, declaredBits(kernel, weightType))
    shape.inputLimbs = limbCount(of: codes)
    shape.weightLimbs = weightLimbs

    let scales = weights.scales.map { $0.sign == 0 ? inputScale : inputScale * $0 }
    let biases = bias.map(exactValues)
    let isFused = endsInQuantizer(id)
    var initial = [Int64](repeating: 0, count: channels)
    let shifts = PerChannel(channels: channels) { channel in
      let scale = scales[channel]
      let zeroPart = -Rational(zero) * Rational(reach.weightSums[channel])
      var shift = scale * zeroPart
      if let biases { shift = shift + biases[channel] }
      if !isFused {
        let steps = shift / scale
        // The bias as part of the accumulator where it is a multiple of its scale, the zero point's part always.
        let whole = steps.isInteger ? steps.floor : zeroPart.floor
        if let whole = Int64(exactly: whole), whole.magnitude < 1 << 61 {
          initial[channel] = whole
          shift = shift - scale * Rational(whole)
        }
      }
      return shift
    }.merged

    let finals = PerChannel(channels: channels) { reach.channels[$0].shifted(by: initial[$0]) }
    let partial = reach.partial + (initial.hull() ?? 0...0).including(0)
    // Sums that never leave the instruction need no encoding.
    let output = newTensor(
      id, range: finals.hull(),
      encoding: isFused ? Encoding(scales: [1]) : encoding(scales: scales, shifts: shifts), reach: finals)
    emit(
      .linear(
        LinearInstruction(
          name: graph[id].name, input: input.tensor, output: output, shape: shape, paddingCode: zero,
          weights: weights.codes, initial: initial,
          accumulatorRange: partial.hull(with: finals.hull()), stage: .accumulator)),
      node: id)
    guard isFused else {
      return exactValue(id, tensor: output, scales: scales, shifts: shifts, isQuantized: false)
    }
    return IntegerValue(tensor: output, scales: scales, shifts: shifts, isQuantized: false)
  }

  /// Whether a window reaches behind the feature map.
  private func hangsOver(_ shape: LinearLayerShape) -> Bool {
    let lastRow = (shape.output.rows - 1) * shape.stride.rows + (shape.kernel.rows - 1) * shape.dilation.rows
    let lastColumn =
      (shape.output.columns - 1) * shape.stride.columns + (shape.kernel.columns - 1) * shape.dilation.columns
    return lastRow - shape.padding.top >= shape.input.rows || lastColumn - shape.padding.left >= shape.input.columns
  }

  /// The width that the model declares for its weights, where it is one that a port has.
  private func declaredBits(_ kernel: Parameter, _ type: IntegerType) -> Int {
    guard case .quantized(let tensor) = kernel, type.bits <= 16 else { return type.bits }
    return tensor.bits.clamped(to: type.bits...16)
  }

  private func exactValues(_ parameter: Parameter) -> [Rational] {
    switch parameter {
    case .quantized(let tensor):
      let inner = tensor.shape[(tensor.scaleAxis + 1)...].reduce(1, *)
      return tensor.codes.indices.map {
        Rational(tensor.codes[$0]) * tensor.scales[tensor.scales.count == 1 ? 0 : $0 / inner % tensor.scales.count]
      }
    case .real(let numbers, _): return numbers.map { Rational($0) }
    }
  }
}
