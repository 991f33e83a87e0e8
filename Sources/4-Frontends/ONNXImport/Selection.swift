import Numbers
import Quantization
import QIR

extension NodeReader {
  /// The map's elements at the chosen positions of an axis, in their order: a product with a matrix of zeros and ones, or a
  /// convolution with such a kernel.
  /// What was quantized is so again behind it.
  ///
  /// - Parameter positions: from 0, each any number of times.
  mutating func select(
    _ positions: [Int], along axis: Int, of map: FeatureMap, _ suffix: String? = nil
  ) throws -> FeatureMap {
    guard axis >= firstDataAxis else { throw mixesBatch("a selection along the batch") }
    let extent = map.shape[axis]
    guard positions != Array(0..<extent) else { return map }
    guard !positions.isEmpty, positions.count * extent <= 1 << 24 else {
      throw problem("\(positions.count) of \(extent) positions", supported: "1 or more, up to 2^24 pairs of both")
    }
    if let encoding = map.encoding, encoding.axis == axis {
      throw problem("a selection along the axis of scales", supported: "one scale for the tensor")
    }
    let selected =
      try crop(positions, along: axis, of: map, suffix ?? "selection")
      ?? multiply(
        map, zerosAndOnes(extent: extent, positions), along: axis, bias: nil, suffix ?? "selection")
    guard let quantizer = quantizer(of: map.node) else { return selected }
    return try append(quantizer, to: selected, "codes")
  }

  private func zerosAndOnes(extent: Int, _ positions: [Int]) -> Constant {
    var codes = [Int8](repeating: 0, count: extent * positions.count)
    for (column, position) in positions.enumerated() { codes[position * positions.count + column] = 1 }
    let matrix = QuantizedTensor(
      shape: [extent, positions.count], codes: IntegerArray(codes), scales: [.one], bits: 2)
    return Constant(shape: matrix.shape, .quantized(matrix))
  }

  /// Evenly spaced positions of an axis that is not the last one, where it lies: a depthwise convolution whose kernel has a one
  /// at the first of them. Nil for other positions.
  private mutating func crop(
    _ positions: [Int], along axis: Int, of map: FeatureMap, _ suffix: String
  ) throws -> FeatureMap? {
    let step = positions.count > 1 ? positions[1] - positions[0] : 1
    let (first, last) = (positions[0], positions[positions.count - 1])
    guard map.order.last != axis, step > 0, positions == Array(stride(from: first, through: last, by: step)) else {
      return nil
    }
    let plane = try Plane(&self, map, column: axis)
    let size = map.shape[axis] - (last - first)
    let channels = importer.graph[plane.node].shape.channels
    guard size * channels <= 1 << 20 else { return nil }
    var codes = [Int8](repeating: 0, count: size * channels)
    for channel in 0..<channels { codes[first * channels + channel] = 1 }
    let kernel = QuantizedTensor(
      shape: [1, size, channels, 1], codes: IntegerArray(codes), scales: [.one], bits: 2)
    let window = Window([WindowAxis(size: size, stride: step)][...])
    return try plane.append(
      DepthwiseConvolutionOp(kernel: .quantized(kernel), bias: nil, window: window), to: &self, suffix)
  }

  /// The quantizer of which a node's values are codes, moved perhaps; nil where it is none, or one of several.
  private func quantizer(of id: NodeID) -> QuantizeOp? {
    var id = id
    while true {
      let node = importer.graph[id]
      if let op = node.op as? QuantizeOp { return op.quantizers.isUniform ? op : nil }
      guard node.inputs.count == 1, node.op.motion.movesElements, !(node.op is PadOp) else { return nil }
      id = node.inputs[0]
    }
  }

  /// The map with at least as many axes: new ones come in front.
  mutating func withRank(_ map: FeatureMap, _ rank: Int) throws -> FeatureMap {
    let missing = rank - map.shape.count
    guard missing > 0 else { return map }
    guard firstDataAxis == 0 else { throw mixesBatch("a tensor of shape \(map.shape) in one of \(rank) axes") }
    return try reshape(map, to: Array(repeating: 1, count: missing) + map.shape, "axes")
  }

  /// The map with axes of extent 1 repeated so that it spreads over `shape` (ONNX' multidirectional broadcasting); axes that
  /// `shape` has more come in front.
  mutating func spread(_ map: FeatureMap, over shape: [Int]) throws -> FeatureMap {
    var result = try withRank(map, shape.count)
    for (axis, extent) in shape.enumerated() where extent > 1 && result.shape[axis] == 1 && axis >= firstDataAxis {
      result = try select(Array(repeating: 0, count: extent), along: axis, of: result)
    }
    return result
  }
}
