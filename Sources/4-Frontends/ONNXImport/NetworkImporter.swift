import Diagnostics
import Files
import Numbers
import ONNX
import QIR
import Quantization
import Quantizers

/// Goes over a model's nodes in order and makes a graph of them.
struct NetworkImporter {
  /// What the first axis of the network's inputs is.
  enum LeadingAxis {
    case batch, data
  }

  let model: ONNXModel
  let checks: SchemaChecks
  let file: String
  let leadingAxis: LeadingAxis
  /// The nodes that outputs need, each behind those it reads.
  private let order: [Int]
  /// How many of these nodes, and outputs of the network, read each tensor.
  private let readers: [String: Int]
  /// The same of those that are still to come.
  private var unread: [String: Int]
  var graph: Graph
  /// The operators that nodes were.
  private(set) var origins: [TensorIdentity: Provenance.Origin] = [:]
  var problems = Diagnostics()
  /// Whether nodes could not be read because nothing reads their operators.
  var lacksOperators = false
  var values: [String: Value] = [:]
  /// How many samples the model says it takes at once; nil where it says none.
  private(set) var batch: Int?
  /// Constants that a node has read.
  var credited: Set<String> = []
  private var names: [String: NodeID] = [:]
  /// Of the first nodes of the graph, as far as somebody asked.
  private var bounds: [ClosedRange<Double>?] = []
  /// What is left of it for numbers in files beside the model's, and for what nodes make: small files can ask for any amount.
  var memory: MemoryBudget

  init(_ model: ONNXModel, order: [Int], checks: SchemaChecks, file: String, leadingAxis: LeadingAxis) {
    self.model = model
    self.checks = checks
    self.order = NodeOrder.needed(order, in: model.graph)
    self.file = file
    self.leadingAxis = leadingAxis
    graph = Graph(
      name: model.graph.name.isEmpty ? "model" : model.graph.name, file: file, conventions: .onnx)
    memory = model.memory
    readers = Dictionary(
      (self.order.flatMap { model.graph.nodes[$0].inputs } + model.graph.outputs.map(\.name)).map { ($0, 1) },
      uniquingKeysWith: +)
    unread = readers
  }

  var location: Diagnostic.Location { .init(file: file) }

  mutating func run() {
    readInitializers()
    for input in model.graph.inputs where values[input.name] == nil {
      values[input.name] = .failed
      do {
        values[input.name] = try readInput(input)
      } catch let problem as Diagnostic {
        problems.report(problem)
      } catch {
        problems.report("\(error)", at: location)
      }
    }
    for index in order {
      if let node = checks.readable(index) { read(node) } else { fail(model.graph.nodes[index]) }
    }
    for output in model.graph.outputs { readOutput(output) }
  }

  func isRead(_ tensor: String) -> Bool { readers[tensor] != nil }
  /// A node has read it; constants that nothing reads any more go.
  private mutating func release(_ tensor: String) {
    guard let left = unread[tensor] else { return }
    unread[tensor] = left - 1
    if left == 1, case .constant? = values[tensor] { values[tensor] = nil }
  }

  func isReadOnce(_ tensor: String) -> Bool { readers[tensor] == 1 }

  private mutating func readInitializers() {
    let read = model.graph.initializers.filter { isRead($0.name) }
    let bytes = read.reduce(0) { $0.addingReportingOverflow($1.bytesToRead).overflow ? .max : $0 + $1.bytesToRead }
    var fits = true
    do {
      try memory.take(bytes, of: 1, for: "the initializers in other files", at: location)
    } catch {
      fits = false
      problems.report(error)
    }
    for tensor in read {
      let place = Diagnostic.Location(file: file, tensor: tensor.name)
      let isThere = fits || tensor.bytesToRead == 0
      values[tensor.name] =
        (isThere ? problems.collecting { .constant(try Constant(tensor, at: place)) } : nil) ?? .failed
    }
  }

  private mutating func readInput(_ input: ONNXValueInfo) throws -> Value {
    guard isRead(input.name) else { return .failed }
    let place = Diagnostic.Location(file: file, layer: input.name)
    guard let dimensions = input.shape, let type = input.type else {
      throw Diagnostic(
        "the network's input is \(input.otherKind ?? "of no known type and shape")", at: place,
        supported: "tensors with a shape", fix: "run onnx.shape_inference, or export with shapes")
    }
    try require(
      type.isModelled, "the network's input is of \(type.name)", at: place, supported: "float, double and integers",
      fix: type.isFloat ? NodeReader.widening : nil)
    let first = leadingAxis == .batch ? 1 : 0
    try require(
      dimensions.count >= first, "the network's input has no axis", at: place, supported: "the batch as the first axis")
    if first == 1, case .fixed(let samples) = dimensions[0] {
      try require(
        samples > 0 && (batch == nil || batch == samples), "the network's input has shape \(dimensions.map(\.text))",
        at: place, supported: "1 or more samples, as many as the other inputs have")
      batch = samples
    }
    var shape = [Int](repeating: 1, count: first)
    for dimension in dimensions[first...] {
      guard case .fixed(let extent) = dimension else {
        throw Diagnostic(
          "the network's input has an axis of unknown extent: \(dimensions.map(\.text))", at: place,
          supported: "known extents of all axes but the batch",
          fix: "export with fixed sizes, or set them with onnx.tools.update_model_dims")
      }
      shape.append(extent)
    }
    let order = InputOrder(model.graph).order(of: input.name, rank: shape.count, first: first)
    let node = try append(InputOp(shape: Shape(order.map { shape[$0] })), named: input.name)
    var map = FeatureMap(node: node, shape: shape, order: order)
    setFileAxes(of: map)
    guard let range = type.range, type != .bool else { return .map(map) }
    // Integers handed in stand for themselves.
    map.encoding = .plain(type)
    guard let bits = type.bits, bits <= 16 else { return .map(map) }
    let quantizer = Quantizer(
      UniformAffine(bits: bits, scale: 1, isSigned: range.lowerBound < 0))
    map.node = try append(
      QuantizeOp(quantizer, at: place), named: "\(input.name)/integers", inputs: [node])
    setFileAxes(of: map)
    return .map(map)
  }

  /// The reader has the importer to itself meanwhile, and ends with it: two owners would copy the graph for every node.
  private mutating func read(_ node: ONNXNode) {
    do {
      var reader = NodeReader(node, importer: consume self)
      reader.read()
      self = reader.importer
    }
    for input in node.inputs { release(input) }
  }

  /// Nothing is known of a node's results.
  mutating func fail(_ node: ONNXNode) {
    for output in node.outputs where !output.isEmpty && values[output] == nil { values[output] = .failed }
  }

  private mutating func readOutput(_ output: ONNXValueInfo) {
    let name = output.name
    switch values[name] {
    case .map(let map):
      if let declared = output.shape, declared.count != map.shape.count {
        problems.report(
          "the graph's output is said to have \(declared.count) axes, and has \(map.shape.count)",
          at: .init(file: file, tensor: name),
          fix: "infer the shapes again, with onnx.shape_inference, or export again")
      }
      var found = Diagnostics()
      if let node = found.collecting({ try integers(of: map, named: name) }) {
        graph.outputTitles[graph.outputs.count] = name
        graph.outputs.append(node)
      }
      problems.report(contentsOf: found)
    case .constant:
      problems.report("the network's output is a constant", at: .init(file: file, tensor: name))
    case .failed, nil: break
    }
  }

  /// The integers that a tensor of the model holds, where the node has what they stand for.
  private mutating func integers(of map: FeatureMap, named name: String) throws -> NodeID {
    guard let encoding = map.encoding, !encoding.isPlain else { return map.node }
    var result = map
    if encoding.scales.count == 1 {
      let codes = RealFunction.affine(
        scale: .one / Rational(encoding.scales[0]), shift: Rational(encoding.zeroPoints[0]))
      result.node = try append(ElementwiseOp([codes]), named: "\(name)/integers", inputs: [map.node])
    } else if let range = encoding.type.range, let bits = encoding.type.bits {
      let quantizers = zip(encoding.scales, encoding.zeroPoints).map { scale, zeroPoint in
        FeatureMapQuantizer(
          steps: .uniform(UniformSteps(gain: .one / Rational(scale), zeroPoint: zeroPoint, clamp: range)),
          format: CodeFormat(scale: .one, range: range))
      }
      result.node = try append(
        QuantizeOp(description: "onnx>codes", bits: bits, quantizers: PerChannel(quantizers)),
        named: "\(name)/integers", inputs: [map.node])
    }
    setFileAxes(of: result)
    return result.node
  }

  /// Appends a node; where another has its name it gets a number.
  /// - Parameter operatorType: what it comes from.
  mutating func append(
    _ op: any Operator, named name: String, inputs: [NodeID] = [], from operatorType: String? = nil
  ) throws -> NodeID {
    let name = unused(name)
    let id = try graph.append(op, named: name, inputs: inputs)
    names[name] = id
    origins[graph[id].identity] = operatorType.map { Provenance.Origin(className: $0) }
    return id
  }

  /// Between which numbers the values of a node lie; nil where nothing bounds them.
  mutating func bounds(of id: NodeID) -> ClosedRange<Double>? {
    while bounds.count <= id.index {
      let node = graph.nodes[bounds.count]
      let inputs = node.inputs.map { bounds[$0.index] }
      // Codes are bounded whatever becomes them.
      let known = node.op is QuantizeOp ? [] : inputs.compactMap(\.self)
      bounds.append(known.count == inputs.count || node.op is QuantizeOp ? node.op.range(of: known) : nil)
    }
    return bounds[id.index]
  }

  /// Gives a node another operator.
  mutating func replace(_ id: NodeID, by op: any Operator) {
    graph[id].op = op
    bounds.removeLast(max(bounds.count - id.index, 0))
  }

  /// Gives a node the name of a tensor of the model; what was put in its way makes room.
  mutating func rename(_ id: NodeID, to name: String) {
    names[graph[id].name] = nil
    if let other = names[name] {
      let room = unused(name)
      names[room] = other
      graph[other].name = room
    }
    names[name] = id
    graph[id].name = name
  }

  private func unused(_ name: String) -> String {
    guard names[name] != nil else { return name }
    var number = 2
    while names["\(name)/\(number)"] != nil { number += 1 }
    return "\(name)/\(number)"
  }

  /// The graph without inputs of which nothing but the shape is read.
  func finishedGraph() throws -> Graph {
    var needed = Set(graph.outputs)
    for id in graph.ids.reversed() where needed.contains(id) { needed.formUnion(graph[id].inputs) }
    var rewriter = GraphRewriter(graph)
    for id in graph.ids where needed.contains(id) { try rewriter.keep(id) }
    return try rewriter.finish()
  }

  /// Notes the order in which the file keeps the axes of a tensor.
  mutating func setFileAxes(of map: FeatureMap) {
    let first = leadingAxis == .batch ? 1 : 0
    let axes = (first..<max(first, map.shape.count)).compactMap { map.order.firstIndex(of: $0) }
    graph[map.node].fileAxes = axes == Array(axes.indices) ? nil : axes
  }
}

extension ONNXValueInfo.Dimension {
  var text: String {
    switch self {
    case .fixed(let extent): "\(extent)"
    case .symbolic(let name): name.isEmpty ? "?" : name
    }
  }
}
