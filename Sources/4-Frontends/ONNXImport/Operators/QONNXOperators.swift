import Diagnostics
import Numbers
import ONNX
import QIR
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
