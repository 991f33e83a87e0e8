import Diagnostics
import ONNX
import QIR

/// One node of the model while it becomes nodes of the graph: what the reader of each operator works on. Attributes are
/// taken one by one, each with its default; what nobody took is a problem.
struct NodeReader: ProblemCollector, ProblemSource, NodeBuilder {
  let node: ONNXNode
  var importer: NetworkImporter
  /// The model's node, of which `node` may be a part.
  private let origin: ONNXNode
  private var attributes: [String: ONNXAttribute]
  /// The first node of the graph that is this one's.
  private let firstNode: NodeID
  var problems = Diagnostics()
  /// Bytes of constants that this node is the first to read: what it makes of them is not counted twice.
  private var credit = 0

  init(_ node: ONNXNode, partOf origin: ONNXNode? = nil, importer: consuming NetworkImporter) {
    self.node = node
    self.origin = origin ?? node
    firstNode = NodeID(importer.graph.nodes.count)
    self.importer = importer
    attributes = Dictionary(node.attributes.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
    for input in node.inputs {
      guard case .constant(let constant)? = self.importer.values[input], self.importer.credited.insert(input).inserted
      else {
        continue
      }
      credit += constant.bytes
    }
  }

  var location: Diagnostic.Location { .init(file: importer.file, layer: origin.label) }
  var opset: Int { importer.model.opset }
  /// The first axis that is not the batch.
  var firstDataAxis: Int { importer.leadingAxis == .batch ? 1 : 0 }

  mutating func read() {
    check { reader in
      try reader.requireModelledTypes()
      if try ConstantFolder.fold(&reader) { return }
      guard let row = OperatorTable.row(reader.node.operatorType, domain: reader.node.domain) else {
        if reader.hasFailedInputs, ConstantFolder.names.contains(reader.node.operatorType) { throw Skipped() }
        reader.importer.lacksOperators = true
        throw Unsupported.problem(reader.node, at: reader.location)
      }
      try row.read(&reader)
    }
    importer.fail(node)
    importer.problems.report(contentsOf: problems)
  }

  /// Reads a node that is a part of what this one does: its result is a tensor called `output`.
  ///
  /// - Throws: `Skipped` where that fails.
  mutating func read(
    _ operatorType: String, of inputs: [String], as output: String,
    attributes: [(name: String, value: ONNXAttribute)] = []
  ) throws {
    let part = ONNXNode(operatorType, name: node.name, inputs: inputs, outputs: [output], attributes: attributes)
    var reader = NodeReader(part, partOf: origin, importer: importer)
    reader.credit += credit
    reader.read()
    credit = reader.credit
    importer = reader.importer
    if case .failed? = importer.values[output] { throw Skipped() }
  }

  /// What to do about floats narrower than float32.
  static let widening = "export the network in float32, and quantize that"

  /// Floats narrower than float32 round at every step, which nothing here does: they may stand in constants that are moved
  /// and cast, no further.
  private func requireModelledTypes() throws {
    let types = (node.inputs + node.outputs).compactMap { importer.checks.types[$0] }
    guard let narrow = types.first(where: { $0.isFloat && !$0.isModelled }) else { return }
    if hasFailedInputs { throw Skipped() }
    let values = node.inputs.compactMap { importer.values[$0] }
    let isOfConstants = values.allSatisfy { if case .constant = $0 { true } else { false } }
    try require(
      isOfConstants && (node.operatorType == "Cast" || ConstantFolder.moves.contains(node.operatorType)),
      "it computes in \(narrow.name)", supported: "float and double; \(narrow.name) in constants that a Cast widens",
      fix: Self.widening)
  }

  /// Integers that leave their type wrap around in a runtime.
  mutating func requireNoOverflow(_ map: FeatureMap) throws {
    guard let type = map.encoding?.type, let range = type.range else { return }
    let bounds = importer.bounds(of: map.node)
    guard let bounds, bounds.lowerBound >= Double(range.lowerBound), bounds.upperBound <= Double(range.upperBound)
    else {
      func text(_ bound: Double) -> String { Int64(exactly: bound).map { "\($0)" } ?? "\(bound)" }
      let found =
        bounds.map { "numbers of \(text($0.lowerBound)) to \(text($0.upperBound))" } ?? "numbers without bounds"
      throw problem(
        "\(found) in \(type.name), where they wrap around", supported: "results that their type holds",
        fix: "compute in a wider type, with a Cast in front of it, or on floats behind a DequantizeLinear")
    }
  }

  func problem(_ found: String, supported: String? = nil, fix: String? = nil) -> Diagnostic {
    Diagnostic(found, at: location, supported: supported, fix: fix)
  }

  // MARK: Attributes

  mutating func take(_ name: String) -> ONNXAttribute? { attributes.removeValue(forKey: name) }

  private func wrong(_ name: String, _ value: ONNXAttribute, supported: String) -> Diagnostic {
    problem("attribute '\(name)' is \(value.kind)", supported: supported)
  }

  mutating func int(_ name: String, default standard: Int) throws -> Int {
    guard let value = take(name) else { return standard }
    guard case .int(let int) = value else { throw wrong(name, value, supported: "an int") }
    return int
  }

  mutating func flag(_ name: String, default standard: Bool) throws -> Bool {
    let int = try int(name, default: standard ? 1 : 0)
    guard int == 0 || int == 1 else { throw problem("\(name) = \(int)", supported: "0 or 1") }
    return int == 1
  }

  mutating func float(_ name: String, default standard: Float) throws -> Float {
    guard let value = take(name) else { return standard }
    guard case .float(let float) = value, float.isFinite else { throw wrong(name, value, supported: "a finite float") }
    return float
  }

  mutating func string(_ name: String, default standard: String) throws -> String {
    guard let value = take(name) else { return standard }
    guard case .string(let string) = value else { throw wrong(name, value, supported: "a string") }
    return string
  }

  mutating func ints(_ name: String) throws -> [Int]? {
    guard let value = take(name) else { return nil }
    guard case .ints(let ints) = value else { throw wrong(name, value, supported: "ints") }
    return ints
  }

  /// Attributes that do not change what a trained network computes.
  mutating func ignore(_ names: String...) {
    for name in names { attributes[name] = nil }
  }

  /// All that nobody took yet.
  mutating func takeAttributes() -> [(name: String, value: ONNXAttribute)] {
    defer { attributes = [:] }
    return attributes.keys.sorted().compactMap { name in attributes[name].map { (name, $0) } }
  }

  /// Every attribute has been taken.
  mutating func requireNoOtherAttributes() {
    for name in attributes.keys.sorted() {
      problems.report(problem("attribute '\(name)'", supported: "\(node.operatorType) without it"))
    }
    attributes = [:]
  }

  // MARK: Inputs

  func hasInput(_ index: Int) -> Bool { node.inputs.indices.contains(index) && !node.inputs[index].isEmpty }

  /// Whether nodes in front of this one could not be read.
  var hasFailedInputs: Bool {
    node.inputs.contains { if case .failed? = importer.values[$0] { true } else { false } }
  }

  func value(_ index: Int) throws -> Value {
    try require(hasInput(index), "\(node.inputs.count) inputs", supported: "an input \(index + 1)")
    guard let value = importer.values[node.inputs[index]] else { throw Skipped() }
    if case .failed = value { throw Skipped() }
    return value
  }

  /// An input that the network computes.
  func map(_ index: Int) throws -> FeatureMap {
    if case .map(let map) = try value(index) { return map }
    // It may be no constant in a network whose other nodes could be read.
    if hasFailedInputs { throw Skipped() }
    throw problem(
      "input '\(node.inputs[index])' is a constant",
      supported: "a tensor that the network computes as input \(index + 1)")
  }

  /// The same, with numbers that are no codes of a quantizer.
  func realMap(_ index: Int) throws -> FeatureMap {
    let map = try map(index)
    if let encoding = map.encoding, !encoding.isPlain {
      throw problem(
        "input '\(node.inputs[index])' is of \(encoding.type.name)", supported: "floats",
        fix: "put a DequantizeLinear in front of it")
    }
    return map
  }

  /// An input that is known when the model is read.
  func constant(_ index: Int) throws -> Constant {
    if case .constant(let constant) = try value(index) { return constant }
    throw problem(
      "input '\(node.inputs[index])' is computed by the network", supported: "a constant as input \(index + 1)",
      fix: "make it an initializer; where it depends on the network's input there is no other form of it")
  }

  /// nil where it is left out.
  func constantIfPresent(_ index: Int) throws -> Constant? { hasInput(index) ? try constant(index) : nil }

  /// Integers that an input has or, in earlier operator sets, an attribute.
  mutating func ints(_ name: String, orInput index: Int) throws -> [Int]? {
    if let ints = try ints(name) { return ints }
    guard let constant = try constantIfPresent(index) else { return nil }
    let integers = try require(
      constant.integers, "input '\(node.inputs[index])' is not of integers", supported: "int64")
    try require(
      constant.shape.count <= 1, "input '\(node.inputs[index])' has shape \(constant.shape)",
      supported: "a list, of one axis")
    return integers.map { Int($0) }
  }

  /// An axis as counted from the end where it is negative.
  func axis(_ axis: Int, rank: Int) throws -> Int {
    let counted = axis < 0 ? axis + rank : axis
    try require(
      (0..<rank).contains(counted), "axis \(axis) of a tensor of \(rank) axes", supported: "\(-rank) to \(rank - 1)")
    return counted
  }

  /// The node needs the first axis to be data, not a batch.
  func mixesBatch(_ found: String) -> Diagnostic {
    problem(
      found, supported: "operators that treat every sample of the batch alone",
      fix: "where the first axis is no batch, or one sample, export the model with a fixed size of it")
  }

  // MARK: Results

  /// The name of the first result.
  var result: String { node.outputs.first { !$0.isEmpty } ?? node.name }

  /// The node's result is this.
  mutating func produce(_ value: Value) throws {
    for extra in node.outputs.dropFirst() where importer.isRead(extra) && importer.values[extra] == nil {
      throw problem("a second result, '\(extra)'", supported: "\(node.operatorType) with one result")
    }
    requireNoOtherAttributes()
    try assign(value, to: result)
  }

  /// A tensor of the model is this from here on.
  mutating func assign(_ value: Value, to tensor: String) throws {
    importer.values[tensor] = value
    guard case .map(var map) = value else { return }
    // Every tensor is a node of its own: users ask for it by name.
    if map.node < firstNode { map.node = try append(IdentityOp(), inputs: [map.node]) }
    importer.rename(map.node, to: tensor)
    importer.setFileAxes(of: map)
    importer.values[tensor] = .map(map)
  }

  /// - Throws: where a constant of this shape would be more than the model may make in all.
  func requireRoom(_ shape: [Int], bytes: Int = 4) throws {
    var left = importer.memory
    try left.take(max(size(shape, bytes) - credit, 0), of: 1, for: "numbers of shape \(shape)", at: location)
  }

  mutating func takeRoom(_ shape: [Int], bytes: Int) throws {
    let size = size(shape, bytes)
    try importer.memory.take(max(size - credit, 0), of: 1, for: "numbers of shape \(shape)", at: location)
    credit = max(credit - size, 0)
  }

  private func size(_ shape: [Int], _ bytes: Int) -> Int {
    Int(exactly: shape.reduce(Double(bytes)) { $0 * Double($1) }) ?? Int.max
  }

  /// Appends a node; with a suffix it is one on the way to the result.
  mutating func append(_ op: any Operator, _ suffix: String? = nil, inputs: [NodeID]) throws -> NodeID {
    var place = Diagnostic.Location(file: importer.file, layer: origin.label)
    place.tensor = nil
    let name = suffix.map { "\(result)/\($0)" } ?? result
    for (name, parameter) in op.parameters {
      try takeRoom(parameter.shape, bytes: (parameter.bits + 7) / 8)
      if case .real(let numbers, _) = parameter, !numbers.areFinite, let bad = numbers.first(where: { !$0.isFinite }) {
        throw problem("its \(name) holds \(bad)", supported: "finite numbers")
      }
    }
    do {
      let id = try importer.append(op, named: name, inputs: inputs, from: origin.operatorType)
      let shape = importer.graph[id].shape
      try require(
        shape.extents.reduce(1.0, { $0 * Double($1) }) <= Double(1 << 28), "a tensor of shape \(shape)",
        supported: "tensors of up to \(1 << 28) elements")
      return id
    } catch var diagnostic as Diagnostic {
      diagnostic.location.layer = origin.label
      throw diagnostic
    }
  }

  /// The map through a node that keeps its shape and order.
  mutating func append(_ op: any Operator, to map: FeatureMap, _ suffix: String? = nil) throws -> FeatureMap {
    var result = map
    result.node = try append(op, suffix, inputs: [map.node])
    return result
  }

  /// The map with its axes in another order.
  mutating func ordered(_ map: FeatureMap, as order: [Int]) throws -> FeatureMap {
    guard map.order != order else { return map }
    var result = map
    result.order = order
    let extents = order.map { map.shape[$0] }
    let moves = { (order: [Int]) in order.filter { map.shape[$0] > 1 } }
    if moves(map.order) == moves(order) {
      result.node = try append(ReshapeOp(shape: Shape(extents)), "axes", inputs: [map.node])
    } else {
      let permutation = order.compactMap { map.order.firstIndex(of: $0) }
      result.node = try append(TransposeOp(permutation: permutation), "axes", inputs: [map.node])
    }
    return result
  }

  /// The map with its axes in the model's own order.
  mutating func natural(_ map: FeatureMap) throws -> FeatureMap {
    try ordered(map, as: map.order.sorted())
  }
}
