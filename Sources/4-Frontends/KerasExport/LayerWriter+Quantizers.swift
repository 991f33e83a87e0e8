import Diagnostics
import JSON
import Numbers
import QIR
import Quantization

/// Quantizers of feature maps and of weights.
extension LayerWriter {
  // MARK: Feature maps

  mutating func write(_ op: QuantizeOp, _ id: NodeID) {
    guard op.quantizers.isUniform, let quantizer = Grid(op.quantizers[0])?.quantizer else {
      return report(
        "the quantizer \(op.description)", id, supported: "one scale and zero point for a map, codes of 1 to 32 bits")
    }
    append("QActivation", id, ["activation": quantizer])
  }

  /// code = clamp(round_half_even(x / scale) + zero point), value = scale x (code - zero point)
  private struct Grid {
    let bits: Int
    let scale: Double
    /// Of codes from 0 on.
    let zeroPoint: Int
    /// Whether the least code is left out: as many are above zero as are below.
    let isNarrow: Bool

    /// nil where the quantizer does something else.
    init?(_ quantizer: FeatureMapQuantizer) {
      let format = quantizer.format
      guard case .uniform(let steps) = quantizer.steps, quantizer.functions.isEmpty, quantizer.codeFactor == 1,
        steps.rounding == .halfEven, steps.bias.sign == 0, steps.gain * format.scale == .one,
        steps.zeroPoint == format.zeroPoint, steps.clamp == format.range
      else { return nil }
      isNarrow = format.range.upperBound - format.zeroPoint == format.zeroPoint - format.range.lowerBound
      let lowest = format.range.lowerBound - (isNarrow ? 1 : 0)
      let codes = format.range.upperBound - lowest + 1
      guard codes.nonzeroBitCount == 1, (1...32).contains(codes.trailingZeroBitCount),
        Rational(format.scale.double) == format.scale
      else { return nil }
      bits = codes.trailingZeroBitCount
      scale = format.scale.double
      zeroPoint = Int(format.zeroPoint - lowest)
    }

    /// nil where QKeras has none.
    var quantizer: JSONValue? {
      if let plain { return plain }
      guard !isNarrow else { return nil }
      return Self.json(
        "qcc>quantized_bits_featuremap", ["bits": .int(bits), "scale": .double(scale), "zero_point": .int(zeroPoint)])
    }

    /// QKeras' own, where the scale is a power of two and zero lies at the end or in the middle of the codes.
    private var plain: JSONValue? {
      guard scale.significand == 1 else { return nil }
      if zeroPoint == 0, bits < 32, let integer = Self.integerBits(Int(scale.exponent) + bits) {
        return Self.json("quantized_relu", ["bits": .int(bits), "integer": integer])
      }
      if bits > 1, zeroPoint == 1 << (bits - 1), let integer = Self.integerBits(Int(scale.exponent) + bits - 1) {
        return Self.json(
          "quantized_bits",
          [
            "bits": .int(bits), "integer": integer, "symmetric": .int(isNarrow ? 1 : 0), "keep_negative": true,
            "alpha": 1,
          ])
      }
      return nil
    }

    /// QKeras 0.9.0 has 2^integer as an int32.
    private static func integerBits(_ bits: Int) -> JSONValue? { (0...30).contains(bits) ? .int(bits) : nil }

    private static func json(_ name: String, _ members: KeyValuePairs<String, JSONValue>) -> JSONValue {
      .object(
        [JSONMember]([
          "class_name": .string(name), "config": .object([JSONMember](members)), "__passive_serialization__": true,
        ]))
    }
  }

  // MARK: Weights

  /// A parameter as a variable and the quantizer that makes its codes of that: the variable holds code / 2^(bits - 1), and
  /// `alpha` the scales times as much.
  mutating func parameter(
    _ parameter: Parameter, _ name: String, of id: NodeID
  ) -> (variable: KerasLayer.Variable, quantizer: JSONValue) {
    switch parameter {
    case .real(let values, let shape): return (.init(name: name, shape: shape, values: values), .null)
    case .quantized(let tensor):
      let fraction = max(tensor.bits - 1, 0)
      let unit = Float(sign: .plus, exponent: -fraction, significand: 1)
      let codes = tensor.codes.widened
      let alphas = tensor.scales.map { ($0 * .powerOfTwo(fraction)).float ?? .nan }
      if let problem = Self.problem(with: tensor, codes, alphas) {
        problems.report(problem.found, at: location(of: name, id), supported: problem.supported, fix: problem.fix)
      }
      return (
        .init(name: name, shape: tensor.shape, values: codes.map { Float($0) * unit }),
        [
          "module": "qkeras.quantizers", "class_name": "quantized_bits",
          "config": [
            "bits": .int(tensor.bits), "integer": 0,
            "symmetric": .int(codes.contains(-(1 << Int64(fraction))) ? 0 : 1), "keep_negative": true,
            "alpha": Self.alpha(alphas, of: tensor),
          ],
          "registered_name": "quantized_bits",
        ]
      )
    }
  }

  private func location(of name: String, _ id: NodeID) -> Diagnostic.Location {
    var location = graph.location(of: id)
    location.tensor = name
    return location
  }

  /// Why QKeras' `quantized_bits` cannot make these codes in float32.
  private static func problem(
    with tensor: QuantizedTensor, _ codes: [Int64], _ alphas: [Float]
  ) -> (found: String, supported: String, fix: String)? {
    if tensor.bits == 1, let code = codes.first(where: { abs($0) != 1 }) {
      return ("the code \(code) of 1 bit", "-1 and 1, the signs that QKeras has in 1 bit", "give it 2 bits")
    }
    var codeRange = IntegerType(bits: tensor.bits, isSigned: true).range
    // The largest code is a float32 number where QKeras clips: from 26 bits on it is one more.
    codeRange = codeRange.lowerBound...Int64(Float(codeRange.upperBound))
    if tensor.bits > 1, let code = codes.first(where: { !codeRange.contains($0) }) {
      return (
        "the code \(code) of \(tensor.bits) bits", "signed codes, \(codeRange.lowerBound) to \(codeRange.upperBound)",
        "write the network as .onnx"
      )
    }
    if let code = codes.first(where: { Int64(exactly: Float($0)) != $0 }) {
      return (
        "the code \(code), which float32 does not hold, and QKeras computes in float32", "codes of up to 24 bits",
        "give it 24 bits (--bias-bits 24), or write the network as .onnx"
      )
    }
    guard let alpha = alphas.firstIndex(where: { !$0.isNormal }) else { return nil }
    return (
      "the scale \(tensor.scales[alpha].double), which float32 does not hold", "float32 scales",
      "write the network as .onnx"
    )
  }

  /// A number, or a list that spreads over the tensor: QKeras does not read the arrays back that it writes.
  private static func alpha(_ alphas: [Float], of tensor: QuantizedTensor) -> JSONValue {
    let numbers = alphas.map { JSONValue.double(Double($0)) }
    guard numbers.count > 1 else { return numbers.first ?? .double(1) }
    return .array(numbers.map { (tensor.scaleAxis + 1..<tensor.shape.count).reduce($0) { number, _ in [number] } })
  }
}
