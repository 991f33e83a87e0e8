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
      if let parts = map.parts {
        let nodes = try parts.maps.enumerated().map { try codes(of: $1, "part\($0)", in: result, &reader) }
        return try reader.produce(ConcatenateOp(axis: parts.axis), of: nodes, in: result)
      }
      let (node, op) = try quantizing(map, in: result, reader)
      return try reader.produce(op, of: [node], in: result)
    }
    let factor = FixedPointMultiplier(Double(format.scale) / Double(result.scale))
    try reader.produceCodes(of: map, in: format, by: factor, within: result.type.range)
  }

  /// A node of the codes of floats, those of joined ones joined.
  private static func codes(
    of map: FeatureMap, _ name: String, in result: TensorFormat, _ reader: inout OperatorReader
  ) throws -> NodeID {
    if let parts = map.parts {
      let nodes = try parts.maps.enumerated().map { try codes(of: $1, "\(name)/part\($0)", in: result, &reader) }
      return try reader.append(ConcatenateOp(axis: parts.axis), name, inputs: nodes)
    }
    let (node, op) = try quantizing(map, in: result, reader)
    return try reader.append(op, name, inputs: [node])
  }

  /// What makes codes of floats, and of which node.
  private static func quantizing(
    _ map: FeatureMap, in result: TensorFormat, _ reader: OperatorReader
  ) throws -> (node: NodeID, op: QuantizeOp) {
    guard let floats = map.floats else { return (map.node, result.quantizing(by: [.ofFloats(result)])) }
    try reader.require(
      floats.format.type.bits == 8, "floats of \(floats.format.type)", supported: "floats of int8 and uint8")
    let table = FeatureMapQuantizer.lookup(floats.format, result) {
      result.code(of: floats.value(of: $0)) - result.zeroPoint
    }
    let negative = ElementwiseOp([.affine(scale: -.one, shift: .zero)])
    return (floats.node, result.quantizing(by: [table], near: floats.sign < 0 ? [negative] : []))
  }

  private static func dequantize(_ reader: inout OperatorReader) throws {
    let (map, format) = try reader.map(0)
    try reader.produce(
      IdentityOp(), of: [map.node], in: nil, floats: FeatureMap.Floats(node: map.node, format: format))
  }

  private static func negate(_ reader: inout OperatorReader) throws {
    let map = try reader.anyMap(0)
    try reader.require(
      map.format == nil && map.parts == nil, "negative codes, whatever their zero point is",
      supported: "floats that DEQUANTIZE made, and the network's own", fix: "train with a product with -1 in its place")
    var floats = map.floats
    floats?.sign.negate()
    try reader.produce(
      ElementwiseOp([.affine(scale: -.one, shift: .zero)]), of: [map.node], in: nil, floats: floats)
  }
}

extension TensorFormat {
  /// Of a float32 number, divided in float32 and rounded with halves away from zero; not clamped
  /// (tensorflow/lite/kernels/internal/reference/quantize.h).
  fileprivate func code(of value: Float) -> Int64 {
    let steps = (value / scale).rounded(.toNearestOrAwayFromZero)
    return Int64(steps.clamped(to: -0x1p30...0x1p30)) + zeroPoint
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
