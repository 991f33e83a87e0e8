import Diagnostics
import Numbers
import QIR
import Quantization

/// To and from codes.
enum QuantizationOperators {
  static let rows = [
    OperatorRow("QUANTIZE", notes: "of float32, or from one scale to another", read: { try quantize(&$0) }),
    OperatorRow("DEQUANTIZE", notes: "to float32, at the network's end", read: { try dequantize(&$0) }),
  ]

  private static func quantize(_ reader: inout OperatorReader) throws {
    let map = try reader.anyMap(0)
    let result = try reader.resultFormat()
    guard let format = map.format else {
      try reader.require(
        (0x1p-100...0x1p100).contains(result.scale), "floats in scale \(result.scale)", supported: "2^-100 to 2^100")
      return try reader.produceCodes(map.node, by: [.ofFloats(result)])
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
    let (map, _) = try reader.map(0)
    try reader.produce(IdentityOp(), of: [map.node], in: nil)
  }
}

extension FeatureMapQuantizer {
  /// Of float32 numbers, divided in float32 and rounded with halves away from zero: where each code begins
  /// (tensorflow/lite/kernels/internal/reference/quantize.h).
  fileprivate static func ofFloats(_ format: TensorFormat) -> FeatureMapQuantizer {
    let range = format.type.range
    func code(_ value: Float) -> Int64 {
      let steps = (value / format.scale).rounded(.toNearestOrAwayFromZero)
      return Int64(steps.clamped(to: -0x1p40...0x1p40)).clamped(to: -1 << 40...1 << 40) + format.zeroPoint
    }
    // Neighbours of the boundary between two codes are a few floats: the first of the upper code is found from there.
    let steps = ((range.lowerBound + 1)...range.upperBound).map {
      next -> (threshold: LevelSteps.Threshold, code: Int64) in
      var first = (Float(next - format.zeroPoint) - 0.5) * format.scale
      while code(first) >= next { first = first.nextDown }
      while code(first) < next { first = first.nextUp }
      return (LevelSteps.Threshold(Rational(first), isInclusive: true), next)
    }
    return FeatureMapQuantizer(
      steps: .levels(LevelSteps(from: range.lowerBound, steps)), format: format.codes())
  }
}
