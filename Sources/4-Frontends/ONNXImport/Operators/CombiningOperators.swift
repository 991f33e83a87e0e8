import Diagnostics
import Numbers
import QIR
import Quantization

/// Operators of any number of tensors, element by element, and what they say of one.
enum CombiningOperators {
  static let rows = [
    OperatorRow("Sum", notes: "of tensors and constants", read: { try sum(&$0, isMean: false) }),
    OperatorRow("Mean", notes: "of tensors and constants", read: { try sum(&$0, isMean: true) }),
    OperatorRow("Max", notes: "of tensors and constants", read: { try extremum(&$0, MaximumOp()) }),
    OperatorRow("Min", notes: "of tensors and constants", read: { try extremum(&$0, MinimumOp()) }),
    OperatorRow("Neg", read: { try $0.produceNumbers($0.negative(of: $0.realMap(0))) }),
    OperatorRow("Abs", read: { try absolute(&$0) }),
    OperatorRow("Pow", notes: "to the power of 1, 2, 3 or 4", read: { try power(&$0) }),
  ]

  private static func sum(_ reader: inout NodeReader, isMean: Bool) throws {
    let (maps, constants) = try operands(reader)
    var result = maps.count == 1 ? maps[0] : try reader.combine(maps, by: AddOp(), "sum")
    for constant in constants {
      result = try ElementwiseOperators.apply(.add, to: result, constant, isReversed: false, &reader)
    }
    if isMean {
      let share = RealFunction.affine(scale: .one / Rational(Int64(maps.count + constants.count)), shift: .zero)
      result = try reader.append(ElementwiseOp([share]), to: result)
    }
    try reader.produceNumbers(result)
  }

  private static func extremum(_ reader: inout NodeReader, _ op: some CombiningOperator) throws {
    let (maps, constants) = try operands(reader)
    var result = maps.count == 1 ? maps[0] : try reader.combine(maps, by: op)
    for constant in constants { result = try reader.bound(result, by: constant, isBelow: op is MaximumOp) }
    try reader.produceBounded(result)
  }

  private static func absolute(_ reader: inout NodeReader) throws {
    let map = try reader.realMap(0)
    try reader.produceNumbers(reader.combine([map, reader.negative(of: map)], by: MaximumOp()))
  }

  private static func power(_ reader: inout NodeReader) throws {
    let exponent = reader.check { try $0.constant(1) }
    let map = try reader.realMap(0)
    guard let exponent else { throw Skipped() }
    let powers: [Double: Int] = [1: 1, 2: 2, 3: 3, 4: 4]
    let factors = try reader.require(
      exponent.count == 1 ? powers[exponent.values[0]] : nil,
      "a power of \(exponent.count == 1 ? "\(exponent.values[0])" : "shape \(exponent.shape)")",
      supported: "1, 2, 3 and 4")
    try reader.produceNumbers(
      factors == 1 ? map : reader.combine(Array(repeating: map, count: factors), by: MultiplyOp()))
  }

  /// The inputs that the network computes, one at least, and those that are known.
  private static func operands(_ reader: NodeReader) throws -> (maps: [FeatureMap], constants: [Constant]) {
    var (maps, constants): ([FeatureMap], [Constant]) = ([], [])
    for index in reader.node.inputs.indices {
      if case .constant(let constant) = try reader.value(index) {
        constants.append(constant)
      } else {
        maps.append(try reader.realMap(index))
      }
    }
    try reader.require(!maps.isEmpty, "constants alone", supported: "constants of numbers")
    return (maps, constants)
  }
}

extension NodeReader {
  /// The larger of a map's elements and those of a constant that spreads over it, or the smaller.
  ///
  /// - Parameter isBelow: whether nothing is below the constant.
  fileprivate mutating func bound(_ map: FeatureMap, by constant: Constant, isBelow: Bool) throws -> FeatureMap {
    try require(constant.values.allSatisfy { !$0.isNaN }, "a constant with NaN", supported: "numbers")
    let isNone = { (value: Double) in value == (isBelow ? -Double.infinity : .infinity) }
    if constant.values.allSatisfy(isNone) { return map }
    try require(constant.values.allSatisfy(\.isFinite), "a constant with infinity", supported: "finite numbers")
    if constant.count == 1, constant.shape.count <= map.shape.count {
      let bound = constant.fractions[0]
      return try append(
        ElementwiseOp([isBelow ? .clip(lower: bound, upper: nil) : .clip(lower: nil, upper: bound)]), to: map)
    }
    // max(x, c) = max(x - c, 0) + c
    return try alongVaryingAxes(of: constant, map) { reader, map, channels in
      let (bounds, ones) = (channels.fractions, channels.fractions.map { _ in Rational.one })
      var result = try reader.append(AffineOp(scale: ones, shift: bounds.map { -$0 }), to: map, "difference")
      result = try reader.append(
        ElementwiseOp([isBelow ? .relu : .clip(lower: nil, upper: .zero)]), to: result, "bounded")
      return try reader.append(AffineOp(scale: ones, shift: bounds), to: result)
    }
  }
}
