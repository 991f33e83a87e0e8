import Diagnostics
import Numbers
import ONNX
import QIR
import Quantization
import Quantizers

/// Quantizers and their inverses as operators of their own (QDQ).
enum QuantizationOperators {
  /// The same operators in ONNX Runtime's own domain, from before ONNX had all their types.
  static let rows = ["", "com.microsoft"].flatMap { domain in
    [
      OperatorRow(
        "QuantizeLinear", domain: domain, notes: "int4 to int16, uint4 to uint16, per tensor, per axis, in blocks",
        read: { try quantize(&$0) }),
      OperatorRow(
        "DequantizeLinear", domain: domain,
        notes: "of constants (also int32) and of feature maps, per tensor, per axis, in blocks",
        read: { try dequantize(&$0) }),
    ]
  }

  private static func quantize(_ reader: inout NodeReader) throws {
    reader.ignore("saturate")
    let parameters = reader.check { try QuantizeLinearInputs(&$0, input: 1, ofQuantize: true) }
    let map = try reader.realMap(0)
    guard let parameters else { throw NodeReader.Skipped() }
    if parameters.isBlocked { return try reader.produce(.map(parameters.quantizeBlocks(of: map, &reader))) }
    let encoding = try parameters.encoding(over: map.shape, reader)
    try reader.produce(.map(reader.quantize(map, encoding)))
  }

  private static func dequantize(_ reader: inout NodeReader) throws {
    let parameters = reader.check { try QuantizeLinearInputs(&$0, input: 1, ofQuantize: false) }
    let map = try reader.map(0)
    guard let parameters else { throw NodeReader.Skipped() }
    guard let found = map.encoding else {
      throw reader.problem("DequantizeLinear of floats", supported: "integers")
    }
    if parameters.isBlocked { return try reader.produce(.map(parameters.dequantizeBlocks(of: map, &reader))) }
    var encoding = try parameters.encoding(over: map.shape, reader)
    encoding.type = found.type
    try reader.produce(.map(reader.dequantize(map, encoding)))
  }
}

extension NodeReader {
  /// The map's values as codes: the result of a QuantizeLinear.
  mutating func quantize(_ map: FeatureMap, _ encoding: IntegerEncoding, _ suffix: String? = nil) throws -> FeatureMap {
    guard let bits = encoding.type.bits, let range = encoding.type.range, bits <= 16 else {
      throw problem("quantization to \(encoding.type.name)", supported: "int4, uint4, int8, uint8, int16, uint16")
    }
    let quantizers = PerChannel(channels: encoding.scales.count) { index in
      UniformAffine(
        bits: bits, scale: Double(encoding.scales[index]), zeroPoint: encoding.zeroPoints[index],
        isSigned: range.lowerBound < 0)
    }
    var result = try quantize(map, by: quantizers, along: encoding.axis, suffix)
    result.encoding = encoding
    return result
  }

  /// The map through quantizers, one for all of it or one per index of an axis in the model's shape.
  mutating func quantize(
    _ map: FeatureMap, by quantizers: PerChannel<some QuantizerKind>, along axis: Int?, _ suffix: String? = nil
  ) throws -> FeatureMap {
    // Scales along an axis are scales of channels once that axis is the last.
    var map = map
    if let axis, !quantizers.isUniform, map.order.last != axis {
      map = try ordered(map, as: map.order.filter { $0 != axis } + [axis])
    }
    let steps = try quantizers.map { try $0.featureMap(at: location) }
    let op = QuantizeOp(
      description: quantizers[0].description, quantizer: quantizers.uniform.map { Quantizer($0) },
      bits: quantizers[0].bits, quantizers: steps)
    return try append(op, to: map, suffix)
  }

  /// The values of codes: the same node where they are codes of these very scales, an affine function of it elsewhere.
  mutating func dequantize(_ map: FeatureMap, _ encoding: IntegerEncoding, _ suffix: String? = nil) throws -> FeatureMap
  {
    guard let found = map.encoding else { throw problem("floats", supported: "integers") }
    var map = map
    map.encoding = nil
    let isSame =
      found.scales == encoding.scales && found.zeroPoints == encoding.zeroPoints
      && (found.axis == encoding.axis || encoding.scales.count == 1)
    if isSame { return suffix == nil ? try append(IdentityOp(), to: map) : map }
    if found.scales == [1], encoding.scales.count > 1, let axis = encoding.axis {
      // Integers that stand for themselves: scale x (value + zero point' - zero point), channel by channel.
      let last = try ordered(map, as: map.order.filter { $0 != axis } + [axis])
      let scales = encoding.scales.map(Double.init)
      let means = encoding.zeroPoints.map { Double($0 - found.zeroPoints[0]) }
      return try append(
        BatchNormalizationOp(
          gamma: scales, beta: scales.map { _ in 0 }, mean: means, variance: scales.map { _ in 1 }, epsilon: 0),
        to: last, suffix)
    }
    guard found.scales.count == 1, encoding.scales.count == 1 else {
      throw problem(
        "codes of other scales than they were made with, along an axis", supported: "one scale for the tensor there")
    }
    // value = scale (code - zero point), code = value' / scale' + zero point'
    let scale = Rational(encoding.scales[0]) / Rational(found.scales[0])
    let shift = Rational(encoding.scales[0]) * Rational(found.zeroPoints[0] - encoding.zeroPoints[0])
    return try append(ElementwiseOp([.affine(scale: scale, shift: shift)]), to: map, suffix)
  }
}
