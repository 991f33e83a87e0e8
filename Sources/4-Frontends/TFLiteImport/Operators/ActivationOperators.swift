import Diagnostics
import Numbers
import QIR
import Quantization

/// Functions of a tensor.
enum ActivationOperators {
  static let rows = [
    OperatorRow(
      "RELU", "RELU6", "RELU_N1_TO_1", notes: "int8 and uint8, RELU and RELU6 also int16",
      read: { try rectify(&$0, activations[$0.name] ?? .none) }),
    OperatorRow("LEAKY_RELU", notes: "int8 and uint8", read: { try leakyReLU(&$0) }),
    OperatorRow("PRELU", notes: "int8 and uint8, constant slopes", read: { try prelu(&$0) }),
    OperatorRow(
      "LOGISTIC", "TANH", notes: "int8 and uint8; results of scale 1/256, and 1/128",
      read: { try sigmoidal(&$0) }),
    OperatorRow("HARD_SWISH", notes: "int8 and uint8", read: { try hardSwish(&$0) }),
    OperatorRow("ABS", notes: "int8", read: { try absolute(&$0) }),
    OperatorRow(
      "SOFTMAX", notes: "int8 and uint8, at the network's end, in integers on the host", read: { try softmax(&$0) }),
  ]

  private static let activations: [String: Activation] = [
    "RELU": .relu, "RELU6": .relu6, "RELU_N1_TO_1": .reluN1To1,
  ]

  private static func rectify(_ reader: inout OperatorReader, _ activation: Activation) throws {
    let (map, format) = try reader.map(0)
    let result = try reader.resultFormat()
    try reader.require(
      format.type == result.type && (format.type.bits == 8 || activation != .reluN1To1),
      "\(format.type) in \(result.type)", supported: activation == .reluN1To1 ? "int8 and uint8" : "one type")
    // Their quotient is a float's.
    let factor = try reader.factor(Double(format.scale / result.scale))
    try reader.produceCodes(
      of: map, in: format, by: factor, within: result.codes(behind: activation), near: activation.operators)
  }

  /// (tensorflow/lite/kernels/elementwise.cc, `AbsEvalQuantized`)
  private static func absolute(_ reader: inout OperatorReader) throws {
    let (map, format, result) = try reader.bytes()
    try reader.require(
      format.type.isSigned && result.type.isSigned, "\(format.type) in \(result.type)", supported: "int8")
    let factor = try reader.factor(Double(format.scale / result.scale))
    let (isSame, rounding) = (format.scale == result.scale, reader.importer.rounding)
    try reader.produceCodes(
      map.node, by: [.lookup(format, result) { isSame ? abs($0) : factor.product(abs($0), rounding) }],
      near: [ElementwiseOp([.leakyReLU(slope: -.one)])])
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
      near: [ElementwiseOp([.leakyReLU(slope: Rational(slope))])])
  }

  /// The factors are quotients of float32 (`PreluPrepare` in tensorflow/lite/kernels/activations.cc, internal/reference/prelu.h).
  private static func prelu(_ reader: inout OperatorReader) throws {
    let (map, format, result) = try reader.bytes()
    let slopes = try reader.constantOperand(1)
    try reader.require(
      slopes.format.type.bits == 8, "slopes of \(slopes.format.type)", supported: "int8 and uint8")
    let above = try reader.factor(Double(format.scale / result.scale))
    let below = try reader.factor(Double(format.scale * slopes.format.scale / result.scale))
    let rounding = reader.importer.rounding
    try reader.produceCodes(
      of: (map, format), with: slopes, in: result, within: result.type.range,
      near: { codes in [PReLUOp(slopes: codes.map { slopes.format.value(of: $0) })] }
    ) { code, slope in code < 0 ? below.product(code * slope, rounding) : above.product(code, rounding) }
  }

  private static func sigmoidal(_ reader: inout OperatorReader) throws {
    let (map, format, result) = try reader.bytes()
    let isLogistic = reader.name == "LOGISTIC"
    let scale: Float = isLogistic ? 0x1p-8 : 0x1p-7
    try reader.require(
      result.scale == scale && format.type == result.type,
      "\(format.type) in \(result.type) with scale \(result.scale)",
      supported: "one type, results with scale \(scale)")
    let function =
      isLogistic
      ? KernelFunctions.logistic(scale: format.scale, result: scale)
      : KernelFunctions.hyperbolicTangent(scale: format.scale, result: scale)
    try reader.produceCodes(
      map.node, by: [.lookup(format, result, function)], near: [ElementwiseOp([isLogistic ? .sigmoid : .tanh])])
  }

  private static func hardSwish(_ reader: inout OperatorReader) throws {
    let (map, format, result) = try reader.bytes()
    try reader.require(
      (0x1p-20...0x1p10).contains(format.scale) && format.scale / 128 <= result.scale && result.scale <= 0x1p20,
      "scales of \(format.scale) and \(result.scale)", supported: "2^-20 to 2^10, the result's at least 1/128 of it")
    try reader.produceCodes(
      map.node,
      by: [.lookup(format, result, KernelFunctions.hardSwish(scale: format.scale, result: result.scale))],
      near: [ElementwiseOp([.hardSwish(shift: 3, upper: 6)])])
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

  /// A factor that kernels of 32 bits take.
  func factor(_ real: Double) throws -> FixedPointMultiplier {
    try require(real < 0x1p30, "scales in a ratio of \(real)", supported: "less than 2^30")
    return FixedPointMultiplier(real)
  }
}

extension FeatureMapQuantizer {
  /// For each code of a format a code: the zero point of the result and what a function makes of the code without its own.
  static func lookup(
    _ format: TensorFormat, _ result: TensorFormat, within codes: ClosedRange<Int64>? = nil,
    _ function: (Int64) -> Int64
  ) -> FeatureMapQuantizer {
    let codes = codes ?? result.type.range
    let (scale, range) = (Rational(format.scale), format.type.range.shifted(by: -format.zeroPoint))
    func code(_ integer: Int64) -> Int64 { (function(integer) + result.zeroPoint).wrapped.clamped(to: codes) }
    // Between two codes there is nothing.
    let steps = ((range.lowerBound + 1)...range.upperBound).map { next in
      (
        threshold: LevelSteps.Threshold(scale * (Rational(next) - .powerOfTwo(-1)), isInclusive: true),
        code: code(next)
      )
    }
    return FeatureMapQuantizer(
      steps: .levels(LevelSteps(from: code(range.lowerBound), steps)), format: result.codes(codes))
  }
}
