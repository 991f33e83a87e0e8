import Diagnostics
import ONNX
import QIR
import Quantization

/// Operators that sum products with constant weights.
enum LinearOperators {
  static let rows = [
    OperatorRow(
      "Conv", notes: "one or two axes of space, group, depthwise, strides, dilations, pads, auto_pad",
      read: { try convolution(&$0) }),
    OperatorRow("Gemm", notes: "constant B and C, transB, alpha, beta", read: { try gemm(&$0) }),
    OperatorRow("MatMul", notes: "constant second matrix", read: { try matMul(&$0) }),
  ]

  private static func convolution(_ reader: inout NodeReader) throws {
    let attributes = reader.check { try WindowAttributes(&$0) }
    let groups = reader.check { try $0.int("group", default: 1) }
    let kernel = reader.check { try $0.constant(1) }
    let bias = reader.check { try $0.constantIfPresent(2) }
    let map = try reader.realMap(0)
    guard let attributes, let groups, let kernel, let bias else { throw NodeReader.Skipped() }
    try reader.produce(.map(reader.convolve(map, kernel, bias: bias, groups: groups, attributes)))
  }

  private static func gemm(_ reader: inout NodeReader) throws {
    let alpha = try reader.float("alpha", default: 1)
    let beta = try reader.float("beta", default: 1)
    let transposesA = try reader.flag("transA", default: false)
    let transposesB = try reader.flag("transB", default: false)
    var kernel = try reader.constant(1)
    var bias = try reader.constantIfPresent(2)
    let map = try reader.realMap(0)
    guard map.shape.count == 2, kernel.shape.count == 2 else {
      throw reader.problem("matrices of shapes \(map.shape) and \(kernel.shape)", supported: "two axes each")
    }
    guard !transposesA else { throw reader.mixesBatch("transA = 1") }
    if transposesB { kernel = kernel.transposed([1, 0]) }
    kernel = kernel.scaled(by: alpha)
    bias = beta == 0 ? nil : bias?.scaled(by: beta)
    try reader.produce(.map(reader.multiply(map, kernel, bias: bias)))
  }

  private static func matMul(_ reader: inout NodeReader) throws {
    let kernel = try reader.constant(1)
    let map = try reader.realMap(0)
    guard kernel.shape.count == 2, map.shape.count >= 2 else {
      throw reader.problem(
        "matrices of shapes \(map.shape) and \(kernel.shape)", supported: "a constant second matrix of two axes")
    }
    try reader.produce(.map(reader.multiply(map, kernel, bias: nil)))
  }
}

extension NodeReader {
  /// map x kernel + bias along the map's last axis in the model. `kernel` is inputs x outputs.
  mutating func multiply(
    _ map: FeatureMap, _ kernel: Constant, bias: Constant?, _ suffix: String? = nil
  ) throws -> FeatureMap {
    let last = map.shape.count - 1
    guard last >= firstDataAxis else { throw mixesBatch("a product along the batch") }
    guard map.shape[last] == kernel.shape[0] else {
      throw problem(
        "a tensor of shape \(map.shape) times one of shape \(kernel.shape)",
        supported: "[\(map.shape[last]), units]")
    }
    let units = kernel.shape[1]
    let bias = try bias.map { try self.bias($0, channels: units) }
    var result = try ordered(map, as: map.order.filter { $0 != last } + [last])
    result.node = try append(
      .dense(DenseOp(kernel: kernel.parameter(), bias: bias)), suffix, inputs: [result.node])
    result.shape[last] = units
    return result
  }

  /// A bias of any shape that spreads over the channels.
  func bias(_ constant: Constant, channels: Int) throws -> Parameter {
    if constant.count == channels, constant.shape.filter({ $0 > 1 }).count <= 1, constant.shape.last == channels {
      return constant.parameter(shape: [channels])
    }
    guard constant.count == 1 else {
      throw problem("a bias of shape \(constant.shape)", supported: "one number, or [\(channels)]")
    }
    return constant.repeated(channels).parameter()
  }

  /// - Parameters:
  ///   - map: [batch, channels, rows, columns] or [batch, channels, steps] in the model.
  ///   - kernel: outputs x inputs per group x rows x columns (OIHW), or without rows.
  mutating func convolve(
    _ map: FeatureMap, _ kernel: Constant, bias: Constant?, groups: Int, _ attributes: WindowAttributes,
    _ suffix: String? = nil
  ) throws -> FeatureMap {
    let spatial = map.shape.count - 2
    guard firstDataAxis == 1, (1...2).contains(spatial) else {
      throw problem(
        "a convolution over a tensor of shape \(map.shape)", supported: "[batch, channels, (rows,) columns]")
    }
    guard kernel.shape.count == map.shape.count else {
      throw problem("a kernel of shape \(kernel.shape) over a tensor of shape \(map.shape)")
    }
    let plane = try Plane(&self, map)
    let window = try attributes.window(size: Array(kernel.shape[2...]), over: Array(map.shape[2...]), self)
    let outputs = kernel.shape[0]
    let channels = map.shape[1]
    guard groups > 0, channels.isMultiple(of: groups), outputs.isMultiple(of: groups), outputs > 0,
      kernel.shape[1] == channels / groups
    else {
      throw problem(
        "\(groups) groups, \(channels) channels and a kernel of shape \(kernel.shape)",
        supported: "kernels of [outputs, channels / groups, …]")
    }
    let bias = try bias.map { try self.bias($0, channels: outputs) }
    // OIHW to HWIO.
    let wide = kernel.reshaped(
      to: [outputs, kernel.shape[1], window.size.rows, window.size.columns])
    let hwio = wide.transposed([2, 3, 1, 0])
    let op: Op
    if groups == channels, kernel.shape[1] == 1, outputs == channels, groups > 1 {
      let depthwise = hwio.reshaped(to: [window.size.rows, window.size.columns, channels, 1])
      op = .depthwiseConvolution(
        DepthwiseConvolutionOp(kernel: depthwise.parameter(), bias: bias, window: window))
    } else {
      op = .convolution(ConvolutionOp(kernel: hwio.parameter(), bias: bias, window: window, groups: groups))
    }
    return try plane.append(op, channels: outputs, to: &self, suffix)
  }
}

extension Constant {
  /// Every number times `factor`; quantized ones keep their codes.
  func scaled(by factor: Float) -> Constant {
    guard factor != 1 else { return self }
    switch numbers {
    case .floats(let floats): return Constant(shape: shape, floats: floats.map { $0 * factor })
    case .integers: return Constant(shape: shape, floats: floats.map { $0 * factor })
    case .quantized(var tensor):
      tensor.scales = tensor.scales.map { $0 * Rational(factor) }
      return Constant(shape: shape, .quantized(tensor))
    }
  }

  /// One number, `count` times.
  func repeated(_ count: Int) -> Constant {
    switch numbers {
    case .floats(let floats): return Constant(shape: [count], floats: Array(repeating: floats[0], count: count))
    case .integers(let integers, let type):
      return Constant(shape: [count], .integers(Array(repeating: integers[0], count: count), type))
    case .quantized(let tensor):
      return Constant(
        shape: [count],
        .quantized(
          QuantizedTensor(
            shape: [count], codes: Array(repeating: tensor.codes[0], count: count), scales: [tensor.scales[0]],
            bits: tensor.bits)))
    }
  }
}
