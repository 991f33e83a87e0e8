import Diagnostics
import Numbers
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
    let shape = parameter.shape
    let extents = shape.indices.map { $0 == parameter.axis ? shape[$0] : 1 }
    guard let width = parameter.width else {
      report(parameter, bits: 32)
      return parameter.name
    }
    guard let numbers = parameter.numbers else {
      problems.report(
        "its scales or codes are no float64 numbers", at: parameter.location,
        supported: "codes that are found again from float64 numbers")
      return parameter.name
    }
    let values = constant(numbers.tensor(unused(parameter.name), shape: shape))
    let scale = quantScale(
      parameter.scales, shape: parameter.axis == nil ? [] : extents, "\(parameter.name)/scale", at: parameter.location)
    let name = unused("\(parameter.name)/quantized")
    let step: Step
    if parameter.isBipolar {
      step = Step("BipolarQuant", domain: QONNX.domain, constants: [scale])
    } else {
      step = quantStep(width, scale: scale, zeroPoint: [0], shape: [], rounding: .halfEven, parameter.name)
    }
    emit(step, of: [values], as: name, shape: shape, hasBatch: false)
    return name
  }

  private mutating func report(_ parameter: CodedParameter, bits: Int) {
    problems.report(
      "codes from \(parameter.codes.range.lowerBound) to \(parameter.codes.range.upperBound)",
      at: parameter.location, supported: "codes of up to \(bits) bits")
  }

  private mutating func dequantizeLinear(_ parameter: CodedParameter) -> String {
    guard let type = parameter.integerType else {
      report(parameter, bits: 32)
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

/// A parameter on its way into the order of axes that ONNX has it in.
struct ParameterTensor {
  enum Numbers {
    case real([Float])
    /// Codes times scales, which differ along `axis`; there is one scale where it is nil.
    case codes(IntegerArray, scales: [Rational], axis: Int?, of: QuantizedTensor)
  }

  var shape: [Int]
  var numbers: Numbers

  init(_ parameter: Parameter) {
    shape = parameter.shape
    switch parameter {
    case .real(let floats, _): numbers = .real(floats)
    case .quantized(let tensor):
      numbers = .codes(
        tensor.codes, scales: tensor.scales, axis: tensor.scales.count > 1 ? tensor.scaleAxis : nil, of: tensor)
    }
  }

  private init(shape: [Int], numbers: Numbers) {
    self.shape = shape
    self.numbers = numbers
  }

  /// Axis k of the result is axis permutation[k].
  func permuted(by permutation: [Int]) -> ParameterTensor {
    let extents = Shape(shape)
    let permuted = extents.permuted(by: permutation).extents
    switch numbers {
    case .real(let floats):
      return ParameterTensor(shape: permuted, numbers: .real(extents.permute(floats, by: permutation)))
    case .codes(let codes, let scales, let axis, let tensor):
      let moved = IntegerArray(extents.permute(codes.widened, by: permutation))
      return ParameterTensor(
        shape: permuted,
        numbers: .codes(moved, scales: scales, axis: axis.flatMap { permutation.firstIndex(of: $0) }, of: tensor))
    }
  }

  /// The first two axes as one.
  func mergingFirstAxes() -> ParameterTensor {
    let (outer, inner) = (shape[0], shape[1])
    let merged = [outer * inner, 1] + shape[2...]
    switch numbers {
    case .real: return ParameterTensor(shape: merged, numbers: numbers)
    case .codes(let codes, let scales, let axis, let tensor):
      let spread =
        switch axis {
        case 0: (0..<outer * inner).map { scales[$0 / inner] }
        case 1: (0..<outer * inner).map { scales[$0 % inner] }
        default: scales
        }
      return ParameterTensor(
        shape: merged, numbers: .codes(codes, scales: spread, axis: axis.map { $0 < 2 ? 0 : $0 }, of: tensor))
    }
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

  /// The declared width where it holds the codes, else the least that does; nil beyond 32 bits.
  var width: QuantWidth? {
    let range = codes.range
    let declared = [true, false].map { isSigned in
      QuantWidth(
        bits: min(source.bits, 32), isSigned: isSigned, isNarrow: isSigned && source.quantizer?.kind.isNarrow ?? false)
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

  /// Code times scale as numbers of which a `Quant` finds the codes again: float32, where that has digits enough.
  var numbers: Numbers? {
    let inner = axis.map { shape[($0 + 1)...].reduce(1, *) } ?? 1
    let doubleScales = scales.map(\.double)
    let floatScales = doubleScales.map { Float($0) }
    let codes = codes.widened
    let places = codes.indices.map { $0 / inner % doubleScales.count }
    let doubles = codes.indices.map { Double(codes[$0]) * doubleScales[places[$0]] }
    let floats = doubles.map { Float($0) }
    func areFound(_ code: (Int) -> Double) -> Bool {
      codes.indices.allSatisfy { code($0).rounded(.toNearestOrEven) == Double(codes[$0]) }
    }
    // Whichever of the two a program divides in.
    if areFound({ Double(floats[$0] / floatScales[places[$0]]) }),
      areFound({ Double(floats[$0]) / doubleScales[places[$0]] })
    {
      return .floats(floats)
    }
    return areFound { doubles[$0] / doubleScales[places[$0]] } ? .doubles(doubles) : nil
  }

  enum Numbers {
    case floats([Float])
    case doubles([Double])

    func tensor(_ name: String, shape: [Int]) -> ONNXTensor {
      switch self {
      case .floats(let floats): ONNXTensor(name: name, shape: shape, floats: floats)
      case .doubles(let doubles): ONNXTensor(name: name, shape: shape, doubles: doubles)
      }
    }
  }
}
