import Diagnostics
import Numbers
import QIR
import Quantization
import Quantizers

/// QONNX `Trunc` (qonnx `custom_op/general/trunc.py`): integers with fewer of their low bits.
///
/// y = round_half_even(x / scale + zero_point) / 2^k, code = round(y) in a mode of its own. Version 1 (x, scale, zero point,
/// input width, output width) keeps scale and zero point and clamps nothing; version 2 (x, scale, zero point, input width,
/// output scale, output width) clamps y to the output's width, and its zero point is divided by 2^k.
struct TruncOperator {
  private let scale: Float
  private let zeroPoint: Int64
  /// k
  private let dropped: Int
  private let rounding: Rounding
  private let outputScale: Float
  private let outputZeroPoint: Int64
  /// nil where nothing is clamped.
  private let clamp: ClosedRange<Int64>?

  static func read(_ reader: inout NodeReader) throws {
    let trunc = reader.check { try TruncOperator(&$0) }
    let value = try reader.value(0)
    guard let trunc else { throw Skipped() }
    switch value {
    case .constant(let constant): try reader.produce(.constant(trunc.fold(constant, reader)))
    case .map:
      let map = try reader.realMap(0)
      let quantizer = try trunc.quantizer(of: map, &reader)
      let op = QuantizeOp(
        description: "qonnx>trunc(\(Double(trunc.scale)),\(trunc.dropped))",
        bits: IntegerType.narrowest(holding: quantizer.format.range).bits, quantizers: [quantizer])
      try reader.produce(.map(reader.append(op, to: map)))
    case .failed: throw Skipped()
    }
  }

  private init(_ reader: inout NodeReader) throws {
    let mode = try reader.roundingMode(default: .floor)
    let count = reader.node.inputs.count
    try reader.require(count == 5 || count == 6, "\(count) inputs", supported: "5 (version 1) or 6 (version 2)")
    let isSigned = count == 5 ? true : try reader.flag("signed", default: true)
    let isNarrow = count == 5 ? false : try reader.flag("narrow", default: false)
    scale = Float(try reader.number(1, "scale"))
    let zero = try reader.number(2, "zero point")
    let inputBits = try reader.number(3, "bit width")
    let outputBits = try reader.number(count - 1, "bit width")
    outputScale = count == 5 ? scale : Float(try reader.number(4, "output scale"))
    try reader.require(
      scale > 0 && scale.isFinite && outputScale > 0 && outputScale.isFinite, "a scale that is not a positive number",
      supported: "finite scales above 0")
    // Version 2 takes the nearest power of two.
    let bits = count == 5 ? inputBits - outputBits : Self.nearestExponent(Double(outputScale / scale))
    try reader.require(
      (0...31).contains(bits) && bits.rounded() == bits && QONNXQuant.bitWidths.contains(outputBits),
      "\(bits) bits dropped to leave \(outputBits)", supported: "a whole number from 0 to 31, 1 to 32 left")
    dropped = Int(bits)
    let outputZero = count == 5 ? zero : zero / Double(1 << dropped)
    try reader.require(
      abs(zero) < 0x1p32 && zero.rounded() == zero && outputZero.rounded() == outputZero,
      "zero points \(zero) and \(outputZero)", supported: "integers")
    (zeroPoint, outputZeroPoint) = (Int64(zero), Int64(outputZero))
    guard let mode else { throw Skipped() }
    rounding = mode.rounding
    clamp =
      count == 5
      ? nil
      : QONNXQuant.range(bitWidth: outputBits, isSigned: isSigned, isNarrow: isNarrow, rounding: rounding)
  }

  /// round(log2(ratio))
  private static func nearestExponent(_ ratio: Double) -> Double {
    ratio.significand > 2.0.squareRoot() ? Double(ratio.exponent) + 1 : Double(ratio.exponent)
  }

  /// The code of an integer, not clamped.
  private func code(of integer: Double) -> Int64 { Int64(rounding(integer / Double(1 << dropped))) }

  private func fold(_ constant: Constant, _ reader: NodeReader) throws -> Constant {
    let codes = try constant.floats.map { value -> Int64 in
      let integer = Double((value / scale + Float(zeroPoint)).rounded(.toNearestOrEven))
      guard abs(integer) < 0x1p53 else { throw reader.problem("a constant \(value)", supported: "numbers") }
      let code = code(of: integer)
      return (clamp.map { code.clamped(to: $0) } ?? code) - outputZeroPoint
    }
    let bits = IntegerType.narrowestSigned(holding: (codes.min() ?? 0)...(codes.max() ?? 0)).bits
    return Constant(
      shape: constant.shape,
      .quantized(QuantizedTensor(shape: constant.shape, codes: codes, scales: [Rational(outputScale)], bits: bits)))
  }

  private func quantizer(of map: FeatureMap, _ reader: inout NodeReader) throws -> FeatureMapQuantizer {
    let range: ClosedRange<Int64>
    if let clamp {
      range = clamp
    } else {
      let bounds = try reader.require(
        reader.importer.bounds(of: map.node), "nothing bounds what it truncates",
        supported: "tensors behind quantizers", fix: "put a Quant in front of it")
      // One more on both sides, for the bounds are rounded.
      let ends = [bounds.lowerBound, bounds.upperBound].map {
        ($0 / Double(scale) + Double(zeroPoint)).rounded(.toNearestOrEven)
      }
      try reader.require(
        ends.allSatisfy { abs($0) < 0x1p40 }, "integers of more than 40 bits", supported: "up to 40 bits")
      range = (code(of: ends[0]) - 1)...(code(of: ends[1]) + 1)
    }
    try reader.require(
      range.count <= 1 << 17, "\(range.count) codes are left", supported: "up to 2^17", fix: "truncate more bits")
    return FeatureMapQuantizer(
      steps: steps(range),
      format: CodeFormat(scale: Rational(outputScale), zeroPoint: outputZeroPoint, range: range))
  }

  private func steps(_ range: ClosedRange<Int64>) -> StepFunction {
    let step = Rational(scale)
    let zero = Rational(zeroPoint)
    let half = Rational.powerOfTwo(-1)
    if dropped > 0, rounding == .floor || rounding == .ceiling {
      // The first integer of a code is even with floor, the last one with ceiling: both ties join it.
      let part = Rational.powerOfTwo(-dropped)
      return .uniform(
        UniformSteps(
          gain: part / step, bias: part * (rounding == .floor ? zero + half : zero - half), clamp: range,
          rounding: rounding))
    }
    let codes = Array(range)
    let thresholds = codes.dropFirst().map { code -> LevelSteps.Threshold in
      let first = firstInteger(of: code)
      return LevelSteps.Threshold(
        (Rational(first) - half - zero) * step, isInclusive: first.isMultiple(of: 2))
    }
    return .levels(LevelSteps(thresholds: thresholds, codes: codes))
  }

  /// The least integer that has at least this code.
  private func firstInteger(of code: Int64) -> Int64 {
    var low = (code - 1) << Int64(dropped) - 1
    var high = code << Int64(dropped) + 1
    while high - low > 1 {
      let middle = low + (high - low) / 2
      if self.code(of: Double(middle)) >= code { high = middle } else { low = middle }
    }
    return high
  }
}
