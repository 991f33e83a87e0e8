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
    switch (left, right) {
    case (.map, .map):
      guard kind == .add else {
        throw reader.problem(
          "\(reader.node.operatorType) of two tensors that the network computes", supported: "one of them constant")
      }
      let (a, b) = (try reader.realMap(0), try reader.realMap(1))
      guard a.shape == b.shape else {
        throw reader.problem("a sum of shapes \(a.shape) and \(b.shape)", supported: "tensors of one shape")
      }
      var sum = a
      sum.node = try reader.append(.add(AddOp()), inputs: [a.node, reader.ordered(b, as: a.order).node])
      try reader.produce(.map(sum))
    case (.map, .constant(let constant)):
      try reader.produce(.map(apply(kind, to: reader.realMap(0), constant, isReversed: false, &reader)))
    case (.constant(let constant), .map):
      try reader.produce(.map(apply(kind, to: reader.realMap(1), constant, isReversed: true, &reader)))
    default: throw reader.problem("two constants", supported: "constants of numbers")
    }
  }

  /// - Parameter isReversed: the constant is the first operand.
  private static func apply(
    _ kind: Arithmetic, to map: FeatureMap, _ constant: Constant, isReversed: Bool, _ reader: inout NodeReader
  ) throws -> FeatureMap {
    if kind == .divide, isReversed {
      throw reader.problem("a constant divided by what the network computes", supported: "division by a constant")
    }
    let numbers = constant.values
    guard numbers.allSatisfy(\.isFinite), kind != .divide || !numbers.contains(0) else {
      throw reader.problem("a constant with NaN, infinity or a division by 0", supported: "finite numbers")
    }
    if constant.count == 1, constant.shape.count <= map.shape.count {
      return try reader.append(.elementwise(ElementwiseOp([function(kind, numbers[0], isReversed)])), to: map)
    }
    let spread = try Spread(constant, over: map, reader)
    if kind == .add, let biased = try reader.addingBias(spread.perChannel, to: map) { return biased }
    guard let channels = spread.perChannel?.values else {
      throw reader.problem(
        "a constant of shape \(constant.shape) for a tensor of shape \(map.shape)",
        supported: "one number, or one per channel")
    }
    let ones = [Double](repeating: 1, count: channels.count)
    let zeros = [Double](repeating: 0, count: channels.count)
    func affine(scale: [Double], shift: [Double]) -> Op {
      .batchNormalization(
        BatchNormalizationOp(gamma: scale, beta: shift, mean: zeros, variance: ones, epsilon: 0))
    }
    switch (kind, isReversed) {
    case (.add, _): return try reader.append(affine(scale: ones, shift: channels), to: map)
    case (.subtract, false): return try reader.append(affine(scale: ones, shift: channels.map { -$0 }), to: map)
    case (.subtract, true): return try reader.append(affine(scale: ones.map { -$0 }, shift: channels), to: map)
    case (.multiply, _): return try reader.append(affine(scale: channels, shift: zeros), to: map)
    case (.divide, _): return try reader.append(affine(scale: channels.map { 1 / $0 }, shift: zeros), to: map)
    }
  }

  private static func function(_ kind: Arithmetic, _ number: Double, _ isReversed: Bool) -> RealFunction {
    let number = Rational(number)
    switch kind {
    case .add: return .affine(scale: .one, shift: number)
    case .subtract: return .affine(scale: isReversed ? -.one : .one, shift: isReversed ? number : -number)
    case .multiply: return .affine(scale: number, shift: .zero)
    case .divide: return .affine(scale: .one / number, shift: .zero)
    }
  }
}

/// A constant spread over a feature map by ONNX' broadcasting rules.
struct Spread {
  /// One number per channel of the map's node, where the constant varies along that axis alone.
  let perChannel: Constant?

  init(_ constant: Constant, over map: FeatureMap, _ reader: NodeReader) throws {
    let missing = map.shape.count - constant.shape.count
    let shape = Array(repeating: 1, count: max(0, missing)) + constant.shape
    guard missing >= 0, zip(shape, map.shape).allSatisfy({ $0 == 1 || $0 == $1 }) else {
      throw reader.problem(
        "a constant of shape \(constant.shape) for a tensor of shape \(map.shape)",
        supported: "shapes that spread over the tensor's")
    }
    let varying = shape.indices.filter { shape[$0] > 1 }
    guard let axis = varying.first, varying.count == 1, map.order.last == axis else {
      perChannel = nil
      return
    }
    perChannel = constant.reshaped(to: [shape[axis]])
  }
}

extension NodeReader {
  /// The layer that makes `map` with these constants as its bias, where it has none and nothing else reads it.
  mutating func addingBias(_ constant: Constant?, to map: FeatureMap) throws -> FeatureMap? {
    let index = hasInput(0) && isMap(0) ? 0 : 1
    guard let constant, importer.isReadOnce(node.inputs[index]),
      importer.graph[map.node].name == node.inputs[index]
    else { return nil }
    var op = importer.graph[map.node].op
    let bias = constant.parameter()
    switch op {
    case .dense(var dense) where dense.bias == nil:
      dense.bias = bias
      op = .dense(dense)
    case .convolution(var convolution) where convolution.bias == nil:
      convolution.bias = bias
      op = .convolution(convolution)
    case .depthwiseConvolution(var convolution) where convolution.bias == nil:
      convolution.bias = bias
      op = .depthwiseConvolution(convolution)
    default: return nil
    }
    // The sum without bias is no tensor any more: the layer is named after the one with it.
    importer.graph[map.node].op = op
    importer.rename(map.node, to: result)
    return map
  }

  private func isMap(_ index: Int) -> Bool {
    if case .map? = importer.values[node.inputs[index]] { true } else { false }
  }
}
