import Diagnostics
import Numbers
import Quantization
import Quantizers

/// Quantizers of QONNX (`qonnx.custom_op.general`): floats to floats that are codes times scales.
enum QONNXOperators {
  static let domain = "qonnx.custom_op.general"
  /// Under which Brevitas and FINN wrote them earlier.
  static let formerDomains: Set<String> = ["onnx.brevitas", "finn.custom_op.general"]

  static let rows = [
    OperatorRow(
      "Quant", "IntQuant", domain: domain,
      notes:
        "1 to 32 bits, fractional ones too, all rounding modes, signed, narrow, zero points, scales along one axis",
      read: { try quantize(&$0) { try QuantInputs(quant: &$0) } }),
    OperatorRow(
      "BipolarQuant", domain: domain, notes: "scales along one axis",
      read: { try quantize(&$0) { try QuantInputs(bipolar: &$0) } }),
    OperatorRow(
      "Trunc", domain: domain, notes: "version 1 and 2, all rounding modes, one scale",
      read: { try TruncOperator.read(&$0) }),
  ]

  private static func quantize(
    _ reader: inout NodeReader, _ parameters: (inout NodeReader) throws -> QuantInputs
  ) throws {
    let parameters = reader.check(parameters)
    let value = try reader.value(0)
    guard let parameters else { throw Skipped() }
    switch value {
    case .constant(let constant): try reader.produce(.constant(fold(constant, parameters, reader)))
    case .map:
      let map = try reader.realMap(0)
      let (axis, quantizers) = try parameters.quantizers(over: map.shape, reader)
      try reader.produce(.map(reader.quantize(map, by: quantizers, along: axis)))
    case .failed: throw Skipped()
    }
  }

  /// Weights as codes and scales.
  private static func fold(
    _ constant: Constant, _ parameters: QuantInputs, _ reader: NodeReader
  ) throws -> Constant {
    let floats = constant.floats
    guard !floats.contains(where: \.isNaN) else { throw reader.problem("constants with NaN", supported: "numbers") }
    let shape = parameters.resultShape(of: constant)
    let (axis, quantizers) = try parameters.quantizers(over: shape, reader)
    let inner = axis.map { shape[($0 + 1)...].reduce(1, *) } ?? 1
    let range = quantizers.map { $0.range.shifted(by: -$0.zeroPoint) }
    let doubles: [Double]? = if case .doubles(let doubles) = constant.numbers { doubles } else { nil }
    let codes = IntegerArray(count: floats.count, in: range.hull()) { element in
      let quantizer = quantizers[element / inner % quantizers.count]
      let code = doubles.map { quantizer.code(of: $0[element]) } ?? quantizer.code(of: floats[element])
      return code - quantizer.zeroPoint
    }
    var tensor = QuantizedTensor(
      shape: shape, codes: codes, scales: Array(quantizers.map { Rational($0.scale) }), scaleAxis: axis,
      bits: quantizers.map(\.parameterBits).max() ?? 1)
    tensor.quantizer = quantizers.uniform.map { Quantizer($0) }
    return Constant(shape: shape, .quantized(tensor))
  }
}

extension QONNXQuant {
  /// The width of codes from which the zero point has been taken.
  fileprivate var parameterBits: Int {
    guard zeroPoint != 0 else { return bits }
    return IntegerType.narrowestSigned(holding: range.shifted(by: -zeroPoint)).bits
  }
}

/// What a QONNX node's quantizers are: their constants may differ from element to element, spread by ONNX' rules.
struct QuantInputs {
  private let scale: Constant
  private let zeroPoint: Constant?
  private let bitWidth: Double
  private let isSigned: Bool
  private let isNarrow: Bool
  private let roundingMode: QONNXQuant.RoundingMode

  /// Of `Quant`: x, scale, zero point, bit width.
  init(quant reader: inout NodeReader) throws {
    let signed = reader.check { try $0.flag("signed", default: true) }
    let narrow = reader.check { try $0.flag("narrow", default: false) }
    let mode = try reader.roundingMode(default: .round)
    let scale = reader.check { try $0.scale(1) }
    let zeroPoint = reader.check { try $0.zeroPoint(2) }
    let bitWidth = reader.check { reader in
      let width = try reader.number(3, "bit width")
      try reader.require(QONNXQuant.bitWidths.contains(width), "a bit width of \(width)", supported: "1 to 32 bits")
      return width
    }
    guard let signed, let narrow, let mode, let scale, let zeroPoint, let bitWidth else { throw Skipped() }
    self.scale = scale
    self.zeroPoint = zeroPoint
    self.bitWidth = bitWidth
    (isSigned, isNarrow, roundingMode) = (signed, narrow, mode)
  }

  /// Of `BipolarQuant`: x, scale.
  init(bipolar reader: inout NodeReader) throws {
    scale = try reader.scale(1)
    zeroPoint = nil
    (bitWidth, isSigned, isNarrow, roundingMode) = (1, true, true, .round)
  }

  /// The axis along which quantizers differ, and those of its indices; nil where they are all the same.
  func quantizers(over shape: [Int], _ reader: NodeReader) throws -> (axis: Int?, quantizers: PerChannel<QONNXQuant>) {
    let spreads = try [scale, zeroPoint].compactMap { constant in
      try constant.map { try reader.spreadAxes(of: $0, over: shape) }
    }
    let varying = Set(spreads.joined())
    try reader.require(
      varying.count <= 1, "scales of shape \(scale.shape) for a tensor of shape \(shape)",
      supported: "one scale, or one per index of one axis")
    let count = varying.first.map { shape[$0] } ?? 1
    let scales = PerChannel(scale.values)
    let zeroPoints = PerChannel(zeroPoint?.values.map { Int64($0) } ?? [0])
    let quantizers = PerChannel(channels: count) { index in
      QONNXQuant(
        scale: scales[index], zeroPoint: zeroPoints[index], bitWidth: bitWidth, isSigned: isSigned,
        isNarrow: isNarrow, roundingMode: roundingMode)
    }
    return (varying.first, quantizers)
  }

  /// The shape that a constant has behind the node: scales of more axes give it theirs.
  func resultShape(of constant: Constant) -> [Int] {
    let rank = max(scale.shape.count, zeroPoint?.shape.count ?? 0)
    return Array(repeating: 1, count: max(0, rank - constant.shape.count)) + constant.shape
  }
}

extension NodeReader {
  /// The axes of `shape` along which a constant that spreads over it varies.
  func spreadAxes(of constant: Constant, over shape: [Int]) throws -> [Int] {
    try require(
      spreadShape(constant.shape, shape) == shape,
      "a constant of shape \(constant.shape) for a tensor of shape \(shape)",
      supported: "shapes that spread over the tensor's")
    let missing = shape.count - constant.shape.count
    return constant.shape.indices.filter { constant.shape[$0] > 1 }.map { $0 + missing }
  }

  mutating func roundingMode(default standard: QONNXQuant.RoundingMode) throws -> QONNXQuant.RoundingMode? {
    let name = try string("rounding_mode", default: standard.rawValue)
    if let mode = QONNXQuant.RoundingMode(rawValue: name.uppercased()) { return mode }
    problems.report(problem("rounding_mode = '\(name)'", supported: QONNXQuant.RoundingMode.names))
    return nil
  }

  /// Constant numbers above 0.
  func scale(_ index: Int) throws -> Constant {
    let constant = try constant(index)
    try requireScales(constant)
    return constant
  }

  func requireScales(_ constant: Constant) throws {
    try require(
      constant.count > 0 && constant.floats.allSatisfy { $0.isNormal && $0 > 0 },
      "a scale that is not a positive number", supported: "finite scales of 2^-126 or more, normal numbers of float32")
  }

  /// Constant integers.
  func zeroPoint(_ index: Int) throws -> Constant {
    let constant = try constant(index)
    let limit = Double(1 << 32)
    try require(
      constant.count > 0 && constant.values.allSatisfy { abs($0) <= limit && $0.rounded() == $0 },
      "a zero point that is not an integer", supported: "integers of up to 32 bits")
    return constant
  }

  /// A constant number.
  func number(_ index: Int, _ name: String) throws -> Double {
    let constant = try constant(index)
    guard let number = constant.values.first, constant.values.allSatisfy({ $0 == number }) else {
      throw problem("a \(name) that differs from element to element", supported: "one \(name)")
    }
    return number
  }
}
