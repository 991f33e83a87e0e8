import Numbers
import ONNX
import QIR
import Quantization
import Quantizers

/// Quantizers of feature maps.
extension GraphWriter {
  mutating func write(_ op: QuantizeOp, _ id: NodeID) {
    let input = primary(graph[id].inputs[0])
    let location = graph.location(of: id)
    let all = Array(op.quantizers.map { $0.stages ?? [] })
    guard !all.contains(where: \.isEmpty) else {
      return problems.report(
        "quantizer \(op.description): its levels are not evenly spaced, which no operator of ONNX or QONNX says",
        at: location, supported: "quantizers with evenly spaced levels, signs")
    }
    guard let stages = all.merged else {
      return problems.report(
        "quantizer \(op.description): its channels differ in more than numbers", at: location,
        supported: "one range of codes for all channels")
    }
    let steps = stages.flatMap { self.steps($0, id, input) }
    emit(steps, of: [input.name], making: id, in: input.order)
  }

  private mutating func steps(_ stage: QuantizerStage, _ id: NodeID, _ input: Tensor) -> [Step] {
    let name = graph[id].name
    let location = graph.location(of: id)
    switch stage {
    case .function(let function): return steps(function, id)
    case .affine(let scales, let shifts):
      return affineSteps(scales, shifts, shape: perChannelShape(input, count: scales.count), id)
    case .bipolar(let scales):
      guard style == .qonnx else {
        problems.report(
          "a quantizer to signs", at: location, supported: "rounding to evenly spaced levels in --style qdq",
          fix: "use --style qonnx")
        return []
      }
      let scale = quantScale(
        scales, shape: perChannelShape(input, count: scales.count), "\(name)/scale", at: location)
      return [Step("BipolarQuant", domain: QONNX.domain, constants: [scale], suffix: "sign")]
    case .quantize(let scales, let zeroPoints, let codes, let rounding):
      return style == .qonnx
        ? quantSteps(scales, zeroPoints, codes, rounding, id, input)
        : linearSteps(scales, zeroPoints, codes, rounding, id, input)
    }
  }

  // MARK: QONNX

  private mutating func quantSteps(
    _ scales: [Rational], _ zeroPoints: [Int64], _ codes: ClosedRange<Int64>, _ rounding: Rounding, _ id: NodeID,
    _ input: Tensor
  ) -> [Step] {
    let location = graph.location(of: id)
    guard let width = QuantWidth.holding(codes) else {
      problems.report(
        "codes from \(codes.lowerBound) to \(codes.upperBound)", at: location, supported: "codes of up to 32 bits")
      return []
    }
    let shape = perChannelShape(input, count: scales.count)
    let scale = quantScale(scales, shape: shape, "\(graph[id].name)/scale", at: location)
    if zeroPoints.contains(where: { abs($0) > 1 << 24 }) {
      problems.report("a zero point above 2^24", at: location, supported: "float32 integers")
    }
    let step = quantStep(
      width, scale: scale, zeroPoint: zeroPoints, shape: shape, rounding: rounding, graph[id].name)
    return clipSteps(to: codes, of: width.range, scales, zeroPoints, id) + [step]
  }

  mutating func quantStep(
    _ width: QuantWidth, scale: String, zeroPoint: [Int64], shape: [Int], rounding: Rounding, _ name: String
  ) -> Step {
    Step(
      "Quant", domain: QONNX.domain,
      constants: [
        scale, constant(zeroPoint.map { Float($0) }, shape: shape, named: "\(name)/zero_point"),
        constant([Float(width.bits)], named: "\(name)/bits"),
      ],
      attributes: [
        ("narrow", .int(width.isNarrow ? 1 : 0)),
        ("rounding_mode", .string(QONNXQuant.RoundingMode(rounding).rawValue)),
        ("signed", .int(width.isSigned ? 1 : 0)),
      ], suffix: "codes")
  }

  // MARK: QDQ

  private mutating func linearSteps(
    _ scales: [Rational], _ zeroPoints: [Int64], _ codes: ClosedRange<Int64>, _ rounding: Rounding, _ id: NodeID,
    _ input: Tensor
  ) -> [Step] {
    let location = graph.location(of: id)
    let name = graph[id].name
    guard rounding == .halfEven else {
      problems.report(
        "a quantizer with rounding mode \(QONNXQuant.RoundingMode(rounding).rawValue)", at: location,
        supported: "halves to even in --style qdq", fix: "use --style qonnx")
      return []
    }
    guard let type = LinearCodes.type(holding: codes), let range = type.range else {
      problems.report(
        "codes from \(codes.lowerBound) to \(codes.upperBound)", at: location,
        supported: "codes of up to 16 bits in --style qdq", fix: "use --style qonnx")
      return []
    }
    let isSingle = scales.count == 1
    let scale = linearScale(scales, isSingle: isSingle, "\(name)/scale", at: location)
    let zeroPoint = constant(
      ONNXTensor(
        name: unused("\(name)/zero_point"), type: type, shape: isSingle ? [] : [scales.count],
        integers: IntegerArray(zeroPoints)))
    let axis = (input.order.firstIndex(of: input.order.count - 1) ?? 0) + 1
    let attributes: [(name: String, value: ONNXAttribute)] = isSingle ? [] : [("axis", .int(axis))]
    let version = LinearCodes.opset(type)
    return clipSteps(to: codes, of: range, scales, zeroPoints, id) + [
      Step(
        "QuantizeLinear", constants: [scale, zeroPoint], attributes: attributes, type: type, suffix: "codes",
        opset: version),
      Step("DequantizeLinear", constants: [scale, zeroPoint], attributes: attributes, opset: version),
    ]
  }

  // MARK: Bounds

  /// Where fewer codes are used than the width has: values are clipped before they are rounded, which is the same. Bounds
  /// need no more than to round to the right codes.
  private mutating func clipSteps(
    to codes: ClosedRange<Int64>, of range: ClosedRange<Int64>, _ scales: [Rational], _ zeroPoints: [Int64],
    _ id: NodeID
  ) -> [Step] {
    guard codes != range else { return [] }
    guard scales.count == 1 else {
      problems.report(
        "codes from \(codes.lowerBound) to \(codes.upperBound) with a scale per channel", at: graph.location(of: id),
        supported: "one scale for the tensor, or all codes of a width that the style has")
      return []
    }
    let bounds = [codes.lowerBound, codes.upperBound].map { code in
      Float((scales[0] * Rational(code - zeroPoints[0])).double)
    }
    return [clip(bounds[0], bounds[1], graph[id].name)]
  }
}

/// The types of `QuantizeLinear`.
enum LinearCodes {
  /// The narrowest that holds a range.
  static func type(holding range: ClosedRange<Int64>) -> ONNXElementType? {
    let types: [ONNXElementType] = [.uint4, .int4, .uint8, .int8, .uint16, .int16]
    return types.first { $0.range?.contains(range) ?? false }
  }

  /// The first operator set that has it.
  static func opset(_ type: ONNXElementType) -> Int {
    switch type {
    case .int4, .uint4, .int16, .uint16: 21
    default: 13
    }
  }
}
