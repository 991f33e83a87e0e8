import Numbers
import ONNX
import QIR
import Quantization

/// What Add, Sub, Mul and Div do.
enum Arithmetic {
  case add, subtract, multiply, divide
}

extension ElementwiseOperators {
  static func arithmetic(_ reader: inout NodeReader, _ kind: Arithmetic) throws {
    let (left, right) = (try reader.value(0), try reader.value(1))
    let result: FeatureMap
    switch (left, right) {
    case (.map, .map): result = try combine(kind, try reader.realMap(0), try reader.realMap(1), &reader)
    case (.map, .constant(let constant)):
      result = try apply(kind, to: reader.realMap(0), constant, isReversed: false, &reader)
    case (.constant(let constant), .map):
      result = try apply(kind, to: reader.realMap(1), constant, isReversed: true, &reader)
    default: throw reader.problem("two constants", supported: "constants of numbers")
    }
    if kind == .divide { try reader.produce(.map(result)) } else { try reader.produceNumbers(result) }
  }

  /// Two tensors that the network computes.
  private static func combine(
    _ kind: Arithmetic, _ left: FeatureMap, _ right: FeatureMap, _ reader: inout NodeReader
  ) throws -> FeatureMap {
    switch kind {
    case .add: return try reader.combine([left, right], by: AddOp())
    case .subtract: return try reader.combine([left, reader.negative(of: right)], by: AddOp())
    case .multiply:
      return try reader.gated(left, right) ?? reader.combine([left, right], by: MultiplyOp())
    case .divide:
      throw reader.problem(
        "Div of two tensors that the network computes", supported: "division by a constant",
        fix: "there is no other form of it: no engine divides feature maps")
    }
  }

  /// - Parameter isReversed: the constant is the first operand.
  static func apply(
    _ kind: Arithmetic, to map: FeatureMap, _ constant: Constant, isReversed: Bool, _ reader: inout NodeReader
  ) throws -> FeatureMap {
    if kind == .divide, isReversed {
      throw reader.problem("a constant divided by what the network computes", supported: "division by a constant")
    }
    try reader.require(
      constant.values.allSatisfy(\.isFinite) && (kind != .divide || !constant.values.contains(0)),
      "a constant with NaN, infinity or a division by 0", supported: "finite numbers")
    if kind == .divide, map.encoding != nil { return try reader.divideIntegers(map, by: constant) }
    if constant.count == 1, constant.shape.count <= map.shape.count {
      let (scale, shift) = affine(kind, constant.fractions[0], isReversed)
      return try reader.append(ElementwiseOp([.affine(scale: scale, shift: shift)]), to: map)
    }
    return try reader.alongVaryingAxes(of: constant, map) { reader, map, channels in
      if kind == .add, let biased = try reader.addingBias(channels, to: map) { return biased }
      let affines = channels.fractions.map { affine(kind, $0, isReversed) }
      return try reader.append(AffineOp(scale: affines.map(\.scale), shift: affines.map(\.shift)), to: map)
    }
  }

  /// x with a number as scale x + shift.
  private static func affine(
    _ kind: Arithmetic, _ number: Rational, _ isReversed: Bool
  ) -> (scale: Rational, shift: Rational) {
    switch kind {
    case .add: (.one, number)
    case .subtract: isReversed ? (-.one, number) : (.one, -number)
    case .multiply: (number, .zero)
    case .divide: (.one / number, .zero)
    }
  }
}

/// The shape over which tensors of two shapes spread (ONNX' multidirectional broadcasting); nil where they do not fit.
func spreadShape(_ left: [Int], _ right: [Int]) -> [Int]? {
  let rank = max(left.count, right.count)
  func padded(_ shape: [Int]) -> [Int] { Array(repeating: 1, count: rank - shape.count) + shape }
  let pairs = zip(padded(left), padded(right))
  guard pairs.allSatisfy({ $0 == $1 || $0 == 1 || $1 == 1 }) else { return nil }
  return pairs.map { $0 == 1 ? $1 : $0 }
}

extension NodeReader {
  /// The node's result is this; integers stay within their type.
  mutating func produceNumbers(_ result: FeatureMap) throws {
    try requireNoOverflow(result)
    try produceBounded(result)
  }

  /// The same of numbers that cannot leave it.
  mutating func produceBounded(_ result: FeatureMap) throws {
    guard let encoding = result.encoding, encoding.isNarrow else { return try produce(.map(result)) }
    try produce(.map(quantize(result, encoding, "integers")))
  }

  /// Tensors that spread over each other, element by element.
  mutating func combine(
    _ maps: [FeatureMap], by op: some CombiningOperator, _ suffix: String? = nil
  ) throws -> FeatureMap {
    let shape = try maps.dropFirst().reduce(maps[0].shape) { shape, map in
      try require(
        spreadShape(shape, map.shape), "tensors of shapes \(maps.map(\.shape).map { "\($0)" }.joined(separator: ", "))",
        supported: "shapes that spread over each other")
    }
    var spread: [FeatureMap] = []
    for map in maps { spread.append(try self.spread(map, over: shape)) }
    // One of the whole shape keeps its order of axes: it is not moved.
    let order = spread[maps.firstIndex { $0.shape == shape } ?? 0].order
    var nodes: [NodeID] = []
    for map in spread { nodes.append(try ordered(map, as: order).node) }
    var result = spread[0]
    (result.node, result.order) = (try append(op, suffix, inputs: nodes), order)
    return result
  }

  mutating func negative(of map: FeatureMap) throws -> FeatureMap {
    try append(ElementwiseOp([.affine(scale: -.one, shift: .zero)]), to: map, "negative")
  }

  /// Does something with a map and a constant that spreads over it, with the axes along which the constant varies as the
  /// channels: the constant has one number for each.
  mutating func alongVaryingAxes(
    of constant: Constant, _ map: FeatureMap,
    _ body: (inout Self, FeatureMap, Constant) throws -> FeatureMap
  ) throws -> FeatureMap {
    let shape = try require(
      spreadShape(map.shape, constant.shape),
      "a constant of shape \(constant.shape) for a tensor of shape \(map.shape)",
      supported: "shapes that spread over the tensor's")
    let spread = try self.spread(map, over: shape)
    let missing = shape.count - constant.shape.count
    let axes = constant.shape.indices.filter { constant.shape[$0] > 1 }.map { $0 + missing }
    guard axes.allSatisfy({ $0 >= firstDataAxis }), spread.shape == shape else {
      throw mixesBatch("a constant of shape \(constant.shape)")
    }
    let channels = constant.reshaped(to: [constant.count])
    let others = spread.order.filter { !axes.contains($0) }
    var result = try ordered(spread, as: others + axes)
    guard axes.count != 1 else { return try body(&self, result, channels) }
    let extents = others.map { shape[$0] } + [constant.count]
    var merged = result
    merged.node = try append(ReshapeOp(shape: Shape(extents)), "channels", inputs: [result.node])
    merged = try body(&self, merged, channels)
    result.node = try append(
      ReshapeOp(shape: Shape(result.order.map { shape[$0] })), "axes", inputs: [merged.node])
    result.encoding = merged.encoding
    return result
  }

  /// Integers divided without remainder.
  mutating func divideIntegers(_ map: FeatureMap, by constant: Constant) throws -> FeatureMap {
    guard let encoding = map.encoding else { return map }
    try require(
      encoding.type.range?.lowerBound == 0 || !constant.values.contains(-1), "integers divided by -1",
      supported: "other divisors", fix: "multiply by -1 in a wider type")
    return try alongVaryingAxes(of: constant, map) { reader, map, channels in
      try reader.truncate(map, to: encoding.type, dividingBy: channels.fractions)
    }
  }

  /// The integers in front of the point, as a cast to an integer type makes them.
  ///
  /// - Parameter divisors: one, or one per channel of the map.
  mutating func truncate(
    _ map: FeatureMap, to type: ONNXElementType, dividingBy divisors: [Rational] = [.one]
  ) throws -> FeatureMap {
    guard let range = type.range, let bits = type.bits, bits <= 32, type != .bool else {
      throw problem("results of \(type.name)", supported: "floats and integers of 4 to 32 bits")
    }
    let quantizers = divisors.map { divisor in
      FeatureMapQuantizer(
        steps: .uniform(UniformSteps(gain: .one / divisor, clamp: range, rounding: .towardZero)),
        format: CodeFormat(scale: .one, zeroPoint: 0, range: range))
    }
    var result = try append(
      QuantizeOp(description: "onnx>truncate", bits: bits, quantizers: PerChannel(quantizers)), to: map)
    result.encoding = .plain(type)
    return result
  }

  /// The layer that makes `map` with these constants as its bias, where it has none and nothing else reads it.
  mutating func addingBias(_ constant: Constant, to map: FeatureMap) throws -> FeatureMap? {
    let index = hasInput(0) && isMap(0) ? 0 : 1
    guard importer.isReadOnce(node.inputs[index]),
      importer.graph[map.node].name == node.inputs[index]
    else { return nil }
    guard var op = importer.graph[map.node].op as? any LinearOperator, op.bias == nil else { return nil }
    op.bias = constant.parameter()
    // The sum without bias is no tensor any more: the layer is named after the one with it.
    importer.replace(map.node, by: op)
    importer.rename(map.node, to: result)
    return map
  }

  private func isMap(_ index: Int) -> Bool {
    if case .map? = importer.values[node.inputs[index]] { true } else { false }
  }
}
