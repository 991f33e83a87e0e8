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
        "QuantizeLinear", domain: domain, notes: "int2 to int16, uint2 to uint16, per tensor, per axis, in blocks",
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
    guard let parameters else { throw Skipped() }
    if parameters.isBlocked { return try reader.produce(.map(parameters.quantizeBlocks(of: map, &reader))) }
    let encoding = try parameters.encoding(over: map.shape, reader)
    try reader.produce(.map(reader.quantize(map, encoding)))
  }

  private static func dequantize(_ reader: inout NodeReader) throws {
    let parameters = reader.check { try QuantizeLinearInputs(&$0, input: 1, ofQuantize: false) }
    let map = try reader.map(0)
    guard let parameters else { throw Skipped() }
    let found = try reader.require(map.encoding, "DequantizeLinear of floats", supported: "integers")
    if parameters.isBlocked { return try reader.produce(.map(parameters.dequantizeBlocks(of: map, &reader))) }
    var encoding = try parameters.encoding(over: map.shape, reader)
    encoding.type = found.type
    try reader.produce(.map(reader.dequantize(map, encoding)))
  }
}

extension NodeReader {
  /// The map's values as codes: the result of a QuantizeLinear.
  ///
  /// - Parameter roundsLast: ONNX Runtime's own kernels round x / scale + zero point; QuantizeLinear rounds x / scale.
  mutating func quantize(
    _ map: FeatureMap, _ encoding: IntegerEncoding, roundsLast: Bool = false, _ suffix: String? = nil
  ) throws -> FeatureMap {
    guard let bits = encoding.type.bits, let range = encoding.type.range, bits <= 16 else {
      throw problem("quantization to \(encoding.type.name)", supported: "int2 to int16, uint2 to uint16")
    }
    let channels = encoding.scales.count
    let isSigned = range.lowerBound < 0
    var result: FeatureMap
    // Ties go to even integers: an even zero point may be added at any time.
    if roundsLast, encoding.zeroPoints.contains(where: { !$0.isMultiple(of: 2) }) {
      let quantizers = PerChannel(channels: channels) { index in
        QONNXQuant(
          scale: Double(encoding.scales[index]), zeroPoint: encoding.zeroPoints[index], bitWidth: Double(bits),
          isSigned: isSigned, isNarrow: false, roundingMode: .round)
      }
      result = try quantize(map, by: quantizers, along: encoding.axis, suffix)
    } else {
      let quantizers = PerChannel(channels: channels) { index in
        UniformAffine(
          bits: bits, scale: Double(encoding.scales[index]), zeroPoint: encoding.zeroPoints[index], isSigned: isSigned)
      }
      result = try quantize(map, by: quantizers, along: encoding.axis, suffix)
    }
    result.encoding = encoding
    return result
  }

  /// Codes with only those of a range left: what lies outside becomes its nearest end.
  mutating func clamp(_ map: FeatureMap, _ encoding: IntegerEncoding, to range: ClosedRange<Int64>) throws -> FeatureMap
  {
    let quantizers = PerChannel(channels: encoding.scales.count) { index in
      FeatureMapQuantizer(
        step: Rational(encoding.scales[index]), zeroPoint: encoding.zeroPoints[index], range: range)
    }
    let op = QuantizeOp(
      description: "onnx>clip", bits: IntegerType.narrowest(holding: range).bits, quantizers: quantizers)
    return try append(op, to: lastAxis(map, quantizers.isUniform ? nil : encoding.axis))
  }

  /// The map with an axis of the model as the last: what is different along it is different between channels.
  private mutating func lastAxis(_ map: FeatureMap, _ axis: Int?) throws -> FeatureMap {
    guard let axis, map.order.last != axis else { return map }
    return try ordered(map, as: map.order.filter { $0 != axis } + [axis])
  }

  /// The map through quantizers, one for all of it or one per index of an axis in the model's shape.
  mutating func quantize(
    _ map: FeatureMap, by quantizers: PerChannel<some QuantizerKind>, along axis: Int?, _ suffix: String? = nil
  ) throws -> FeatureMap {
    let map = try lastAxis(map, quantizers.isUniform ? nil : axis)
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
    let axes = Set([found.axis, encoding.axis].compactMap(\.self))
    try require(
      axes.count <= 1,
      "codes with scales along axis \(found.axis ?? 0), read with scales along axis \(encoding.axis ?? 0)",
      supported: "scales along one axis")
    // value = scale (code - zero point), code = value' / scale' + zero point'
    func affine(_ index: Int) -> (scale: Rational, shift: Rational) {
      let (old, new) = (found.scaleAndZeroPoint(index), encoding.scaleAndZeroPoint(index))
      return (new.scale / old.scale, new.scale * Rational(old.zeroPoint - new.zeroPoint))
    }
    guard let axis = axes.first else {
      let (scale, shift) = affine(0)
      return try append(ElementwiseOp([.affine(scale: scale, shift: shift)]), to: map, suffix)
    }
    let affines = (0..<map.shape[axis]).map(affine)
    return try append(
      AffineOp(scale: affines.map(\.scale), shift: affines.map(\.shift)), to: lastAxis(map, axis), suffix)
  }
}

/// The scale, zero point and axis of a QuantizeLinear or DequantizeLinear.
struct QuantizeLinearInputs {
  private let scale: Constant
  /// nil is zero.
  private let zeroPoint: Constant?
  private let axis: Int
  private let type: ONNXElementType
  /// How many indices of the axis have a scale in common, where scales are given in blocks; else 0.
  private let block: Int

  var isBlocked: Bool { block > 0 }

  /// - Parameter input: the number of the scale among the inputs; the zero point stands behind it.
  init(_ reader: inout NodeReader, input: Int, ofQuantize isQuantize: Bool) throws {
    // Types of results are checked with those of all tensors.
    reader.ignore("output_dtype")
    if isQuantize {
      let precision = try reader.int("precision", default: 0)
      try reader.require(
        [0, ONNXElementType.float.rawValue].contains(precision),
        "precision = \(ONNXElementType(rawValue: precision)?.name ?? "\(precision)")", supported: "float")
    }
    axis = try reader.int("axis", default: 1)
    block = try reader.int("block_size", default: 0)
    guard block >= 0 else { throw reader.problem("block_size = \(block)", supported: "0 or more") }
    scale = try reader.constant(input)
    zeroPoint = try reader.constantIfPresent(input + 1)
    if let zeroPoint {
      guard case .integers(_, let type) = zeroPoint.numbers, let bits = type.bits, bits <= 32 else {
        throw reader.problem("a zero point of another type than codes have", supported: "integers of up to 32 bits")
      }
      if type == .int32, !isQuantize, zeroPoint.integers?.contains(where: { $0 != 0 }) ?? false {
        throw reader.problem("a zero point of int32 that is not 0", supported: "0", fix: "leave the zero point out")
      }
      self.type = type
    } else {
      type = reader.importer.checks.types[reader.result] ?? .uint8
    }
    try reader.requireScales(scale)
    if let largest = scale.floats.max(), !(largest * Float(1 << (type.bits ?? 32))).isFinite {
      throw reader.problem(
        "a scale of \(largest), with which \(type.name) stands for numbers beyond float32", supported: "smaller scales")
    }
    try reader.require(
      isBlocked || scale.shape.count <= 1, "scales of shape \(scale.shape)",
      supported: "one number, or one axis of them")
    if let zeroPoint, zeroPoint.count != scale.count || (scale.count > 1 && zeroPoint.shape != scale.shape) {
      throw reader.problem(
        "\(scale.count) scales and \(zeroPoint.count) zero points, of shapes \(scale.shape) and \(zeroPoint.shape)",
        supported: "as many zero points as scales, in one shape")
    }
  }

  /// Of a tensor that the network computes.
  func encoding(over shape: [Int], _ reader: NodeReader) throws -> IntegerEncoding {
    let encoding = try encoding(shape: shape, reader)
    try reader.require(
      encoding.axis.map { $0 >= reader.firstDataAxis } ?? true, "scales along the batch",
      supported: "scales along another axis")
    return encoding
  }

  func encoding(of constant: Constant, _ reader: NodeReader) throws -> IntegerEncoding {
    try reader.require(
      !isBlocked, "block_size = \(block) of constants", supported: "scales per tensor or per index of one axis")
    return try encoding(shape: constant.shape, reader)
  }

  private func encoding(shape: [Int], _ reader: NodeReader) throws -> IntegerEncoding {
    let zeros = zeroPoint?.integers ?? [0]
    let scales = scale.floats
    // A scale axis of extent 1 is no different from one scale.
    guard scales.count > 1 else {
      return IntegerEncoding(type: type, scales: scales, zeroPoints: [zeros[0]], axis: nil)
    }
    let axis = try reader.axis(axis, rank: shape.count)
    try reader.require(
      scale.shape.count == 1 && shape[axis] == scales.count,
      "scales of shape \(scale.shape) along axis \(axis) of a tensor of shape \(shape)", supported: "[\(shape[axis])]")
    return IntegerEncoding(
      type: type, scales: scales,
      zeroPoints: zeros.count == scales.count ? zeros : Array(repeating: zeros[0], count: scales.count), axis: axis)
  }

  /// The scale and the zero point of every element.
  private func spread(over shape: [Int], _ reader: NodeReader) throws -> (scales: Constant, zeroPoints: Constant) {
    let axis = try reader.axis(axis, rank: shape.count)
    var blocks = shape
    blocks[axis] = (shape[axis] + block - 1) / block
    try reader.require(
      scale.shape == blocks && zeroPoint.map { $0.shape == blocks } ?? true,
      "scales of shape \(scale.shape) in blocks of \(block)", supported: "\(blocks)")
    let zeroPoints = zeroPoint?.floats ?? Array(repeating: 0, count: scale.count)
    func spread(_ floats: [Float]) -> Constant {
      ConstantFolder.pick(
        Constant(shape: blocks, floats: floats), axis: axis, (0..<shape[axis]).map { $0 / block }, shape: shape)
    }
    return (spread(scale.floats), spread(zeroPoints))
  }

  func dequantizeBlocks(of map: FeatureMap, _ reader: inout NodeReader) throws -> FeatureMap {
    let (scales, zeroPoints) = try spread(over: map.shape, reader)
    guard let found = map.encoding, found.isPlain else {
      throw reader.problem("blocks of codes that have a scale already", supported: "integers")
    }
    var result = map
    result.encoding = nil
    result = try ElementwiseOperators.apply(.subtract, to: result, zeroPoints, isReversed: false, &reader)
    return try ElementwiseOperators.apply(.multiply, to: result, scales, isReversed: false, &reader)
  }

  /// - Returns: the integers themselves.
  func quantizeBlocks(of map: FeatureMap, _ reader: inout NodeReader) throws -> FeatureMap {
    guard let bits = type.bits, let range = type.range, bits <= 16 else {
      throw reader.problem("quantization to \(type.name)", supported: "int2 to int16, uint2 to uint16")
    }
    let (scales, zeroPoints) = try spread(over: map.shape, reader)
    var result = try reader.alongVaryingAxes(of: scales, map) { reader, map, channels in
      let quantizers = zip(channels.floats, zeroPoints.floats).map { scale, zeroPoint in
        FeatureMapQuantizer(step: Rational(scale), zeroPoint: Int64(zeroPoint), range: range)
      }
      return try reader.append(
        QuantizeOp(description: "onnx>quantize", bits: bits, quantizers: PerChannel(quantizers)), to: map)
    }
    result = try ElementwiseOperators.apply(.divide, to: result, scales, isReversed: false, &reader)
    result = try ElementwiseOperators.apply(.add, to: result, zeroPoints, isReversed: false, &reader)
    result.encoding = .plain(type)
    return result
  }
}
