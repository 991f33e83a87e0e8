import Diagnostics
import Numbers
import QIR
import Quantization

/// Two tensors element by element.
enum ArithmeticOperators {
  static let rows = [
    OperatorRow("ADD", "SUB", notes: "of int8 and uint8, two tensors of one shape", read: { try add(&$0) })
  ]

  /// Both operands in steps of twice the larger scale x 2^-20, rounded, their sum or difference, and that in the result's codes
  /// (tensorflow/lite/kernels/add.cc and internal/reference/integer_ops/add.h).
  private static func add(_ reader: inout OperatorReader) throws {
    let activation = try reader.activation()
    let operands = [reader.check { try $0.map(0) }, reader.check { try $0.map(1) }].compactMap(\.self)
    guard operands.count == 2 else { throw Skipped() }
    let result = try reader.resultFormat()
    try reader.require(
      operands.allSatisfy { $0.format.type.bits == 8 } && result.type.bits == 8, "a sum of 16 bits",
      supported: "sums of int8 and uint8")
    try reader.require(
      operands[0].map.shape == operands[1].map.shape,
      "a sum of tensors of shapes \(operands[0].map.shape) and \(operands[1].map.shape)", supported: "one shape")
    let scales = operands.map { Double($0.format.scale) }
    let twiceTheLargest = 2 * max(scales[0], scales[1])
    let step = Rational(twiceTheLargest) * .powerOfTwo(-20)
    var terms: [NodeID] = []
    for (index, operand) in operands.enumerated() {
      let factor = FixedPointMultiplier(scales[index] / twiceTheLargest)
      terms.append(
        try reader.append(
          rescale(operand.format, by: factor, to: step, rounding: reader.importer.rounding), "term\(index + 1)",
          inputs: [operand.map.node]))
    }
    if reader.name == "SUB" {
      let negative = ElementwiseOp([.affine(scale: Rational(-1), shift: .zero)])
      terms[1] = try reader.append(negative, "negative", inputs: [terms[1]])
    }
    let sum = try reader.append(AddOp(), "sum", inputs: terms)
    let factor = FixedPointMultiplier(twiceTheLargest / (0x1p20 * Double(result.scale)))
    try reader.require(
      factor.shift <= 0, "a sum in scale \(result.scale)",
      supported: "scales that are not 2^-19 of the operands' or less")
    try reader.produceCodes(
      sum,
      by: [
        result.requantizer(
          of: step, by: factor, rounding: reader.importer.rounding, within: result.codes(behind: activation))
      ], near: activation.functions)
  }

  /// Codes times 2^20, times a factor of 1/2 at most, rounded.
  private static func rescale(
    _ format: TensorFormat, by factor: FixedPointMultiplier, to step: Rational, rounding: FixedPointRounding
  ) -> QuantizeOp {
    let unit = Rational(format.scale) * .powerOfTwo(-20)
    let codes = format.type.range.shifted(by: -format.zeroPoint)
    let gain = factor.factor / unit
    let round = factor.rounding(rounding)
    func term(_ code: Int64) -> Int64 {
      UniformSteps(gain: gain, clamp: -1 << 40...1 << 40, rounding: round).code(
        at: factor.factor * Rational(code) * .powerOfTwo(20))
    }
    let range = term(codes.lowerBound)...term(codes.upperBound)
    return QuantizeOp(
      description: "tflite>term", bits: IntegerType.narrowestSigned(holding: range).bits,
      quantizers: [
        FeatureMapQuantizer(
          steps: .uniform(UniformSteps(gain: gain, clamp: range, rounding: round)),
          format: CodeFormat(scale: step, range: range))
      ], nearest: .init())
  }
}
