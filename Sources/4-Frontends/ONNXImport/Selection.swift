import Numbers
import Quantization
import QIR

extension NodeReader {
  /// The map's elements at the chosen positions of an axis, in their order: a product with a matrix of zeros and ones.
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
    var codes = [Int8](repeating: 0, count: extent * positions.count)
    for (column, position) in positions.enumerated() { codes[position * positions.count + column] = 1 }
    let matrix = QuantizedTensor(
      shape: [extent, positions.count], codes: IntegerArray(codes), scales: [.one], bits: 2)
    let selected = try multiply(
      map, Constant(shape: matrix.shape, .quantized(matrix)), along: axis, bias: nil, suffix ?? "selection")
    guard let quantizer = quantizer(of: map.node) else { return selected }
    return try append(quantizer, to: selected, "codes")
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
