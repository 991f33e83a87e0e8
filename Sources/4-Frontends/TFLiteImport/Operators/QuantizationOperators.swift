import Diagnostics
import Numbers
import QIR
import Quantization

/// To and from codes.
enum QuantizationOperators {
  static let rows = [
    OperatorRow("QUANTIZE", notes: "of float32, or from one scale to another", read: { try quantize(&$0) }),
    OperatorRow(
      "DEQUANTIZE", notes: "to float32, at the network's end or in front of NEG and QUANTIZE",
      read: { try dequantize(&$0) }),
    OperatorRow("NEG", notes: "between DEQUANTIZE and QUANTIZE", read: { try negate(&$0) }),
  ]

  private static func quantize(_ reader: inout OperatorReader) throws {
    let map = try reader.anyMap(0)
    let result = try reader.resultFormat()
    guard let format = map.format else {
      try reader.require(
        (0x1p-100...0x1p100).contains(result.scale), "floats in scale \(result.scale)", supported: "2^-100 to 2^100")
      guard let floats = map.floats else { return try reader.produceCodes(map.node, by: [.ofFloats(result)]) }
      try reader.require(
        floats.format.type.bits == 8, "floats of \(floats.format.type)", supported: "floats of int8 and uint8")
      return try reader.produceCodes(
        floats.node, by: [.lookup(floats.format, result) { result.code(of: floats.value(of: $0)) - result.zeroPoint }],
        near: floats.sign < 0 ? [ElementwiseOp([.affine(scale: -.one, shift: .zero)])] : [])
    }
    let factor = FixedPointMultiplier(Double(format.scale) / Double(result.scale))
    try reader.require(
      factor.shift <= 14, "codes of scale \(format.scale) in scale \(result.scale)",
      supported: "at most 2^14 times finer")
    try reader.produceCodes(
      map.node,
      by: [
        result.requantizer(
          of: Rational(format.scale), by: factor, rounding: reader.importer.rounding, within: result.type.range)
      ])
  }

  private static func dequantize(_ reader: inout OperatorReader) throws {
    let (map, format) = try reader.map(0)
    try reader.produce(
      IdentityOp(), of: [map.node], in: nil, floats: FeatureMap.Floats(node: map.node, format: format))
  }

  private static func negate(_ reader: inout OperatorReader) throws {
    let map = try reader.anyMap(0)
    var floats = try reader.require(
      map.floats, map.format == nil ? "floats that are no codes" : "negative codes, whatever their zero point is",
      supported: "floats that DEQUANTIZE made", fix: "train with a product with -1 in its place")
    floats.sign = -floats.sign
    try reader.produce(
      ElementwiseOp([.affine(scale: -.one, shift: .zero)]), of: [map.node], in: nil, floats: floats)
  }
}

extension TensorFormat {
  /// Of a float32 number, divided in float32 and rounded with halves away from zero; not clamped
  /// (tensorflow/lite/kernels/internal/reference/quantize.h).
  fileprivate func code(of value: Float) -> Int64 {
    let steps = (value / scale).rounded(.toNearestOrAwayFromZero)
    return Int64(steps.clamped(to: -0x1p40...0x1p40)) + zeroPoint
  }
}

extension FeatureMapQuantizer {
  /// Of float32 numbers: where each code begins.
  fileprivate static func ofFloats(_ format: TensorFormat) -> FeatureMapQuantizer {
    let range = format.type.range
    // Neighbours of the boundary between two codes are a few floats: the first of the upper code is found from there.
    let steps = ((range.lowerBound + 1)...range.upperBound).map {
      next -> (threshold: LevelSteps.Threshold, code: Int64) in
      var first = (Float(next - format.zeroPoint) - 0.5) * format.scale
      while format.code(of: first) >= next { first = first.nextDown }
      while format.code(of: first) < next { first = first.nextUp }
      return (LevelSteps.Threshold(Rational(first), isInclusive: true), next)
    }
    return FeatureMapQuantizer(
      steps: .levels(LevelSteps(from: range.lowerBound, steps)), format: format.codes())
  }
}
