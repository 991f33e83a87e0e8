import QIR

/// Products with constant matrices.
extension NodeReader {
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
