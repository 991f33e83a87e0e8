import Diagnostics
import Numbers
import ONNX
import QIR
import Quantization

/// Operators on integers whose scales and zero points stand beside them. Each is read as DequantizeLinear of its operands, the
/// operator on floats, and QuantizeLinear of what that gives.
enum IntegerOperators {
  static let microsoft = "com.microsoft"

  static let rows = [
    OperatorRow("QLinearConv", notes: "as Conv; zero points, weights' scales per channel", read: { try conv(&$0) }),
    OperatorRow("QLinearMatMul", notes: "as MatMul; scales per column of the constant", read: { try matMul(&$0) }),
    OperatorRow("ConvInteger", notes: "as Conv; zero points", read: { try convInteger(&$0) }),
    OperatorRow("MatMulInteger", notes: "as MatMul; zero points", read: { try matMulInteger(&$0) }),
    OperatorRow("QGemm", domain: microsoft, notes: "as Gemm; int32 C", read: { try gemm(&$0) }),
    OperatorRow("QLinearAdd", domain: microsoft, notes: "as Add", read: { try binary(&$0, "Add") }),
    OperatorRow("QLinearMul", domain: microsoft, notes: "as Mul", read: { try binary(&$0, "Mul") }),
    OperatorRow("QLinearConcat", domain: microsoft, notes: "as Concat", read: { try concat(&$0) }),
    OperatorRow(
      "QLinearSoftmax", domain: microsoft, notes: "as Softmax; saturates where ONNX Runtime's int8 wraps around",
      read: { try softmax(&$0) }),
    unary("AveragePool", roundsLast: true), unary("GlobalAveragePool"), unary("LeakyRelu"), unary("Sigmoid"),
    unary("ReduceMean"),
  ]

  private static func unary(_ floatOperator: String, roundsLast: Bool = false) -> OperatorRow {
    OperatorRow("QLinear\(floatOperator)", domain: microsoft, notes: "as \(floatOperator)") { reader in
      if try reader.flag("channels_last", default: false) {
        throw reader.problem("channels_last = 1", supported: "channels first")
      }
      let x = try reader.dequantized(0, scale: 1, zeroPoint: 2)
      try reader.quantized(floatOperator, of: [x], scale: 3, zeroPoint: 4, roundsLast: roundsLast)
    }
  }

  /// Steps are 1 / floor(1 / scale), as in ONNX Runtime's kernel: results are DequantizeLinear's all the same.
  private static func softmax(_ reader: inout NodeReader) throws {
    let opset = try reader.int("opset", default: reader.opset)
    try reader.require(
      (opset < 13) == (reader.opset < 13), "opset = \(opset) in a model of operator set \(reader.opset)",
      supported: "Softmax as in the model's operator set")
    let x = try reader.dequantized(0, scale: 1, zeroPoint: 2)
    let softmax = "\(reader.result)/Softmax"
    try reader.read("Softmax", of: [x], as: softmax, attributes: reader.takeAttributes())
    guard case .map(let map)? = reader.importer.values[softmax] else { throw Skipped() }
    let encoding = try QuantizeLinearInputs(&reader, input: 3, ofQuantize: true).encoding(over: map.shape, reader)
    let levels = (1 / encoding.scales[0]).rounded(.down)
    guard encoding.scales.count == 1, levels >= 1, let range = encoding.type.range, let bits = encoding.type.bits else {
      throw reader.problem("scales of \(encoding.scales)", supported: "one of no more than 1")
    }
    let (scale, zeroPoint) = encoding.scaleAndZeroPoint(0)
    let quantizer = FeatureMapQuantizer(
      steps: .uniform(UniformSteps(gain: Rational(levels), zeroPoint: zeroPoint, clamp: range)),
      format: CodeFormat(scale: scale, zeroPoint: zeroPoint, range: range))
    var result = try reader.append(
      QuantizeOp(description: "onnx>softmax", bits: bits, quantizers: [quantizer]), to: map)
    result.encoding = encoding
    try reader.produce(.map(result))
  }

  private static func binary(_ reader: inout NodeReader, _ floatOperator: String) throws {
    let a = try reader.dequantized(0, scale: 1, zeroPoint: 2)
    let b = try reader.dequantized(3, scale: 4, zeroPoint: 5)
    try reader.quantized(floatOperator, of: [a, b], scale: 6, zeroPoint: 7, roundsLast: true)
  }

  private static func concat(_ reader: inout NodeReader) throws {
    let parts = try stride(from: 2, to: reader.node.inputs.count, by: 3).map {
      try reader.dequantized($0, scale: $0 + 1, zeroPoint: $0 + 2)
    }
    try reader.quantized("Concat", of: parts, scale: 0, zeroPoint: 1)
  }

  private static func conv(_ reader: inout NodeReader) throws {
    var operands = [
      try reader.dequantized(0, scale: 1, zeroPoint: 2), try reader.dequantized(3, scale: 4, zeroPoint: 5, axis: 0),
    ]
    if reader.hasInput(8) { operands.append(try reader.accumulated(8, scales: [1, 4])) }
    try reader.quantized("Conv", of: operands, scale: 6, zeroPoint: 7)
  }

  private static func matMul(_ reader: inout NodeReader) throws {
    let a = try reader.dequantized(0, scale: 1, zeroPoint: 2, axis: -2)
    let b = try reader.dequantized(3, scale: 4, zeroPoint: 5, axis: -1)
    try reader.quantized("MatMul", of: [a, b], scale: 6, zeroPoint: 7)
  }

  private static func gemm(_ reader: inout NodeReader) throws {
    let alpha = try reader.float("alpha", default: 1)
    let transposesB = try reader.flag("transB", default: false)
    var operands = [
      try reader.dequantized(0, scale: 1, zeroPoint: 2),
      try reader.dequantized(3, scale: 4, zeroPoint: 5, axis: transposesB ? 0 : 1),
    ]
    if reader.hasInput(6) { operands.append(try reader.accumulated(6, scales: [1, 4], factor: alpha)) }
    try reader.quantized(
      "Gemm", of: operands, scale: 7, zeroPoint: 8,
      attributes: [("alpha", .float(alpha)), ("transB", .int(transposesB ? 1 : 0))])
  }

  private static func convInteger(_ reader: inout NodeReader) throws {
    let x = try reader.dequantized(0, scale: nil, zeroPoint: 2)
    let w = try reader.dequantized(1, scale: nil, zeroPoint: 3, axis: 0)
    try reader.summed("Conv", of: [x, w])
  }

  private static func matMulInteger(_ reader: inout NodeReader) throws {
    let a = try reader.dequantized(0, scale: nil, zeroPoint: 2, axis: -2)
    let b = try reader.dequantized(1, scale: nil, zeroPoint: 3, axis: -1)
    try reader.summed("MatMul", of: [a, b])
  }
}

extension NodeReader {
  /// The name of a tensor with the numbers that an operand's integers stand for.
  ///
  /// - Parameters:
  ///   - scale: the number of its scale among the inputs; nil where the integers stand for themselves.
  ///   - zeroPoint: the number of its zero point; the input may be left out.
  ///   - axis: along which scales and zero points may differ.
  fileprivate mutating func dequantized(
    _ input: Int, scale: Int?, zeroPoint: Int, axis: Int = 1
  ) throws -> String {
    _ = try value(input)
    let zero = hasInput(zeroPoint) ? node.inputs[zeroPoint] : ""
    let scaleName: String
    if let scale {
      _ = try value(scale)
      scaleName = node.inputs[scale]
    } else {
      scaleName = "\(result)/one"
      let shape = try constantIfPresent(zeroPoint)?.shape ?? []
      let ones = [Float](repeating: 1, count: shape.reduce(1, *))
      importer.values[scaleName] = .constant(Constant(shape: shape, floats: ones))
    }
    let name = "\(result)/\(node.inputs[input])"
    var zeroName = zero
    if let scale, let zeros = try constantIfPresent(zeroPoint), zeros.count == 1 {
      // One zero point may stand for all scales.
      zeroName = "\(name)/zero"
      importer.values[zeroName] = .constant(zeros.repeated(try constant(scale).count))
    }
    try read(
      "DequantizeLinear", of: [node.inputs[input], scaleName, zeroName], as: name, attributes: [("axis", .int(axis))])
    return name
  }

  /// The name of a constant that is added to products of operands with these scales: its own scale is their product, exactly.
  fileprivate mutating func accumulated(_ input: Int, scales: [Int], factor: Float = 1) throws -> String {
    let constant = try constant(input)
    let factors = try scales.map { try PerChannel(scale($0).floats) }
    let count = factors.map(\.count).max() ?? 1
    guard let integers = constant.integers, count == 1 || constant.shape.last == count,
      factors.allSatisfy({ $0.isUniform || $0.count == count })
    else {
      throw problem(
        "a bias of shape \(constant.shape) for \(factors.map(\.count)) scales", supported: "int32, one per channel")
    }
    let products = (0..<count).map { channel in
      factors.reduce(Rational(factor)) { $0 * Rational($1[channel]) }
    }
    let name = "\(result)/\(node.inputs[input])"
    importer.values[name] = .constant(
      Constant(
        shape: constant.shape,
        .quantized(QuantizedTensor(shape: constant.shape, codes: integers, scales: products, bits: 32))))
    return name
  }

  /// The node's result: what an operator on floats makes of tensors, quantized; not at all where no scale is given.
  ///
  /// - Parameter roundsLast: the operator rounds behind the zero point.
  fileprivate mutating func quantized(
    _ floatOperator: String, of operands: [String], scale: Int, zeroPoint: Int, roundsLast: Bool = false,
    attributes: [(name: String, value: ONNXAttribute)] = []
  ) throws {
    let attributes = takeAttributes() + attributes
    guard hasInput(scale) else { return try read(floatOperator, of: operands, as: result, attributes: attributes) }
    let sum = "\(result)/\(floatOperator)"
    try read(floatOperator, of: operands, as: sum, attributes: attributes)
    if roundsLast, case .map(let map)? = importer.values[sum] {
      let encoding = try QuantizeLinearInputs(&self, input: scale, ofQuantize: true).encoding(over: map.shape, self)
      return try produce(.map(quantize(map, encoding, roundsLast: true)))
    }
    let zero = hasInput(zeroPoint) ? node.inputs[zeroPoint] : ""
    try read("QuantizeLinear", of: [sum, node.inputs[scale], zero], as: result)
  }

  /// The node's result: the int32 sums that an operator makes of tensors of integers.
  fileprivate mutating func summed(_ floatOperator: String, of operands: [String]) throws {
    try read(floatOperator, of: operands, as: result, attributes: takeAttributes())
    guard case .map(var map)? = importer.values[result] else { return }
    map.encoding = .plain(.int32)
    try requireNoOverflow(map)
    importer.values[result] = .map(map)
  }
}
