import Diagnostics
import Numbers
import QIR
import Quantization
import TFLite

/// Sums of products with weights: integers of 32 bits that count input scale x weight scale.
enum LinearOperators {
  static let rows = [
    OperatorRow(
      "CONV_2D", notes: "strides, dilations, groups; weights of 4 or 8 bits, per tensor or channel",
      read: { try convolution(&$0) }),
    OperatorRow(
      "DEPTHWISE_CONV_2D",
      notes: "strides, dilations, depth multipliers; weights of 4 or 8 bits, per tensor or channel",
      read: { try depthwise(&$0) }),
    OperatorRow(
      "TRANSPOSE_CONV", notes: "strides; weights of 4 or 8 bits, per tensor or channel", read: { try transposed(&$0) }),
    OperatorRow(
      "FULLY_CONNECTED", notes: "weights of 4 or 8 bits, per tensor or channel", read: { try fullyConnected(&$0) }),
  ]

  private static func convolution(_ reader: inout OperatorReader) throws {
    let (stride, dilation, padding) = try reader.windowOptions()
    let sums = try Sums(&reader, channelAxis: 0, inBlocks: true)
    let kernel = sums.weights.shape
    let extents = reader.extents(of: sums.map)
    try reader.require(
      kernel.count == 4 && extents.count == 3 && kernel.allSatisfy { $0 > 0 } && extents[2].isMultiple(of: kernel[3]),
      "weights of shape \(kernel) over a tensor of shape \(sums.map.shape)",
      supported: "[output channels, rows, columns, input channels / groups] over [1, rows, columns, channels]")
    let window = try reader.window(
      size: Extents(rows: kernel[1], columns: kernel[2]), stride: stride, dilation: dilation, padding: padding,
      over: extents, in: sums.map.block)
    let groups = extents[2] / kernel[3]
    let weights = sums.kernel([1, 2, 3, 0])
    try sums.produce(ConvolutionOp(kernel: weights, bias: sums.bias, window: window, groups: groups), &reader)
  }

  private static func depthwise(_ reader: inout OperatorReader) throws {
    let (stride, dilation, padding) = try reader.windowOptions()
    let multiplier = reader.integer("depth_multiplier", default: 1)
    let sums = try Sums(&reader, channelAxis: 3, inBlocks: true)
    let kernel = sums.weights.shape
    let extents = reader.extents(of: sums.map)
    try reader.require(
      kernel.count == 4 && kernel[0] == 1 && extents.count == 3 && kernel.allSatisfy { $0 > 0 } && multiplier > 0
        && kernel[3] % extents[2] == 0,
      "weights of shape \(kernel) with a depth multiplier of \(multiplier) over a tensor of shape \(sums.map.shape)",
      supported: "[1, rows, columns, channels x depth multiplier] over [1, rows, columns, channels]")
    let window = try reader.window(
      size: Extents(rows: kernel[1], columns: kernel[2]), stride: stride, dilation: dilation, padding: padding,
      over: extents, in: sums.map.block)
    let each = kernel[3] / extents[2]
    let weights = sums.kernel([1, 2, 3], shape: [kernel[1], kernel[2], extents[2], each])
    try sums.produce(DepthwiseConvolutionOp(kernel: weights, bias: sums.bias, window: window), &reader)
  }

  private static func transposed(_ reader: inout OperatorReader) throws {
    let (stride, _, padding) = try reader.windowOptions()
    let sums = try Sums(&reader, channelAxis: 0, inputs: (map: 2, weights: 1, bias: 3))
    let result = FeatureMap.nodeShape(try reader.resultTensor().shape).extents
    let kernel = sums.weights.shape
    let extents = FeatureMap.nodeShape(sums.map.shape).extents
    try reader.require(
      kernel.count == 4 && extents.count == 3 && result.count == 3 && kernel.allSatisfy { (1...65536).contains($0) }
        && extents[2] == kernel[3] && result[2] == kernel[0] && result.allSatisfy { $0 > 0 },
      "weights of shape \(kernel) over a tensor of shape \(sums.map.shape) to one of shape \(result)",
      supported: "[output channels, rows, columns, input channels] over [1, rows, columns, channels]")
    func axis(_ axis: Int, _ taps: Int, _ stride: Int) -> TransposedConvolution.Axis {
      let extent = result[axis]
      let positions = padding == .same ? (extent + stride - 1) / stride : (extent - taps + stride) / stride
      let cut = max((positions - 1) * stride + taps - extent, 0) / 2
      return TransposedConvolution.Axis(taps: taps, stride: stride, dilation: 1, cut: cut, result: extent)
    }
    let weights = sums.kernel([1, 2, 3, 0])
    let convolution = TransposedConvolution(
      kernel: weights, bias: sums.bias, groups: 1, rows: axis(0, kernel[1], stride.rows),
      columns: axis(1, kernel[2], stride.columns))
    let shape = Shape(extents)
    try reader.require(
      convolution.meets(shape), "a result of shape \(result) of a tensor of shape \(sums.map.shape)",
      supported: "results whose every pixel the input reaches")
    try sums.produce(weights, channels: kernel[0], &reader) { reader in
      let last = try convolution.append(over: sums.map.node, of: shape, to: &reader)
      return try reader.append(last.op, "sums", inputs: last.inputs)
    }
  }

  private static func fullyConnected(_ reader: inout OperatorReader) throws {
    let format = reader.integer("weights_format")
    try reader.require(format == 0, "weights_format = SHUFFLED4x16INT8", supported: "DEFAULT")
    _ = reader.flag("keep_num_dims")
    // Of floats alone.
    _ = reader.flag("asymmetric_quantize_inputs")
    let sums = try Sums(&reader, channelAxis: 0)
    let kernel = sums.weights.shape
    let elements = sums.map.shape.reduce(1, *)
    try reader.require(
      kernel.count == 2 && kernel.allSatisfy { $0 > 0 } && elements.isMultiple(of: kernel[1]),
      "weights of shape \(kernel) over a tensor of shape \(sums.map.shape)", supported: "[outputs, inputs]")
    var rows = sums
    if FeatureMap.nodeShape(sums.map.shape).channels != kernel[1] {
      let shape = elements == kernel[1] ? [kernel[1]] : [elements / kernel[1], kernel[1]]
      rows.map.node = try reader.append(ReshapeOp(shape: Shape(shape)), "rows", inputs: [sums.map.node])
    }
    try rows.produce(DenseOp(kernel: sums.kernel([1, 0]), bias: sums.bias), &reader)
  }
}

/// Weights and bias of a layer with what it reads.
private struct Sums {
  var map: FeatureMap
  let format: TensorFormat
  let weights: TFLiteTensor
  /// Without zero points, in the file's order.
  private let codes: IntegerArray
  /// Of the weights: one, or one per output channel.
  private let scales: [Float]
  private let biases: IntegerArray?
  /// Whether sums have 64 bits.
  private let areLong: Bool
  private let activation: Activation

  /// - Parameters:
  ///   - channelAxis: of the weights, along which output channels lie.
  ///   - inBlocks: the map may be one that SPACE_TO_BATCH_ND takes apart.
  init(
    _ reader: inout OperatorReader, channelAxis: Int, inBlocks: Bool = false,
    inputs: (map: Int, weights: Int, bias: Int) = (map: 0, weights: 1, bias: 2)
  ) throws {
    activation = try reader.activation()
    let input = reader.check { try $0.map(inputs.map, inBlocks: inBlocks) }
    let weights = try reader.constant(inputs.weights)
    self.weights = weights.tensor
    try reader.require(
      [.int8, .uint8, .int4].contains(weights.tensor.type), "weights of \(weights.tensor.type.name)",
      supported: "int8, uint8 and int4")
    scales = weights.tensor.scales
    let channels = weights.tensor.shape.indices.contains(channelAxis) ? weights.tensor.shape[channelAxis] : 0
    try reader.require(
      scales.count == 1 || (scales.count == channels && weights.tensor.quantizedDimension == channelAxis),
      "weights of shape \(weights.tensor.shape) with \(scales.count) scales along axis \(weights.tensor.quantizedDimension)",
      supported: "one scale, or one for each of the \(channels) output channels, along axis \(channelAxis)")
    try reader.require(
      scales.allSatisfy { $0 > 0 && $0.isFinite },
      "weights with a scale of \(scales.first { !($0 > 0 && $0.isFinite) } ?? 0)",
      supported: "scales above 0")
    let zeroPoints = weights.tensor.zeroPoints
    let zero = zeroPoints.first ?? 0
    try reader.require(
      zeroPoints.allSatisfy { $0 == zero } && (zero == 0 || (0...255).contains(zero) && weights.tensor.type == .uint8),
      "weights of \(weights.tensor.type.name) with zero point \(zeroPoints.first { $0 != 0 } ?? 0)",
      supported: "zero points of 0, of uint8 one of 0 to 255")
    codes = zero == 0 ? weights.integers : IntegerArray(weights.integers.map { $0 - zero })
    // Maps of int16 have sums of the type of biases, which newer files name.
    let isWide = input?.format.type.bits == 16
    let named = reader.integer("quantized_bias_type")
    var sumType: TFLiteElementType? = named == 0 ? nil : TFLiteElementType(rawValue: named) ?? .unknown
    if reader.hasInput(inputs.bias) {
      let bias = try reader.constant(inputs.bias)
      let types: [TFLiteElementType] =
        !isWide ? [.int32] : sumType.map { [$0] } ?? (reader.name == "DEPTHWISE_CONV_2D" ? [.int64] : [.int32, .int64])
      try reader.require(
        types.contains(bias.tensor.type), "a bias of \(bias.tensor.type.name)",
        supported: types.map(\.name).joined(separator: " and "))
      try reader.require(
        bias.integers.count == channels, "a bias of \(bias.integers.count) numbers", supported: "\(channels)")
      biases = bias.integers
      sumType = sumType ?? bias.tensor.type
    } else {
      biases = nil
    }
    areLong = isWide && sumType != .int32
    try reader.require(
      !isWide || [nil, .int32, .int64].contains(sumType), "sums of \(sumType?.name ?? "")", supported: "int32 and int64"
    )
    guard let input else { throw Skipped() }
    (map, format) = input
  }

  /// Of an accumulator's steps, by output channel or one for all.
  private var units: [Rational] { scales.map { Rational(format.scale) * Rational($0) } }

  var bias: Parameter? {
    biases.map {
      .quantized(
        QuantizedTensor(shape: [$0.count], codes: $0, scales: units, scaleAxis: 0, bits: $0.bytesPerElement * 8))
    }
  }

  /// The weights with the axes in another order, that of output channels the last.
  func kernel(_ permutation: [Int], shape: [Int]? = nil) -> Parameter {
    let ordered = permutation.count == weights.shape.count
    let codes = ordered ? Shape(weights.shape).permute(codes, by: permutation) : codes
    let shape = shape ?? permutation.map { weights.shape[$0] }
    let axis = shape.last == 1 && scales.count > 1 ? shape.count - 2 : shape.count - 1
    return .quantized(
      QuantizedTensor(
        shape: shape, codes: codes, scales: scales.map { Rational($0) }, scaleAxis: axis,
        bits: weights.type == .int4 ? 4 : 8))
  }

  /// The layer is the operator's result, in the result's codes.
  func produce(_ op: some LinearOperator, _ reader: inout OperatorReader) throws {
    try produce(op.kernel, channels: op.outputChannels, &reader) { reader in
      try reader.append(op, "sums", inputs: [map.node])
    }
  }

  /// The same of nodes that sum products with a kernel.
  func produce(
    _ kernel: Parameter, channels: Int, _ reader: inout OperatorReader,
    appending sums: (inout OperatorReader) throws -> NodeID
  ) throws {
    let result = try reader.resultFormat()
    try reader.require(
      result.type.bits == format.type.bits, "\(format.type) in \(result.type)", supported: "as many bits as the input")
    let magnitudes = magnitudes(kernel, channels)
    let quantizers =
      try reader.name == "FULLY_CONNECTED"
      ? requantizersInDoublePrecision(to: result, magnitudes, reader) : requantizers(to: result, magnitudes, reader)
    let node = try sums(&reader)
    try reader.produceCodes(node, by: PerChannel(quantizers), near: activation.operators, block: map.block)
  }

  /// One, or one per channel.
  private func requantizers(
    to result: TensorFormat, _ magnitudes: [Int64], _ reader: OperatorReader
  ) throws -> [FeatureMapQuantizer] {
    let factors = try scales.map { scale in
      // `GetQuantizedConvolutionMultipler` has the product in float32, `PopulateConvolutionQuantizationParams` in double.
      let isProductSingle = scales.count == 1 && !format.type.isSigned
      let product = isProductSingle ? Double(format.scale * scale) : Double(format.scale) * Double(scale)
      try reader.require(
        product.isFinite, "scales of \(format.scale) and \(scale)", supported: "scales whose product float32 holds")
      let factor = FixedPointMultiplier(product / Double(result.scale))
      return areLong ? factor.inHalfTheBits : factor
    }
    for (channel, most) in magnitudes.enumerated() {
      let shift = max(factors[channel % factors.count].shift, 0)
      let isHeld = areLong ? shift <= 7 && most < 1 << 47 : shift <= 30 && most << Int64(shift) <= Int64(Int32.max)
      try require(isHeld, sumsUpTo: most, channel, shift: shift, bits: areLong ? 48 : 32, reader)
    }
    // Sums of 64 bits are rounded once.
    let rounding = areLong ? .single : reader.importer.rounding
    return zip(units, factors).map { unit, factor in
      result.requantizer(of: unit, by: factor, rounding: rounding, within: result.codes(behind: activation))
    }
  }

  /// The same as FULLY_CONNECTED has them, whatever others round as.
  private func requantizersInDoublePrecision(
    to result: TensorFormat, _ magnitudes: [Int64], _ reader: OperatorReader
  ) throws -> [FeatureMapQuantizer] {
    let factors = scales.map { DoublePrecisionFactor(format.scale, times: $0, over: result.scale) }
    for (channel, most) in magnitudes.enumerated() {
      let isHeld = most < (areLong ? 1 << 53 : 1 << 31)
      try require(isHeld, sumsUpTo: most, channel, shift: 0, bits: areLong ? 53 : 32, reader)
      let product = Double(most) * factors[channel % factors.count].real
      try reader.require(
        product < 0x1p30, "sums of up to \(most) in channel \(channel), times \(product / Double(most)), in 32 bits",
        supported: "products below 2^30", fix: "train with larger output scales")
    }
    return try zip(units, factors).map { unit, factor in
      try reader.require(
        result.requantizer(of: unit, by: factor, within: result.codes(behind: activation)),
        "sums times \(factor.real), some of which double precision rounds to halves", supported: "other scales",
        fix: "convert the network again with other inputs for calibration")
    }
  }

  /// The largest sums by channel.
  private func magnitudes(_ kernel: Parameter, _ channels: Int) -> [Int64] {
    guard case .quantized(let kernel) = kernel else { return [] }
    let sums = kernel.codes.columnSums(channels)
    let farthest = Int64(format.type.range.shifted(by: -format.zeroPoint).largestMagnitude)
    return (0..<channels).map { channel in
      Int64(sums.positive[channel] - sums.negative[channel]) * farthest
        + Int64(min((biases?[channel] ?? 0).magnitude, 1 << 62))
    }
  }

  /// The kernels' integers wrap around beyond their bits.
  private func require(
    _ isHeld: Bool, sumsUpTo most: Int64, _ channel: Int, shift: Int, bits: Int, _ reader: OperatorReader
  ) throws {
    try reader.require(
      isHeld,
      "sums of up to \(most) in channel \(channel)" + (shift > 0 ? ", times 2^\(shift)," : "")
        + " in \(bits) bits, where they wrap around",
      supported: "sums that \(bits) bits hold",
      fix: "train with fewer inputs per sum, smaller biases or larger output scales")
  }
}

extension OperatorReader {
  enum Border { case same, valid }

  mutating func windowOptions() throws -> (stride: Extents, dilation: Extents, border: Border) {
    let stride = Extents(rows: integer("stride_h", default: 1), columns: integer("stride_w", default: 1))
    let dilation = Extents(
      rows: integer("dilation_h_factor", default: 1), columns: integer("dilation_w_factor", default: 1))
    let padding = integer("padding")
    try require(
      [stride.rows, stride.columns, dilation.rows, dilation.columns].allSatisfy { (1...65536).contains($0) }
        && (0...1).contains(padding), "strides of \(stride), dilations of \(dilation) and padding \(padding)",
      supported: "strides and dilations of 1 to 65536, padding SAME or VALID")
    return (stride, dilation, padding == 0 ? .same : .valid)
  }

  /// - Parameter block: where the map is taken apart, in steps of which the window reads it.
  func window(
    size: Extents, stride: Extents, dilation: Extents = .one, padding: Border, over extents: [Int],
    in block: Extents? = nil
  ) throws -> Window {
    let input = Extents(rows: extents[0], columns: extents[1])
    if let block {
      try require(
        stride == .one && padding == .valid, "strides of \(stride) and padding \(padding) behind SPACE_TO_BATCH_ND",
        supported: "strides of 1 and padding VALID", fix: "build the network with dilated convolutions")
      let apart = Extents(rows: dilation.rows * block.rows, columns: dilation.columns * block.columns)
      return Window(size: size, stride: stride, dilation: apart, padding: .none)
    }
    return Window(
      size: size, stride: stride, dilation: dilation,
      padding: padding == .same
        ? .same(input: input, kernel: size, stride: stride, dilation: dilation) : .none)
  }
}
