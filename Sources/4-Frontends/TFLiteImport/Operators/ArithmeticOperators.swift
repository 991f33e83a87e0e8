import Diagnostics
import Numbers
import QIR
import Quantization

/// Two tensors element by element, one of them perhaps a constant, of shapes that spread over each other.
enum ArithmeticOperators {
  static let rows = [
    OperatorRow("ADD", "SUB", notes: "tensors and constants of any shapes", read: { try add(&$0) }),
    OperatorRow("MUL", notes: "tensors and constants of any shapes", read: { try multiply(&$0) }),
    OperatorRow(
      "MAXIMUM", "MINIMUM", notes: "of one scale; tensors and constants of any shapes", read: { try extremum(&$0) }),
  ]

  /// Both operands in steps of twice the larger scale x 2^-20, 2^-15 of int16, rounded, their sum or difference, and that in the result's
  /// codes (tensorflow/lite/kernels/add.cc, sub.cc and internal/reference/integer_ops/add.h).
  private static func add(_ reader: inout OperatorReader) throws {
    let activation = try reader.activation()
    let operands = try reader.operands()
    let result = try reader.resultFormat()
    let mayShift = reader.number("pot_scale_int16", default: 1) != 0
    try reader.require(
      operands.formats.allSatisfy { $0.type == result.type },
      "\(operands.formats[0].type) and \(operands.formats[1].type) in \(result.type)", supported: "one type")
    let isWide = result.type.bits == 16
    try reader.require(
      !(isWide && mayShift && (operands.formats + [result]).allSatisfy { $0.scale.significand == 1 }),
      "a sum of int16 of scales that are powers of two, with pot_scale_int16", supported: "pot_scale_int16 = false")
    let places = isWide ? 15 : 20
    let scales = operands.formats.map { Double($0.scale) }
    let twiceTheLargest = 2 * max(scales[0], scales[1])
    let factors = scales.map { FixedPointMultiplier($0 / twiceTheLargest) }
    let factor = FixedPointMultiplier(twiceTheLargest / (Double(1 << places) * Double(result.scale)))
    try reader.require(
      factor.shift <= 0, "a sum in scale \(result.scale)",
      supported: "scales that are not 2^\(1 - places) of the operands' or less")
    let (rounding, codes) = (reader.importer.rounding, result.codes(behind: activation))
    let sign: Int64 = reader.name == "SUB" ? -1 : 1
    let step = Rational(twiceTheLargest) * .powerOfTwo(-places)
    func term(_ code: Int64, _ operand: Int) -> Int64 { factors[operand].product(code << Int64(places), rounding) }
    switch operands {
    case .maps(let maps):
      var terms: [NodeID] = []
      for (index, map) in try reader.spread(maps).enumerated() {
        let term = rescale(maps[index].format, by: factors[index], places, to: step, rounding: rounding)
        terms.append(try reader.append(term, "term\(index + 1)", inputs: [map]))
      }
      if sign < 0 {
        let negative = ElementwiseOp([.affine(scale: -.one, shift: .zero)])
        terms[1] = try reader.append(negative, "negative", inputs: [terms[1]])
      }
      let sum = try reader.append(AddOp(), "sum", inputs: terms)
      let requantizer = result.requantizer(of: step, by: factor, rounding: rounding, within: codes)
      try reader.produceCodes(sum, by: [requantizer], near: activation.operators)
    case .constant(let constant, let map, let isFirst):
      let signs = isFirst ? (constant: 1, map: sign) : (constant: sign, map: 1)
      if isWide {
        let (node, numbers) = try reader.channels(of: map.map, varyingWith: constant)
        let terms = numbers.map { signs.constant * term($0, isFirst ? 0 : 1) }
        let rescaled = rescale(map.format, by: factors[isFirst ? 1 : 0], places, to: step, rounding: rounding)
        let addend = AffineOp(scale: terms.map { _ in Rational(signs.map) }, shift: terms.map { step * Rational($0) })
        // Sums are integers of their own, of which all channels have one function.
        let farthest = 1 << 30 + Int64((terms.hull() ?? 0...0).largestMagnitude)
        let whole = integers(counting: step, gain: .one / step, within: -farthest...farthest)
        let sum = try reader.append([rescaled, addend, whole], "sum", input: node)
        let requantizer = result.requantizer(of: step, by: factor, rounding: rounding, within: codes)
        return try reader.produceCodes(sum, by: [requantizer], near: activation.operators)
      }
      try reader.produceCodes(
        of: map, with: constant, in: result, within: codes,
        near: {
          [
            AffineOp(
              scale: $0.map { _ in Rational(signs.map) },
              shift: $0.map { constant.format.value(of: $0) * Rational(signs.constant) })
          ] + activation.operators
        }
      ) { code, number in
        let sum = signs.map * term(code, isFirst ? 1 : 0) + signs.constant * term(number, isFirst ? 0 : 1)
        return factor.product(sum, rounding)
      }
    }
  }

  /// Codes times 2^places, times a factor of 1/2 at most, rounded.
  private static func rescale(
    _ format: TensorFormat, by factor: FixedPointMultiplier, _ places: Int, to step: Rational,
    rounding: FixedPointRounding
  ) -> QuantizeOp {
    let codes = format.type.range.shifted(by: -format.zeroPoint)
    func term(_ code: Int64) -> Int64 { factor.product(code << Int64(places), rounding) }
    return integers(
      counting: step, gain: factor.factor / (Rational(format.scale) * .powerOfTwo(-places)),
      within: term(codes.lowerBound)...term(codes.upperBound), rounding: factor.rounding(rounding))
  }

  /// Integers between others, of as many bits as they need.
  private static func integers(
    counting step: Rational, gain: Rational, within range: ClosedRange<Int64>, rounding: Rounding = .halfEven
  ) -> QuantizeOp {
    QuantizeOp(
      description: "tflite>term", bits: IntegerType.narrowestSigned(holding: range).bits,
      quantizers: [
        FeatureMapQuantizer(
          steps: .uniform(UniformSteps(gain: gain, clamp: range, rounding: rounding)),
          format: CodeFormat(scale: step, range: range))
      ], nearest: .init())
  }

  /// The product of the codes without zero points, times the product of the scales / the result's in float32, rounded
  /// (tensorflow/lite/kernels/mul.cc and internal/reference/integer_ops/mul.h).
  private static func multiply(_ reader: inout OperatorReader) throws {
    let activation = try reader.activation()
    let operands = try reader.operands()
    let result = try reader.resultFormat()
    let formats = operands.formats
    try reader.require(
      formats[0].type == formats[1].type && result.type == formats[0].type,
      "a product of \(formats[0].type) and \(formats[1].type) in \(result.type)", supported: "one type")
    let most = formats.reduce(1 as Int64) { most, format in
      most * Int64(format.type.range.shifted(by: -format.zeroPoint).largestMagnitude)
    }
    let real = Double(formats[0].scale * formats[1].scale / result.scale)
    try reader.require(
      real > 0 && real < 0x1p20,
      "a product of scales \(formats[0].scale) and \(formats[1].scale) in scale \(result.scale)",
      supported: "a quotient that float32 holds, less than 2^20")
    let factor = FixedPointMultiplier(real)
    try reader.require(
      most << Int64(max(factor.shift, 0)) <= Int64(Int32.max),
      "products of up to \(most), times 2^\(factor.shift), in 32 bits, where they wrap around",
      supported: "products that 32 bits hold")
    let requantizer = result.requantizer(
      of: Rational(formats[0].scale) * Rational(formats[1].scale), by: factor, rounding: reader.importer.rounding,
      within: result.codes(behind: activation))
    switch operands {
    case .maps(let maps):
      let product = try reader.append(MultiplyOp(), "product", inputs: reader.spread(maps))
      try reader.produceCodes(product, by: [requantizer], near: activation.operators)
    case .constant(let constant, let map, _):
      let (node, numbers) = try reader.channels(of: map.map, varyingWith: constant)
      let scale = numbers.map { constant.format.value(of: $0) }
      let affine = AffineOp(scale: scale, shift: scale.map { _ in .zero })
      let product = try reader.append(affine, "product", inputs: [node])
      try reader.produceCodes(product, by: [requantizer], near: activation.operators)
    }
  }

  /// The larger or smaller code (tensorflow/lite/kernels/maximum_minimum.cc).
  private static func extremum(_ reader: inout OperatorReader) throws {
    let isMaximum = reader.name == "MAXIMUM"
    let operands = try reader.operands()
    let format = operands.formats[0]
    try reader.require(
      operands.formats[1] == format, "tensors of several scales or zero points", supported: "one for both",
      fix: "convert the network again: the converter gives them one")
    switch operands {
    case .maps(let maps):
      let inputs = try reader.spread(maps)
      try isMaximum
        ? reader.produce(MaximumOp(), of: inputs, in: format) : reader.produce(MinimumOp(), of: inputs, in: format)
    case .constant(let constant, let map, _):
      // max(x, c) = max(x - c, 0) + c
      let (node, numbers) = try reader.channels(of: map.map, varyingWith: constant)
      let (values, ones) = (numbers.map { format.value(of: $0) }, numbers.map { _ in Rational.one })
      let operators: [any Operator] = [
        AffineOp(scale: ones, shift: values.map { -$0 }),
        ElementwiseOp([.clip(lower: isMaximum ? .zero : nil, upper: isMaximum ? nil : .zero)]),
        AffineOp(scale: ones, shift: values),
      ]
      let bounded = try reader.append(operators, "bounded", input: node)
      try reader.produceCodes(bounded, by: [.cut(to: format.type.range, of: format)])
    }
  }
}

/// What an operator combines element by element.
enum ElementOperands {
  typealias Map = (map: FeatureMap, format: TensorFormat)

  case maps([Map])
  /// - Parameter isFirst: the constant is the first operand.
  case constant(ConstantOperand, Map, isFirst: Bool)

  var formats: [TensorFormat] {
    switch self {
    case .maps(let maps): maps.map(\.format)
    case .constant(let constant, let map, let isFirst):
      isFirst ? [constant.format, map.format] : [map.format, constant.format]
    }
  }
}

/// A constant that spreads over a map.
struct ConstantOperand {
  let shape: [Int]
  /// Without the zero point.
  fileprivate let codes: [Int64]
  let format: TensorFormat
}

extension TensorFormat {
  /// Of a code without the zero point.
  func value(of code: Int64) -> Rational { Rational(scale) * Rational(code) }
}

extension OperatorReader {
  /// The first two inputs.
  mutating func operands() throws -> ElementOperands {
    let areConstant = [try isConstant(0), try isConstant(1)]
    if areConstant[0] || areConstant[1] {
      try require(areConstant[0] != areConstant[1], "two constants", supported: "a tensor that the network computes")
      let isFirst = areConstant[0]
      let map = try map(isFirst ? 1 : 0)
      return .constant(try constantOperand(isFirst ? 0 : 1), map, isFirst: isFirst)
    }
    let maps = [check { try $0.map(0) }, check { try $0.map(1) }].compactMap(\.self)
    guard maps.count == 2 else { throw Skipped() }
    return .maps(maps)
  }

  mutating func constantOperand(_ input: Int) throws -> ConstantOperand {
    let (tensor, integers) = try constant(input)
    var place = location
    place.tensor = tensor.name
    let format = try TensorFormat(tensor, at: place)
    return ConstantOperand(shape: tensor.shape, codes: integers.map { $0 - format.zeroPoint }, format: format)
  }

  /// The shape over which both spread (`CalculateShapeForBroadcast` in tensorflow/lite/kernels/kernel_util.cc).
  private func spreadShape(_ left: [Int], _ right: [Int]) throws -> [Int] {
    let rank = max(left.count, right.count)
    let shape = zip(left.padded(to: rank), right.padded(to: rank)).map {
      $0 == 1 ? $1 : $1 == 1 ? $0 : $0 == $1 ? $0 : 0
    }
    return try require(
      shape.contains(0) ? nil : shape, "tensors of shapes \(left) and \(right)",
      supported: "shapes that spread over each other")
  }

  /// Nodes of one shape: the maps, their elements repeated where the other one has more of them.
  mutating func spread(_ maps: [ElementOperands.Map]) throws -> [NodeID] {
    if maps[0].map.shape == maps[1].map.shape { return maps.map(\.map.node) }
    let shape = try spreadShape(maps[0].map.shape, maps[1].map.shape)
    var nodes: [NodeID] = []
    for (index, map) in maps.enumerated() { nodes.append(try spread(map.map, over: shape, "operand\(index + 1)")) }
    return nodes
  }

  private mutating func spread(_ map: FeatureMap, over shape: [Int], _ name: String) throws -> NodeID {
    let extents = map.shape.padded(to: shape.count)
    var node = map.node
    if importer.graph[node].shape.extents != extents {
      node = try append(ReshapeOp(shape: Shape(extents)), "\(name)/whole", inputs: [node])
    }
    guard extents != shape else { return node }
    let axes = zip(extents, shape).map { $0 == $1 ? AxisPositions.all : .chosen(Array(repeating: 0, count: $1)) }
    return try append(SelectOp(axes: axes), name, inputs: [node])
  }

  /// A node of the map, spread over a constant's shape too, whose channels are the axes from the first one on along which the constant
  /// varies, and the constant's code of each.
  mutating func channels(
    of map: FeatureMap, varyingWith constant: ConstantOperand
  ) throws -> (node: NodeID, numbers: [Int64]) {
    let shape = try spreadShape(map.shape, constant.shape)
    let extents = constant.shape.padded(to: shape.count)
    let first = extents.firstIndex { $0 > 1 } ?? shape.count - 1
    let count = shape[first...].reduce(1, *)
    try require(
      count <= 8192 || extents.allSatisfy { $0 == 1 },
      "a constant of shape \(constant.shape) over a tensor of shape \(shape)",
      supported: "up to 8192 numbers, from the first axis along which they vary")
    var node = try shape == map.shape ? map.node : spread(map, over: shape, "spread")
    if first < shape.count - 1 {
      let rows = Shape([shape[..<first].reduce(1, *), count])
      node = try append(ReshapeOp(shape: rows), "channels", inputs: [node])
    }
    let numbers = (0..<count).map { place -> Int64 in
      var (rest, element, stride) = (place, 0, 1)
      for axis in (first..<shape.count).reversed() {
        if extents[axis] > 1 { element += rest % shape[axis] * stride }
        stride *= extents[axis]
        rest /= shape[axis]
      }
      return constant.codes[element]
    }
    return (node, numbers)
  }

  /// The result's codes are a function of the map's and a constant's in their place, all without zero points.
  /// - Parameter operators: of real numbers, which the function comes near to, given the constant's codes by channel.
  mutating func produceCodes(
    of map: ElementOperands.Map, with constant: ConstantOperand, in result: TensorFormat,
    within codes: ClosedRange<Int64>,
    near operators: ([Int64]) -> [any Operator], by function: (_ code: Int64, _ number: Int64) -> Int64
  ) throws {
    let (node, numbers) = try channels(of: map.map, varyingWith: constant)
    var tables: [Int64: FeatureMapQuantizer] = [:]
    for number in Set(numbers) {
      tables[number] = .lookup(map.format, result, within: codes) { function($0, number) }
    }
    let quantizers = tables.count == 1 ? Array(tables.values) : numbers.compactMap { tables[$0] }
    try produceCodes(node, by: PerChannel(quantizers), near: operators(numbers))
  }

  /// Appends operators, one behind the other.
  mutating func append(_ operators: [any Operator], _ suffix: String, input: NodeID) throws -> NodeID {
    var node = input
    for op in operators { node = try append(op, suffix, inputs: [node]) }
    return node
  }
}

extension [Int] {
  /// With axes of one element in front.
  fileprivate func padded(to rank: Int) -> [Int] { Array(repeating: 1, count: rank - count) + self }
}
