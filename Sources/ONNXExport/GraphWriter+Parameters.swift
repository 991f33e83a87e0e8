import Diagnostics
import ONNX
import QIR
import Quantization

/// Constants of layers: float32 as they are, codes through a `Quant` of their values or a `DequantizeLinear`.
extension GraphWriter {
  /// The name of the tensor with a parameter's values.
  mutating func parameter(_ tensor: ParameterTensor, _ name: String, of id: NodeID) -> String {
    let stem = "\(graph[id].name)/\(name)"
    var location = graph.location(of: id)
    location.tensor = name
    switch tensor.numbers {
    case .real(let floats): return constant(floats, shape: tensor.shape, named: stem)
    case .codes(let codes, let scales, let axis, let source):
      let isSingle = scales.allSatisfy { $0 == scales[0] }
      let parameter = CodedParameter(
        shape: tensor.shape, codes: codes, scales: isSingle ? [scales[0]] : scales, axis: isSingle ? nil : axis,
        source: source, name: stem, location: location)
      return style == .qonnx ? quant(parameter) : dequantizeLinear(parameter)
    }
  }

  private mutating func quant(_ parameter: CodedParameter) -> String {
    guard let values = problems.collecting({ try parameter.values() }) else { return parameter.name }
    let shape = parameter.shape
    let extents = shape.indices.map { $0 == parameter.axis ? shape[$0] : 1 }
    let weights = constant(values, shape: shape, named: parameter.name)
    let scale = quantScale(
      parameter.scales, shape: parameter.axis == nil ? [] : extents, "\(parameter.name)/scale", at: parameter.location)
    let name = unused("\(parameter.name)/quantized")
    let step: Step
    if parameter.isBipolar {
      step = Step("BipolarQuant", domain: QONNX.domain, constants: [scale])
    } else {
      step = quantStep(parameter.width, scale: scale, zeroPoint: [0], shape: [], rounding: .halfEven, parameter.name)
    }
    emit(step, of: [weights], as: name, shape: shape, hasBatch: false)
    return name
  }

  private mutating func dequantizeLinear(_ parameter: CodedParameter) -> String {
    guard let type = parameter.integerType else {
      problems.report(
        Diagnostic(
          "codes \(parameter.codes.range.lowerBound) to \(parameter.codes.range.upperBound)", at: parameter.location,
          supported: "codes of 32 bits in --style qdq"))
      return parameter.name
    }
    let codes = constant(
      ONNXTensor(name: unused(parameter.name), type: type, shape: parameter.shape, integers: parameter.codes))
    let scale = linearScale(
      parameter.scales, isSingle: parameter.axis == nil, "\(parameter.name)/scale", at: parameter.location)
    let name = unused("\(parameter.name)/dequantized")
    let step = Step(
      "DequantizeLinear", constants: [scale], attributes: parameter.axis.map { [("axis", .int($0))] } ?? [],
      opset: LinearCodes.opset(type))
    emit(step, of: [codes], as: name, shape: parameter.shape, hasBatch: false)
    return name
  }
}

/// Codes of a parameter with their scales, in the order of axes that ONNX has them in.
struct CodedParameter {
  var shape: [Int]
  var codes: IntegerArray
  var scales: [Rational]
  var axis: Int?
  var source: QuantizedTensor
  var name: String
  var location: Diagnostic.Location

  /// Signs alone.
  var isBipolar: Bool { source.bits == 1 && codes.allSatisfy { abs($0) == 1 } }

  /// The declared width where it holds the codes, else the least that does.
  var width: QuantWidth {
    let range = codes.range
    let declared = [true, false].map { isSigned in
      QuantWidth(bits: source.bits, isSigned: isSigned, isNarrow: isSigned && source.isSymmetric)
    }
    return declared.first { $0.holds(range) } ?? QuantWidth.holding(range)
  }

  /// The narrowest of ONNX' types that holds the declared width and the codes.
  var integerType: ONNXElementType? {
    let types: [ONNXElementType] = [.int4, .uint4, .int8, .uint8, .int16, .uint16, .int32]
    return types.first { type in
      (type.bits ?? 0) >= min(source.bits, 32) && (type.range?.contains(codes.range) ?? false)
    }
  }

  /// Code times scale as float32 numbers, of which a `Quant` in float32 finds the codes again.
  func values() throws -> [Float] {
    let scales = scales.map(\.double)
    let inner = axis.map { shape[($0 + 1)...].reduce(1, *) } ?? 1
    var lost = 0
    let values = codes.enumerated().map { index, code in
      let scale = scales[index / inner % scales.count]
      let value = Float(Double(code) * scale)
      let isFound =
        Double((value / Float(scale)).rounded(.toNearestOrEven)) == Double(code)
        && (Double(value) / scale).rounded(.toNearestOrEven) == Double(code)
      if !isFound { lost += 1 }
      return value
    }
    guard lost == 0 else {
      throw Diagnostic(
        "\(lost) of \(codes.count) codes are not found again from float32 values", at: location,
        supported: "codes of up to 24 bits", fix: "use --style qdq, or fewer bits")
    }
    return values
  }
}

extension QuantizedTensor {
  /// Whether its quantizer leaves out the least code.
  fileprivate var isSymmetric: Bool {
    switch quantizer {
    case .quantizedBits(let kind): kind.isSymmetric
    case .quantizedLinear(let kind): kind.isSymmetric
    case .qonnxQuant(let kind): kind.isNarrow
    case .ternary, .stochasticTernary: true
    case .featureMapAffine, .uniformAffine, .quantizedReLU, .quantizedPowerOfTwo, .quantizedReLUPowerOfTwo, .binary,
      .stochasticBinary, .bernoulli, .quantizedTanh, .quantizedSigmoid, .quantizedULaw, .quantizedHSwish,
      .binarySigmoid, .binaryTanh, nil:
      false
    }
  }
}
