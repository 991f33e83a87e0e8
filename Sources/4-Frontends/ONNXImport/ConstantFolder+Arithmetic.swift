import Numbers
import Quantization

/// Operators that compute elements of constants from elements of constants.
extension ConstantFolder {
  /// Functions of two numbers.
  enum Binary {
    case add, subtract, multiply, divide, power, minimum, maximum

    func callAsFunction<Number: BinaryFloatingPoint>(_ a: Number, _ b: Number) -> Number {
      switch self {
      case .add: a + b
      case .subtract: a - b
      case .multiply: a * b
      case .divide: a / b
      // As ONNX Runtime: small powers are products.
      case .power: b == 2 ? a * a : b == 3 ? a * a * a : Number(ElementaryMath.power(Double(a), Double(b)))
      case .minimum: Swift.min(a, b)
      case .maximum: Swift.max(a, b)
      }
    }

    /// nil where int64 does not hold the result.
    func callAsFunction(_ a: Int64, _ b: Int64) -> Int64? {
      let (result, overflow) =
        switch self {
        case .add: a.addingReportingOverflow(b)
        case .subtract: a.subtractingReportingOverflow(b)
        case .multiply: a.multipliedReportingOverflow(by: b)
        case .divide: a.dividedReportingOverflow(by: b)
        case .power: Self.power(a, b)
        case .minimum: (Swift.min(a, b), false)
        case .maximum: (Swift.max(a, b), false)
        }
      return overflow ? nil : result
    }

    private static func power(_ a: Int64, _ b: Int64) -> (partialValue: Int64, overflow: Bool) {
      guard (0..<64).contains(b) else { return (0, true) }
      return (0..<b).reduce((1, false)) { result, _ in
        let next = result.0.multipliedReportingOverflow(by: a)
        return (next.partialValue, result.1 || next.overflow)
      }
    }
  }

  static func binary(_ reader: inout NodeReader, _ function: Binary) throws -> Constant {
    let first = try reader.constant(0)
    return try reader.node.inputs.indices.dropFirst().reduce(first) { result, index in
      try binary(reader, function, result, reader.constant(index))
    }
  }

  private static func binary(
    _ reader: NodeReader, _ function: Binary, _ a: Constant, _ b: Constant
  ) throws -> Constant {
    let shape = try reader.require(
      spreadShape(a.shape, b.shape), "constants of shapes \(a.shape) and \(b.shape)", supported: "shapes that spread")
    // The result, and where in the operands each of its elements comes from.
    try reader.requireRoom(shape, bytes: 24)
    let pairs = zip(positions(of: a.shape, over: shape), positions(of: b.shape, over: shape))
    switch a.numbers {
    case .integers(_, let type):
      let (x, y) = (a.integers ?? [], b.integers ?? b.values.map { Int64(exactly: $0) ?? -1 })
      let results = try pairs.map { pair -> Int64 in
        guard let result = function(x[pair.0], y[pair.1]), type.range?.contains(result) ?? true else {
          throw reader.problem(
            "integer constants whose result \(type.name) does not hold", supported: "results that fit their type")
        }
        return result
      }
      return Constant(shape: shape, .integers(IntegerArray(results), type))
    case .doubles(let x):
      let y = b.values
      return Constant(shape: shape, .doubles(pairs.map { function(x[$0.0], y[$0.1]) }))
    case .floats, .quantized:
      let (x, y) = (a.floats, b.floats)
      return Constant(shape: shape, floats: pairs.map { function(x[$0.0], y[$0.1]) })
    }
  }

  /// The element of a tensor that belongs to each element of a shape that it spreads over.
  private static func positions(of small: [Int], over shape: [Int]) -> [Int] {
    let extents = Array(repeating: 1, count: shape.count - small.count) + small
    return zip(extents, shape).reduce([0]) { positions, axis in
      let step = axis.0 == 1 ? 0 : 1
      return positions.flatMap { base in (0..<axis.1).map { base * axis.0 + $0 * step } }
    }
  }

  /// A function of every element, rounded to the constants' type.
  static func function(_ reader: inout NodeReader, _ function: (Double) -> Double) throws -> Constant {
    let constant = try reader.constant(0)
    switch constant.numbers {
    case .integers(let integers, let type):
      let results = try integers.widened.map { integer -> Int64 in
        guard let result = Int64(exactly: function(Double(integer))), abs(integer) < 1 << 53,
          type.range?.contains(result) ?? true
        else {
          throw reader.problem(
            "integer constants whose result \(type.name) does not hold", supported: "results that fit their type")
        }
        return result
      }
      return Constant(shape: constant.shape, .integers(IntegerArray(results), type))
    case .doubles(let doubles): return Constant(shape: constant.shape, .doubles(doubles.map(function)))
    case .floats, .quantized:
      return Constant(shape: constant.shape, floats: constant.floats.map { Float(function(Double($0))) })
    }
  }

  /// One number along some axes.
  static func reduce(_ reader: inout NodeReader, _ function: Binary) throws -> Constant {
    let given = try reader.ints("axes", orInput: 1) ?? []
    let keepsAxes = try reader.flag("keepdims", default: true)
    let keepsAll = try reader.flag("noop_with_empty_axes", default: false)
    var constant = try reader.constant(0)
    if given.isEmpty, keepsAll { return constant }
    // Sums and products of floats depend on their order, which runtimes choose.
    if function == .add || function == .multiply, constant.integers == nil {
      throw reader.problem("a \(reader.node.operatorType) of float constants", supported: "of integers")
    }
    let rank = constant.shape.count
    let axes = given.isEmpty ? Array(0..<rank) : try Set(given.map { try reader.axis($0, rank: rank) }).sorted()
    for axis in axes {
      let extent = constant.shape[axis]
      try reader.require(extent > 0, "constants of shape \(constant.shape)", supported: "extents of 1 or more")
      var shape = constant.shape
      shape[axis] = 1
      let whole = constant
      constant = try (1..<extent).reduce(pick(whole, axis: axis, [0], shape: shape)) { result, index in
        try binary(reader, function, result, pick(whole, axis: axis, [index], shape: shape))
      }
    }
    return keepsAxes
      ? constant
      : constant.reshaped(to: constant.shape.indices.filter { !axes.contains($0) }.map { constant.shape[$0] })
  }

  // MARK: Operators that quantize constants, and clip them

  static func quantize(_ reader: inout NodeReader) throws -> Constant {
    reader.ignore("saturate")
    let parameters = try QuantizeLinearInputs(&reader, input: 1, ofQuantize: true)
    let constant = try reader.constant(0)
    let encoding = try parameters.encoding(of: constant, reader)
    guard let range = encoding.type.range, let bits = encoding.type.bits, bits <= 32 else {
      throw reader.problem("quantization to \(encoding.type.name)", supported: "integers of up to 32 bits")
    }
    let floats = constant.floats
    try reader.require(!floats.contains(where: \.isNaN), "constants with NaN", supported: "numbers")
    let index = encoding.scaleIndex(shape: constant.shape)
    let codes = IntegerArray(count: floats.count, in: range) { element in
      // As a runtime divides: what it makes of weights is what the network is.
      let quotient = floats[element] / encoding.scales[index(element)]
      let position = Double(quotient.rounded(.toNearestOrEven)) + Double(encoding.zeroPoints[index(element)])
      return Int64(position.clamped(to: Double(range.lowerBound)...Double(range.upperBound)))
    }
    return Constant(shape: constant.shape, .integers(codes, encoding.type))
  }

  /// Codes and scales as they are: their product is what the tensor means.
  static func dequantize(_ reader: inout NodeReader) throws -> Constant {
    let parameters = try QuantizeLinearInputs(&reader, input: 1, ofQuantize: false)
    let constant = try reader.constant(0)
    guard case .integers(let integers, let type) = constant.numbers, let bits = type.bits, bits <= 32 else {
      throw reader.problem("DequantizeLinear of other numbers than codes", supported: "integers of up to 32 bits")
    }
    let encoding = try parameters.encoding(of: constant, reader)
    let index = encoding.scaleIndex(shape: constant.shape)
    let isShifted = encoding.zeroPoints.contains { $0 != 0 }
    var codes = integers
    if isShifted {
      let shifts = encoding.zeroPoints.map(-).hull() ?? 0...0
      codes = IntegerArray(count: integers.count, in: integers.range + shifts) {
        integers[$0] - encoding.zeroPoints[index($0)]
      }
    }
    let width = isShifted ? IntegerType.narrowestSigned(holding: codes.range).bits : bits
    return Constant(
      shape: constant.shape,
      .quantized(
        QuantizedTensor(
          shape: constant.shape, codes: codes, scales: encoding.scales.map { Rational($0) }, scaleAxis: encoding.axis,
          bits: width)))
  }

  static func clip(_ reader: inout NodeReader) throws -> Constant {
    let bounds = try ClipBounds(&reader)
    guard case .integers(let integers, let type) = try reader.constant(0).numbers, let range = type.range else {
      let clip = bounds.function.compiled
      return try function(&reader) { clip($0) }
    }
    let left = bounds.within(range)
    let codes = IntegerArray(count: integers.count, in: left) { integers[$0].clamped(to: left) }
    return Constant(shape: try reader.constant(0).shape, .integers(codes, type))
  }
}

extension IntegerEncoding {
  /// Which scale an element of a tensor has.
  func scaleIndex(shape: [Int]) -> (Int) -> Int {
    guard let axis, scales.count > 1 else { return { _ in 0 } }
    let inner = shape[(axis + 1)...].reduce(1, *)
    let count = scales.count
    return { $0 / inner % count }
  }
}
