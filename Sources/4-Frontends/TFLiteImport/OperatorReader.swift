import Diagnostics
import Numbers
import QIR
import Quantization
import Quantizers
import TFLite

/// One operator of the file while it becomes nodes of the graph: what the reader of each kind works on. Options are taken one by one;
/// what nobody took is a problem.
struct OperatorReader: ProblemCollector, ProblemSource, NodeBuilder {
  let op: TFLiteOperator
  /// `CONV_2D`
  let name: String
  var importer: GraphImporter
  var problems = Diagnostics()
  private let index: Int
  private var options: [String: Double]
  private let custom: String?

  init(_ op: TFLiteOperator, at index: Int, importer: consuming GraphImporter) {
    self.op = op
    self.index = index
    self.importer = importer
    options = Dictionary(op.options.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
    let codes = self.importer.model.operatorCodes
    let code = codes.indices.contains(op.code) ? codes[op.code] : nil
    name = code?.name ?? "code \(op.code)"
    custom = code.flatMap { $0.name == "CUSTOM" ? $0.customName : nil }
  }

  var location: Diagnostic.Location { .init(file: importer.file, layer: "operator \(index), \(name)") }

  mutating func read() {
    check { reader in
      guard let row = OperatorTable.row(reader.name) else {
        reader.importer.lacksOperators = true
        throw Unsupported.problem(reader.name, custom: reader.custom, at: reader.location)
      }
      for input in reader.op.inputs where input >= 0 {
        try reader.require(
          reader.importer.tensor(input) != nil, "input tensor \(input)",
          supported: "0 to \(reader.importer.source.tensors.count - 1)")
      }
      if try !ConstantOperators.read(&reader) { try row.read(&reader) }
      for option in reader.options.keys.sorted() {
        reader.problems.report(reader.problem("option \(option)", supported: "\(reader.name) without it"))
      }
    }
    for output in op.outputs where importer.value(output) == nil { importer.set(.failed, of: output) }
    importer.problems.report(contentsOf: problems)
  }

  func problem(_ found: String, supported: String? = nil, fix: String? = nil) -> Diagnostic {
    Diagnostic(found, at: location, supported: supported, fix: fix)
  }

  // MARK: Options

  mutating func number(_ option: String, default standard: Double = 0) -> Double {
    options.removeValue(forKey: option) ?? standard
  }

  mutating func integer(_ option: String, default standard: Int = 0) -> Int {
    Int(number(option, default: Double(standard)))
  }

  mutating func flag(_ option: String) -> Bool { integer(option) != 0 }

  mutating func activation() throws -> Activation {
    let code = integer("fused_activation_function")
    return try require(
      Activation(rawValue: code),
      "fused_activation_function = \(code == 4 ? "TANH" : code == 5 ? "SIGN_BIT" : "\(code)")",
      supported: "NONE, RELU, RELU_N1_TO_1, RELU6")
  }

  // MARK: Inputs

  func hasInput(_ input: Int) -> Bool { op.inputs.indices.contains(input) && op.inputs[input] >= 0 }

  /// The tensor of an input.
  func tensor(_ input: Int) throws -> TFLiteTensor {
    let found = hasInput(input) ? importer.tensor(op.inputs[input]) : nil
    return try require(found, "\(op.inputs.count) inputs", supported: "an input \(input + 1)")
  }

  private func value(_ input: Int) throws -> GraphImporter.Value {
    let tensor = try tensor(input)
    guard let value = importer.value(op.inputs[input]) else {
      throw problem(
        "input '\(tensor.name)' is read before it is made"
          + (tensor.isVariable ? ": a variable that an operator keeps" : ""),
        supported: "operators behind those whose tensors they read")
    }
    if case .failed = value { throw Skipped() }
    return value
  }

  func isConstant(_ input: Int) throws -> Bool {
    switch try value(input) {
    case .constant, .numbers: true
    case .map, .handle, .failed: false
    }
  }

  /// The variable's name that an input stands for.
  func handle(_ input: Int) throws -> String {
    if case .handle(let variable) = try value(input) { return variable }
    throw problem("input '\(try tensor(input).name)' is no variable", supported: "what VAR_HANDLE makes")
  }

  /// An input that the network computes, of floats perhaps.
  func anyMap(_ input: Int, inBlocks: Bool = false) throws -> FeatureMap {
    let name = try tensor(input).name
    guard case .map(let map) = try value(input) else {
      throw problem(
        "input '\(name)' is \(try isConstant(input) ? "a constant" : "a variable")",
        supported: "a tensor that the network computes as input \(input + 1)")
    }
    try require(
      map.block == nil || inBlocks, "input '\(name)' is what SPACE_TO_BATCH_ND takes apart",
      supported: "between SPACE_TO_BATCH_ND and BATCH_TO_SPACE_ND convolutions of stride 1 without padding",
      fix: "build the network with dilated convolutions")
    return map
  }

  /// The same of codes.
  func map(_ input: Int, inBlocks: Bool = false) throws -> (map: FeatureMap, format: TensorFormat) {
    let (map, name) = (try anyMap(input, inBlocks: inBlocks), try tensor(input).name)
    let format = try require(
      map.format, "input '\(name)' is of float32", supported: "quantized tensors",
      fix: "convert the network with full integer quantization (a representative dataset)")
    return (map, format)
  }

  /// The integers of a constant.
  mutating func constant(_ input: Int) throws -> (tensor: TFLiteTensor, integers: IntegerArray) {
    let tensor = try tensor(input)
    switch try value(input) {
    case .constant: break
    case .numbers(let numbers): return (tensor, IntegerArray(numbers))
    case .map, .handle, .failed:
      throw problem(
        "input '\(tensor.name)' is computed by the network", supported: "a constant as input \(input + 1)")
    }
    try require(
      !tensor.isSparse, "input '\(tensor.name)' is sparse", supported: "dense tensors",
      fix: "convert the network without sparsity")
    var place = location
    place.tensor = tensor.name
    let integers = try importer.model.integers(of: tensor, at: place)
    try importer.memory.take(integers.count, of: integers.bytesPerElement, for: "its constants", at: location)
    return (tensor, integers)
  }

  /// The same as a list.
  mutating func list(_ input: Int) throws -> [Int] {
    let (tensor, integers) = try constant(input)
    try require(
      integers.allSatisfy { Int32(exactly: $0) != nil }, "input '\(tensor.name)' has numbers beyond 32 bits",
      supported: "numbers of 32 bits")
    return integers.map { Int($0) }
  }

  // MARK: Results

  func resultTensor(_ output: Int = 0) throws -> TFLiteTensor {
    let found = op.outputs.indices.contains(output) ? importer.tensor(op.outputs[output]) : nil
    return try require(found, "\(op.outputs.count) outputs", supported: "an output \(output + 1)")
  }

  /// The shape that the file says for the result; nil where it leaves axes open, each of which it has as 1, and that is wrong.
  func declaredShape(_ output: Int = 0, elements: Int) throws -> [Int]? {
    let tensor = try resultTensor(output)
    return tensor.signature.contains(-1) && tensor.shape.elementCount != elements ? nil : tensor.shape
  }

  /// - Throws: `Diagnostic` where the file leaves it open.
  func resultShape(_ output: Int = 0, elements: Int) throws -> [Int] {
    try require(
      try declaredShape(output, elements: elements), "a result of a shape that is known when the network runs",
      supported: "shapes that the file says", fix: "convert the network with a batch of 1")
  }

  /// How the result's integers stand for values.
  func resultFormat(_ output: Int = 0) throws -> TensorFormat {
    let tensor = try resultTensor(output)
    var place = location
    place.tensor = tensor.name
    return try TensorFormat(tensor, at: place)
  }

  /// Appends a node on the way to the result.
  mutating func append(_ op: any Operator, _ suffix: String?, inputs: [NodeID]) throws -> NodeID {
    try append(op, suffix, of: 0, inputs: inputs)
  }

  private mutating func append(_ op: any Operator, _ suffix: String?, of output: Int, inputs: [NodeID]) throws -> NodeID
  {
    _ = try resultTensor(output)
    let result = importer.name(of: self.op.outputs[output])
    do {
      let name = suffix.map { importer.unused("\(result)/\($0)") } ?? result
      return try importer.append(op, named: name, inputs: inputs, from: self.name)
    } catch var diagnostic as Diagnostic {
      diagnostic.location.layer = location.layer
      throw diagnostic
    }
  }

  /// The result is what an operator makes of some nodes.
  /// - Parameters:
  ///   - format: of the node's values; the result's may be another, for the same codes.
  ///   - floats: which codes the result stands for, where it is floats.
  ///   - parts: what floats were joined of.
  ///   - block: of a result that is taken apart, which the file has no shape for.
  mutating func produce(
    _ op: any Operator, of inputs: [NodeID], in format: TensorFormat?, output: Int = 0,
    floats: FeatureMap.Floats? = nil,
    parts: (maps: [FeatureMap], axis: Int)? = nil, block: Extents? = nil
  ) throws {
    let tensor = try resultTensor(output)
    try require(
      importer.value(self.op.outputs[output]) == nil, "its result, tensor \(self.op.outputs[output]), is there already",
      supported: "tensors that are made once")
    let result = tensor.type == .float32 ? nil : try resultFormat(output)
    let shape = try op.resultShape(of: inputs.map { importer.graph[$0].shape }, at: location)
    let isWhole = shape.rank == tensor.signature.count
    let fileShape =
      try block == nil ? declaredShape(output, elements: shape.elements) ?? (isWhole ? [] : [1]) + shape.extents : []
    let declared = block == nil ? FeatureMap.nodeShape(fileShape) : shape
    try require(
      declared.isSupported && shape.elements == declared.elements,
      "a result of shape \(shape) in a tensor of shape \(tensor.shape)",
      supported: "the shape that follows from the inputs",
      fix: "the file is damaged, or made for other inputs: convert the network again")
    let isReshaped = shape != declared
    let isReread = format != result && format != nil && result != nil
    try require(
      (format == nil) == (result == nil), "a result of \(tensor.type.name)",
      supported: format == nil ? "float32" : "int8, uint8 and int16")
    var node = try append(op, isReshaped || isReread ? "as_it_is" : nil, of: output, inputs: inputs)
    if isReshaped {
      node = try append(ReshapeOp(shape: declared), isReread ? "reshaped" : nil, of: output, inputs: [node])
    }
    if isReread, let format, let result {
      try require(
        format.type == result.type, "codes of \(format.type) as those of \(result.type)", supported: "one type")
      // The same codes for other values.
      let ratio = Rational(result.scale) / Rational(format.scale)
      let shift = Rational(result.scale) * Rational(format.zeroPoint - result.zeroPoint)
      node = try append(
        ElementwiseOp([.affine(scale: ratio, shift: shift)]), nil, of: output, inputs: [node])
    }
    if let result { importer.graph.fileFormats[importer.graph[node].identity] = result.codes() }
    let map = FeatureMap(node: node, shape: fileShape, format: result, floats: floats, parts: parts, block: block)
    importer.set(.map(map), of: self.op.outputs[output])
  }

  /// The result is integers that are known when the file is read.
  mutating func produce(_ numbers: [Int]) throws {
    let tensor = try resultTensor()
    try require(
      importer.value(op.outputs[0]) == nil, "its result, tensor \(op.outputs[0]), is there already",
      supported: "tensors that are made once")
    try require(
      (tensor.type == .int32 || tensor.type == .int64) && tensor.shape.elementCount == numbers.count
        && numbers.allSatisfy { Int32(exactly: $0) != nil },
      "numbers \(numbers) in a tensor of \(tensor.type.name) of shape \(tensor.shape)",
      supported: "numbers of 32 bits, as many as the shape says")
    importer.set(.numbers(numbers), of: op.outputs[0])
  }

  /// The result's codes are those that the quantizers make of a node's values.
  /// - Parameter operators: of real numbers, which the quantizers' arithmetic comes near to.
  mutating func produceCodes(
    _ node: NodeID, by quantizers: PerChannel<FeatureMapQuantizer>, near operators: [any Operator] = [],
    block: Extents? = nil
  ) throws {
    let format = try resultFormat()
    try produce(format.quantizing(by: quantizers, near: operators), of: [node], in: format, block: block)
  }

  /// The result's codes are the input's times a factor, rounded: a table of all codes where 32 bits do not hold their products.
  mutating func produceCodes(
    of map: FeatureMap, in format: TensorFormat, by factor: FixedPointMultiplier, within codes: ClosedRange<Int64>,
    near operators: [any Operator] = []
  ) throws {
    let (result, rounding) = (try resultFormat(), importer.rounding)
    let farthest = Int64(format.type.range.shifted(by: -format.zeroPoint).largestMagnitude)
    let isHeld = factor.shift <= 30 && farthest << Int64(max(factor.shift, 0)) <= Int64(Int32.max)
    try require(
      isHeld || factor.shift <= 30 && format.type.bits == 8,
      "codes of scale \(format.scale) in scale \(result.scale), which 32 bits do not hold",
      supported: "scales in a ratio of up to 2^\(format.type.bits == 8 ? 30 : 15)")
    try produceCodes(
      map.node,
      by: [
        isHeld
          ? result.requantizer(of: Rational(format.scale), by: factor, rounding: rounding, within: codes)
          : .lookup(format, result, within: codes) { factor.product($0, rounding) }
      ], near: operators)
  }
}

extension TensorFormat {
  /// What makes a tensor's codes of values.
  func quantizing(
    by quantizers: PerChannel<FeatureMapQuantizer>, near operators: [any Operator] = []
  ) -> QuantizeOp {
    QuantizeOp(
      description: quantizer.kind.description, quantizer: quantizer, bits: type.bits, quantizers: quantizers,
      nearest: .init(operators, quantizer: quantizer))
  }

  /// Codes of integers that count `unit`: each times a factor, rounded, and the zero point added.
  func requantizer(
    of unit: Rational, by factor: FixedPointMultiplier, rounding: FixedPointRounding, within codes: ClosedRange<Int64>
  ) -> FeatureMapQuantizer {
    FeatureMapQuantizer(
      steps: .uniform(
        UniformSteps(
          gain: factor.factor / unit, zeroPoint: zeroPoint, clamp: codes, rounding: factor.rounding(rounding))),
      format: self.codes(codes))
  }

  /// The same with a factor in double precision, halves away from zero; nil where no line rounds as its products do.
  func requantizer(
    of unit: Rational, by factor: DoublePrecisionFactor, within codes: ClosedRange<Int64>
  ) -> FeatureMapQuantizer? {
    let farthest = Int64(codes.shifted(by: -zeroPoint).largestMagnitude)
    return factor.exactFactor(upTo: farthest).map { exact in
      FeatureMapQuantizer(
        steps: .uniform(
          UniformSteps(gain: exact / unit, zeroPoint: zeroPoint, clamp: codes, rounding: .halfAwayFromZero)),
        format: self.codes(codes))
    }
  }
}
