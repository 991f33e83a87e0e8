import Numbers
import QIR
import Quantization

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
    try require(
      !positions.isEmpty && positions.count * extent <= 1 << 24, "\(positions.count) of \(extent) positions",
      supported: "1 or more, up to 2^24 pairs of both")
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

  /// The map through windows over some of its axes, by two of them at a time where they lie beside each other: what is left
  /// over all of the windows' axes is the same as over one after another, as for maxima, means and padding.
  ///
  /// - Parameter axes: the model's axes that windows move over.
  mutating func slide(
    _ windows: [WindowAxis], over axes: [Int], of map: FeatureMap, _ suffix: String? = nil,
    by op: (Window) -> any Operator
  ) throws -> FeatureMap {
    guard axes.allSatisfy({ $0 >= firstDataAxis }) else { throw mixesBatch("windows over axes \(axes)") }
    var result = map
    var end = axes.count
    while end > 0 {
      let start = isPlane(result, axes.prefix(end).suffix(2)) ? end - 2 : end - 1
      let plane =
        end - start == 2
        ? try Plane(&self, result, axes: axes[start..<end]) : try Plane(&self, result, column: axes[start])
      result = try plane.append(op(Window(windows[start..<end])), to: &self, start > 0 ? "window" : suffix)
      end = start
    }
    return result
  }

  /// Whether two axes are the first ones of more than one element, in this order: rows and columns where they lie.
  private func isPlane(_ map: FeatureMap, _ axes: ArraySlice<Int>) -> Bool {
    axes.count == 2 && map.order.filter { map.shape[$0] > 1 || axes.contains($0) }.starts(with: axes)
  }
}

/// A feature map as rows x columns x channels, which is what windows move over.
struct Plane {
  private let map: FeatureMap
  /// The model's axes that windows move over: rows and columns, or columns alone.
  private let axes: [Int]
  let node: NodeID
  /// Whether the map's node has to be seen under another shape.
  private let isReshaped: Bool

  /// Two axes as the rows and columns, or one as the columns of one row; all other axes together are the channels.
  init(_ reader: inout NodeReader, _ map: FeatureMap, axes: some Collection<Int>) throws {
    let others = map.order.filter { !axes.contains($0) }
    let ordered = try reader.ordered(map, as: axes + others)
    let space = axes.map { map.shape[$0] }
    try self.init(
      &reader, ordered, axes: Array(axes),
      seenAs: (axes.count == 1 ? [1] : []) + space + [others.reduce(1) { $0 * map.shape[$1] }])
  }

  /// One axis as the columns, where it lies: what lies in front of it are rows, what lies behind it channels.
  init(_ reader: inout NodeReader, _ map: FeatureMap, column: Int) throws {
    guard let place = map.order.firstIndex(of: column) else { throw reader.mixesBatch("a window over axis \(column)") }
    let elements = { (axes: ArraySlice<Int>) in axes.reduce(1) { $0 * map.shape[$1] } }
    try self.init(
      &reader, map, axes: [column],
      seenAs: [elements(map.order[..<place]), map.shape[column], elements(map.order[(place + 1)...])])
  }

  private init(_ reader: inout NodeReader, _ map: FeatureMap, axes: [Int], seenAs shape: [Int]) throws {
    self.map = map
    self.axes = axes
    isReshaped = reader.importer.graph[map.node].shape.extents != shape
    node = isReshaped ? try reader.append(ReshapeOp(shape: Shape(shape)), "plane", inputs: [map.node]) : map.node
  }

  /// Appends a window's node; the result has the axes that the model gave the map.
  ///
  /// - Parameter channels: the extent of axis 1 behind a convolution.
  func append(
    _ op: any Operator, channels: Int? = nil, to reader: inout NodeReader, _ suffix: String? = nil
  ) throws -> FeatureMap {
    var result = map
    result.node = try reader.append(op, isReshaped ? "window" : suffix, inputs: [node])
    let extents = reader.importer.graph[result.node].shape.extents
    for (axis, extent) in zip(axes, extents[(2 - axes.count)...]) { result.shape[axis] = extent }
    if let channels { result.shape[1] = channels }
    if isReshaped {
      result.node = try reader.append(
        ReshapeOp(shape: Shape(result.order.map { result.shape[$0] })), suffix, inputs: [result.node])
    }
    return result
  }
}
