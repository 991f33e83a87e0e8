import Diagnostics
import Numbers
import QIR
import Quantization

/// Functions of a tensor.
enum ActivationOperators {
  static let rows = [
    OperatorRow(
      "RELU", "RELU6", "RELU_N1_TO_1", notes: "int8 and uint8",
      read: { try rectify(&$0, activations[$0.name] ?? .none) }),
    OperatorRow("LEAKY_RELU", notes: "int8 and uint8", read: { try leakyReLU(&$0) }),
    OperatorRow(
      "LOGISTIC", "TANH", notes: "int8; results of scale 1/256 and zero point -128, and 1/128 and 0",
      read: { try sigmoidal(&$0) }),
    OperatorRow("HARD_SWISH", notes: "int8 and uint8", read: { try hardSwish(&$0) }),
    OperatorRow(
      "SOFTMAX", notes: "int8 and uint8, at the network's end, in integers on the host", read: { try softmax(&$0) }),
  ]

  private static let activations: [String: Activation] = [
    "RELU": .relu, "RELU6": .relu6, "RELU_N1_TO_1": .reluN1To1,
  ]

  private static func rectify(_ reader: inout OperatorReader, _ activation: Activation) throws {
    let (map, format, result) = try reader.bytes()
    // Their quotient is a float's.
    let factor = try reader.factor(Double(format.scale / result.scale))
    try reader.produceCodes(
      map.node,
      by: [
        result.requantizer(
          of: Rational(format.scale), by: factor, rounding: reader.importer.rounding,
          within: result.codes(behind: activation))
      ], near: activation.functions)
  }

  private static func leakyReLU(_ reader: inout OperatorReader) throws {
    let slope = Float(reader.number("alpha"))
    let (map, format, result) = try reader.bytes()
    try reader.require(slope.isFinite && slope >= 0, "alpha = \(slope)", supported: "0 or more")
    let above = try reader.factor(Double(format.scale / result.scale))
    let below = try reader.factor(Double(format.scale * slope / result.scale))
    let rounding = reader.importer.rounding
    try reader.produceCodes(
      map.node, by: [.lookup(format, result) { $0 < 0 ? below.product($0, rounding) : above.product($0, rounding) }],
      near: [.leakyReLU(slope: Rational(slope))])
  }

  private static func sigmoidal(_ reader: inout OperatorReader) throws {
    let (map, format, result) = try reader.bytes()
    let isLogistic = reader.name == "LOGISTIC"
    let (scale, zero): (Float, Int64) = isLogistic ? (0x1p-8, -128) : (0x1p-7, 0)
    try reader.require(
      format.type.isSigned && result.scale == scale && result.zeroPoint == zero,
      "\(format.type) in \(result.type) with scale \(result.scale) and zero point \(result.zeroPoint)",
      supported: "s8, results with scale \(scale) and zero point \(zero)")
    try reader.require(
      (0x1p-20...0x1p4).contains(format.scale), "a scale of \(format.scale)", supported: "2^-20 to 2^4")
    let function =
      isLogistic
      ? FixedPointFunctions.logistic(scale: Double(format.scale))
      : FixedPointFunctions.hyperbolicTangent(scale: Double(format.scale))
    try reader.produceCodes(map.node, by: [.lookup(format, result, function)], near: [isLogistic ? .sigmoid : .tanh])
  }

  private static func hardSwish(_ reader: inout OperatorReader) throws {
    let (map, format, result) = try reader.bytes()
    try reader.require(
      (0x1p-20...0x1p10).contains(format.scale) && format.scale / 128 <= result.scale && result.scale <= 0x1p20,
      "scales of \(format.scale) and \(result.scale)", supported: "2^-20 to 2^10, the result's at least 1/128 of it")
    try reader.produceCodes(
      map.node,
      by: [.lookup(format, result, FixedPointFunctions.hardSwish(scale: format.scale, result: result.scale))],
      near: [.hardSwish(shift: 3, upper: 6)])
  }

  private static func softmax(_ reader: inout OperatorReader) throws {
    let beta = reader.number("beta", default: 1)
    let (map, format, result) = try reader.bytes()
    try reader.require(
      result.type == format.type && result.scale == 0x1p-8 && result.zeroPoint == result.type.range.lowerBound,
      "softmax of \(format.type) in \(result.type) with scale \(result.scale) and zero point \(result.zeroPoint)",
      supported: "results of scale 1/256 with the least code for 0")
    let channels = FeatureMap.nodeShape(map.shape).channels
    try reader.require(
      channels <= FixedPointSoftmax.mostNumbers, "softmax over \(channels) numbers",
      supported: "up to \(FixedPointSoftmax.mostNumbers)")
    let scale = Double(format.scale) * beta
    try reader.require(
      beta.isFinite && scale > 0x1p-20 && scale < 0x1p5, "softmax of scale \(format.scale) and beta \(beta)",
      supported: "a product of 2^-20 to 2^5")
    let softmax = FixedPointSoftmax(scale: Double(format.scale), beta: beta)
    let node = try reader.append(SoftmaxOp(fixedPoint: softmax), "softmax", inputs: [map.node])
    try reader.produce(try QuantizeOp(result.quantizer, at: reader.location), of: [node], in: result)
  }
}

extension OperatorReader {
  /// The input and how its codes and the result's stand for values, both of 8 bits.
  mutating func bytes() throws -> (map: FeatureMap, format: TensorFormat, result: TensorFormat) {
    let (map, format) = try map(0)
    let result = try resultFormat()
    try require(
      format.type.bits == 8 && result.type.bits == 8, "\(format.type) in \(result.type)", supported: "int8 and uint8")
    return (map, format, result)
  }

  /// A factor of codes of 8 bits, whose products 32 bits hold.
  func factor(_ real: Double) throws -> FixedPointMultiplier {
    try require(real < 0x1p20, "scales in a ratio of \(real)", supported: "less than 2^20")
    return FixedPointMultiplier(real)
  }
}

extension FeatureMapQuantizer {
  /// For each code of a format a code: the zero point of the result and what a function makes of the code without its own.
  static func lookup(
    _ format: TensorFormat, _ result: TensorFormat, _ function: (Int64) -> Int64
  ) -> FeatureMapQuantizer {
    let (scale, range) = (Rational(format.scale), format.type.range.shifted(by: -format.zeroPoint))
    func code(_ integer: Int64) -> Int64 { (function(integer) + result.zeroPoint).clamped(to: result.type.range) }
    // Between two codes there is nothing.
    let steps = ((range.lowerBound + 1)...range.upperBound).map { next in
      (
        threshold: LevelSteps.Threshold(scale * (Rational(next) - .powerOfTwo(-1)), isInclusive: true),
        code: code(next)
      )
    }
    return FeatureMapQuantizer(
      steps: .levels(LevelSteps(from: code(range.lowerBound), steps)), format: result.codes())
  }
}
