import Diagnostics
import Numbers
import ONNX
import QIR
import Quantization

/// Operators that sum products with constant weights.
enum LinearOperators {
  static let rows = [
    OperatorRow(
      "Conv", notes: "one or two axes of space, group, depthwise, strides, dilations, pads, auto_pad",
      read: { try convolution(&$0) }),
    OperatorRow(
      "ConvTranspose",
      notes: "one or two axes of space, group, strides, dilations, pads, auto_pad, output_padding, output_shape",
      read: { try transposedConvolution(&$0) }),
    OperatorRow("Gemm", notes: "transA, transB, alpha, beta; constant A, B or C or none", read: { try gemm(&$0) }),
    OperatorRow(
      "MatMul", notes: "of two tensors, or one side constant: a vector, a matrix or several", read: { try matMul(&$0) }),
  ]

  /// What `Conv` and `ConvTranspose` have alike, all of it checked before anything is refused.
  private static func convolutionParts(
    _ reader: inout NodeReader
  ) throws -> (attributes: WindowAttributes, groups: Int, kernel: Constant, bias: Constant?, map: FeatureMap) {
    let attributes = reader.check { try WindowAttributes(&$0) }
    let groups = reader.check { try $0.int("group", default: 1) }
    let kernel = reader.check { try $0.constant(1) }
    let bias = reader.check { try $0.constantIfPresent(2) }
    let map = try reader.realMap(0)
    guard let attributes, let groups, let kernel, let bias else { throw Skipped() }
    return (attributes, groups, kernel, bias, map)
  }

  private static func convolution(_ reader: inout NodeReader) throws {
    let (attributes, groups, kernel, bias, map) = try convolutionParts(&reader)
    try reader.produce(.map(reader.convolve(map, kernel, bias: bias, groups: groups, attributes)))
  }

  private static func transposedConvolution(_ reader: inout NodeReader) throws {
    let (attributes, groups, kernel, bias, map) = try convolutionParts(&reader)
    let rank = map.shape.count
    try reader.require(
      (3...4).contains(rank) && (reader.firstDataAxis == 1 || map.shape[0] == 1),
      "a transposed convolution over a tensor of shape \(map.shape)", supported: "[batch, channels, (rows,) columns]")
    try reader.require(
      kernel.shape.count == rank && groups > 0 && kernel.shape[0] == map.shape[1]
        && map.shape[1].isMultiple(of: groups),
      "\(groups) groups, \(map.shape[1]) channels and a kernel of shape \(kernel.shape)",
      supported: "kernels of [channels, outputs / groups, …]")
    let outputs = kernel.shape[1] * groups
    try reader.require(
      bias == nil || bias?.shape == [outputs], "a bias of shape \(bias?.shape ?? []) for \(outputs) outputs",
      supported: "[\(outputs)]")
    let plane = try Plane(&reader, map, axes: 2..<rank)
    let shape = reader.importer.graph[plane.node].shape
    let size = Array(kernel.shape[2...])
    let axes = try attributes.transposedAxes(size: size, over: Array(map.shape[2...]), &reader)
    // Inputs x outputs per group x rows x columns to HWIO.
    let wide = (rank == 3 ? [1] : []) + size
    let hwio = kernel.reshaped(to: [groups, map.shape[1] / groups, kernel.shape[1]] + wide)
      .transposed([3, 4, 1, 0, 2]).reshaped(to: wide + [map.shape[1] / groups, outputs])
    let convolution = TransposedConvolution(
      kernel: hwio.parameter(), bias: bias?.parameter(), groups: groups, rows: rank == 3 ? .single : axes[0],
      columns: axes[axes.count - 1])
    try reader.require(
      convolution.meets(shape), "a result of shape \(axes.map(\.result))",
      supported: "results whose pixels all lie within reach of the kernel")
    let last = try convolution.append(over: plane.node, of: shape, to: &reader)
    try reader.produce(.map(plane.append(last.op, of: last.inputs, channels: outputs, to: &reader)))
  }

  private static func gemm(_ reader: inout NodeReader) throws {
    let alpha = try reader.float("alpha", default: 1)
    let beta = try reader.float("beta", default: 1)
    let transposesA = try reader.flag("transA", default: false)
    let transposesB = try reader.flag("transB", default: false)
    let values = try (0..<2).map { try reader.value($0) } + (reader.hasInput(2) ? [reader.value(2)] : [])
    let areMaps = values.map { if case .map = $0 { true } else { false } }
    guard areMaps == [true, false] || areMaps == [true, false, false] else {
      return try gemmOfParts(&reader, alpha: alpha, beta: beta, transposes: [transposesA, transposesB])
    }
    var map = try reader.realMap(0)
    var kernel = try reader.constant(1)
    var bias = try reader.constantIfPresent(2)
    try reader.require(
      map.shape.count == 2 && kernel.shape.count == 2, "matrices of shapes \(map.shape) and \(kernel.shape)",
      supported: "two axes each")
    if transposesA { map = try reader.transpose(map, [1, 0]) }
    if transposesB { kernel = kernel.transposed([1, 0]) }
    kernel = kernel.scaled(by: alpha)
    bias = beta == 0 ? nil : bias?.scaled(by: beta)
    guard let matrix = bias, matrix.count > 1, matrix.count != kernel.shape[1] || matrix.shape.last != matrix.count
    else {
      return try reader.produceProduct(reader.multiply(map, kernel, along: 1, bias: bias))
    }
    let product = try reader.multiply(map, kernel, along: 1, bias: nil, "product")
    try reader.produceProduct(ElementwiseOperators.apply(.add, to: product, matrix, isReversed: false, &reader))
  }

  /// One operator after another, where not just A is computed by the network.
  private static func gemmOfParts(
    _ reader: inout NodeReader, alpha: Float, beta: Float, transposes: [Bool]
  ) throws {
    func step(
      _ operatorType: String, _ inputs: [String], _ suffix: String,
      attributes: [(name: String, value: ONNXAttribute)] = []
    ) throws -> String {
      let name = suffix.isEmpty ? reader.result : "\(reader.result)/\(suffix)"
      try reader.read(operatorType, of: inputs, as: name, attributes: attributes)
      return name
    }
    func scaled(_ tensor: String, by factor: Float, _ suffix: String) throws -> String {
      guard factor != 1 else { return tensor }
      let constant = "\(reader.result)/\(suffix)"
      reader.importer.values[constant] = .constant(Constant(shape: [], floats: [factor]))
      return try step("Mul", [tensor, constant], "\(suffix)/scaled")
    }
    var operands = Array(reader.node.inputs.prefix(2))
    for (index, isTransposed) in transposes.enumerated() where isTransposed {
      operands[index] = try step(
        "Transpose", [operands[index]], "operand\(index)", attributes: [("perm", .ints([1, 0]))])
    }
    let product = try scaled(step("MatMul", operands, "product"), by: alpha, "alpha")
    guard reader.hasInput(2), beta != 0 else { return _ = try step("Identity", [product], "") }
    _ = try step("Add", [product, scaled(reader.node.inputs[2], by: beta, "beta")], "")
  }

  private static func matMul(_ reader: inout NodeReader) throws {
    if case (.map, .map) = (try reader.value(0), try reader.value(1)) {
      return try reader.produceProduct(reader.multiply(reader.realMap(0), reader.realMap(1)))
    }
    // A constant in front multiplies the axis before the last: the transposed kernel does.
    let isReversed = if case .constant = try reader.value(0) { true } else { false }
    var kernel = try reader.constant(isReversed ? 0 : 1)
    var map = try reader.realMap(isReversed ? 1 : 0)
    if kernel.shape.count == 1, map.shape.count >= 1, !isReversed {
      // A vector is a matrix of one column that is dropped again.
      let product = try reader.multiply(
        map, kernel.reshaped(to: [kernel.count, 1]), along: map.shape.count - 1, bias: nil, "product")
      return try reader.produceProduct(reader.reshape(product, to: map.shape.dropLast()))
    }
    try reader.require(
      kernel.shape.count >= 2 && map.shape.count >= 1, "matrices of shapes \(map.shape) and \(kernel.shape)",
      supported: "a constant matrix, or several")
    var rank = map.shape.count
    try reader.require(
      rank >= 2 || !isReversed, "a vector of \(map.shape[0]) elements behind a constant", supported: "matrices")
    if isReversed {
      kernel = kernel.transposed(Array(0..<kernel.shape.count - 2) + [1, 0].map { kernel.shape.count - 2 + $0 })
    }
    if kernel.shape.count > max(rank, 2) {
      map = try reader.withRank(map, kernel.shape.count)
      rank = kernel.shape.count
    }
    let axis = isReversed ? rank - 2 : rank - 1
    try reader.produceProduct(reader.multiply(map, kernel, along: axis, bias: nil))
  }
}

extension NodeReader {
  fileprivate mutating func produceProduct(_ map: FeatureMap) throws {
    try requireNoOverflow(map)
    try produce(.map(map))
  }

  /// An addend of any shape that spreads over the channels.
  func bias(_ constant: Constant, channels: Int) throws -> Parameter {
    if constant.count == channels, constant.shape.filter({ $0 > 1 }).count <= 1, constant.shape.last == channels {
      return constant.parameter(shape: [channels])
    }
    try require(constant.count == 1, "a bias of shape \(constant.shape)", supported: "one number, or [\(channels)]")
    return constant.repeated(channels).parameter()
  }

  /// - Parameters:
  ///   - map: [batch, channels, rows, columns] or [batch, channels, steps] in the model.
  ///   - kernel: outputs x inputs per group x rows x columns (OIHW), or without rows.
  mutating func convolve(
    _ map: FeatureMap, _ kernel: Constant, bias: Constant?, groups: Int, _ attributes: WindowAttributes,
    _ suffix: String? = nil
  ) throws -> FeatureMap {
    let rank = map.shape.count
    try require(
      (3...4).contains(rank) && (firstDataAxis == 1 || map.shape[0] == 1),
      "a convolution over a tensor of shape \(map.shape)", supported: "[batch, channels, (rows,) columns]")
    try require(kernel.shape.count == rank, "a kernel of shape \(kernel.shape) over a tensor of shape \(map.shape)")
    let plane = try Plane(&self, map, axes: 2..<rank)
    let window = Window(
      try attributes.axes(size: Array(kernel.shape[2...]), over: Array(map.shape[2...]), self)[...])
    let outputs = kernel.shape[0]
    let channels = map.shape[1]
    try require(
      groups > 0 && channels.isMultiple(of: groups) && outputs.isMultiple(of: groups) && outputs > 0
        && kernel.shape[1] == channels / groups,
      "\(groups) groups, \(channels) channels and a kernel of shape \(kernel.shape)",
      supported: "kernels of [outputs, channels / groups, …]")
    if let bias, bias.shape != [outputs] {
      throw problem("a bias of shape \(bias.shape) for a kernel of shape \(kernel.shape)", supported: "[\(outputs)]")
    }
    let addends = bias?.parameter()
    // OIHW to HWIO.
    let wide = kernel.reshaped(
      to: [outputs, kernel.shape[1], window.size.rows, window.size.columns])
    let hwio = wide.transposed([2, 3, 1, 0])
    let op: any Operator
    // Scales of every output channel have no place in a kernel with a channel multiplier.
    if groups == channels, groups > 1, outputs == channels || !kernel.hasSeveralScales {
      let depthwise = hwio.reshaped(to: [window.size.rows, window.size.columns, channels, outputs / channels])
      op = DepthwiseConvolutionOp(kernel: depthwise.parameter(), bias: addends, window: window)
    } else {
      // The two halves of a separable convolution, as Keras has them.
      let isPointwise = importer.graph[plane.node].op is DepthwiseConvolutionOp && window.size == .one
      op = ConvolutionOp(
        kernel: hwio.parameter(), bias: addends, window: window, groups: groups, takesAccumulators: isPointwise)
    }
    return try plane.append(op, channels: outputs, to: &self, suffix)
  }

  // MARK: Products of matrices that the network computes

  /// As NumPy has it: leading axes spread over each other, vectors are matrices of one row or column that is dropped again.
  mutating func multiply(_ left: FeatureMap, _ right: FeatureMap, _ suffix: String? = nil) throws -> FeatureMap {
    guard left.shape.count > 1, right.shape.count > 1 else {
      let isRow = left.shape.count == 1
      let isColumn = right.shape.count == 1
      let first = isRow ? try reshape(left, to: [1] + left.shape, "row") : left
      let second = isColumn ? try reshape(right, to: right.shape + [1], "column") : right
      let product = try multiply(first, second, "product")
      var shape = product.shape
      if isColumn { shape.removeLast() }
      if isRow { shape.remove(at: shape.count - (isColumn ? 1 : 2)) }
      return try reshape(product, to: shape)
    }
    let leading = try require(
      spreadShape(left.shape.dropLast(2), right.shape.dropLast(2)),
      "tensors of shapes \(left.shape) and \(right.shape)", supported: "leading axes that spread over each other")
    let terms = left.shape[left.shape.count - 1]
    try require(
      right.shape[right.shape.count - 2] == terms, "tensors of shapes \(left.shape) and \(right.shape)",
      supported: "\(terms) rows of the second")
    guard leading.count >= firstDataAxis else { throw mixesBatch("a product along the batch") }
    let natural = Array(firstDataAxis..<leading.count + 2)
    let first = try ordered(spread(left, over: leading + left.shape.suffix(2)), as: natural)
    let second = try spread(right, over: leading + right.shape.suffix(2))
    // Rows and columns may lie either way.
    let turned = Array(natural.dropLast(2)) + natural.suffix(2).reversed()
    let isTurned = second.order == turned
    var result = first
    result.node = try append(
      MatrixProductOp(terms: terms, transposesSecond: isTurned), suffix,
      inputs: [first.node, ordered(second, as: isTurned ? turned : natural).node])
    result.shape = leading + [left.shape[left.shape.count - 2], right.shape[right.shape.count - 1]]
    return result
  }

  // MARK: Products with constant matrices

  /// map x kernel + bias along one of the map's axes in the model.
  ///
  /// - Parameter kernel: inputs x outputs, or one such matrix for each index of the map's leading axes.
  mutating func multiply(
    _ map: FeatureMap, _ kernel: Constant, along axis: Int, bias: Constant?, _ suffix: String? = nil
  ) throws -> FeatureMap {
    guard axis >= firstDataAxis else { throw mixesBatch("a product along the batch") }
    let matrix = Array(kernel.shape.suffix(2))
    let stacks = Array(kernel.shape.dropLast(2))
    try require(
      map.shape[axis] == matrix[0], "a tensor of shape \(map.shape) times one of shape \(kernel.shape)",
      supported: "\(map.shape[axis]) rows of the constant")
    guard stacks.allSatisfy({ $0 == 1 }) else {
      return try multiply(map, stacked: kernel, along: axis, suffix)
    }
    let units = matrix[1]
    let bias = try bias.map { try self.bias($0, channels: units) }
    var result = try ordered(map, as: map.order.filter { $0 != axis } + [axis])
    result.node = try append(
      DenseOp(kernel: kernel.reshaped(to: matrix).parameter(), bias: bias), suffix, inputs: [result.node])
    result.shape[axis] = units
    return result
  }

  /// A matrix of its own for each index of leading axes: a convolution of 1x1 pixels with as many groups.
  private mutating func multiply(
    _ map: FeatureMap, stacked kernel: Constant, along axis: Int, _ suffix: String?
  ) throws -> FeatureMap {
    let (inputs, outputs) = (kernel.shape[kernel.shape.count - 2], kernel.shape[kernel.shape.count - 1])
    let missing = map.shape.count - kernel.shape.count
    let stacks = kernel.shape.indices.dropLast(2).filter { kernel.shape[$0] > 1 }
    let axes = stacks.map { $0 + missing }
    let shape = map.shape.indices.map { axes.contains($0) ? kernel.shape[$0 - missing] : map.shape[$0] }
    guard axes.allSatisfy({ $0 >= firstDataAxis }) else { throw mixesBatch("matrices of shape \(kernel.shape)") }
    let spread = try self.spread(map, over: shape)
    try require(
      spread.shape == shape, "a tensor of shape \(map.shape) times one of shape \(kernel.shape)",
      supported: "as many matrices")
    let groups = axes.reduce(1) { $0 * shape[$1] }
    let others = spread.order.filter { $0 != axis && !axes.contains($0) }
    var result = try ordered(spread, as: others + axes + [axis])
    let pixels = others.reduce(1) { $0 * shape[$1] }
    let row = try append(
      ReshapeOp(shape: Shape([1, pixels, groups * inputs])), "row", inputs: [result.node])
    // Stacks x inputs x outputs to inputs x (stacks x outputs).
    let last = kernel.shape.count - 1
    let unit = kernel.shape.indices.dropLast(2).filter { kernel.shape[$0] == 1 }
    let hwio = kernel.transposed(unit + [last - 1] + stacks + [last]).reshaped(to: [1, 1, inputs, groups * outputs])
    let products = try append(
      ConvolutionOp(kernel: hwio.parameter(), bias: nil, window: Window(size: .one), groups: groups),
      "products", inputs: [row])
    result.shape[axis] = outputs
    result.node = try append(
      ReshapeOp(shape: Shape(result.order.map { result.shape[$0] })), suffix, inputs: [products])
    return result
  }
}

extension Constant {
  /// Whether it is quantized with a scale for each index of an axis.
  fileprivate var hasSeveralScales: Bool {
    if case .quantized(let tensor) = numbers { tensor.scales.count > 1 } else { false }
  }

  /// Every number times `factor`; quantized ones keep their codes.
  func scaled(by factor: Float) -> Constant {
    guard factor != 1 else { return self }
    switch numbers {
    case .floats, .doubles, .integers: return Constant(shape: shape, floats: floats.map { $0 * factor })
    case .quantized(var tensor):
      tensor.scales = tensor.scales.map { $0 * Rational(factor) }
      return Constant(shape: shape, .quantized(tensor))
    }
  }

  /// One number, `count` times.
  func repeated(_ count: Int) -> Constant {
    switch numbers {
    case .floats, .doubles: return Constant(shape: [count], floats: Array(repeating: floats[0], count: count))
    case .integers(let integers, let type):
      return Constant(shape: [count], .integers(IntegerArray(Array(repeating: integers[0], count: count)), type))
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
