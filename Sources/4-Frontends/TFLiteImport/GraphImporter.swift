import Diagnostics
import Files
import Numbers
import QIR
import Quantization
import Quantizers
import TFLite

/// Goes over the operators of a file's network in order and makes a graph of them.
struct GraphImporter {
  /// What is known of a tensor.
  enum Value {
    case map(FeatureMap)
    case constant
    /// Integers that follow from the file's.
    case numbers([Int])
    /// Of a variable, by its name in the file.
    case handle(String)
    /// Its problem, or that of one before it, is reported.
    case failed
  }

  let model: TFLiteModel
  let source: TFLiteSubgraph
  let file: String
  let rounding: FixedPointRounding
  var graph: Graph
  /// The operators that nodes were.
  private(set) var origins: [TensorIdentity: Provenance.Origin] = [:]
  var problems = Diagnostics()
  /// Whether operators could not be read because nothing reads them.
  var lacksOperators = false
  /// By tensor.
  private(set) var values: [Int: Value] = [:]
  private var names: Set<String>
  /// By tensor: how its node is called. The converter strings together what it fused, of which the first says enough.
  private let tensorNames: [String]
  /// What is left of it for what operators make.
  var memory: MemoryBudget
  var variables = Variables()

  init(_ model: TFLiteModel, _ source: TFLiteSubgraph, file: String, rounding: FixedPointRounding) {
    self.model = model
    self.source = source
    self.file = file
    self.rounding = rounding
    memory = model.memory
    // The converter joins the names of all that one operator does with semicolons, also those of its constants.
    let short = source.tensors.map { String($0.name.prefix { $0 != ";" }) }
    let maps = Set(source.inputs + source.operators.flatMap(\.outputs)).filter(short.indices.contains)
    let counts = Dictionary(maps.map { (short[$0], 1) }, uniquingKeysWith: +)
    tensorNames = short.indices.map { index in
      if short[index].isEmpty { return "tensor/\(index)" }
      return maps.contains(index) && counts[short[index]] == 1 ? short[index] : "\(short[index])/\(index)"
    }
    names = Set(tensorNames)
    graph = Graph(name: source.name.isEmpty ? "main" : source.name, file: file, conventions: .tflite)
  }

  var location: Diagnostic.Location { .init(file: file) }

  mutating func run() {
    for input in source.inputs { readInput(input) }
    for (index, op) in source.operators.enumerated() { read(op, at: index) }
    for output in source.outputs { readOutput(output) }
    handOutVariables()
    if source.outputs.isEmpty { problems.report("the network has no output", at: location) }
  }

  // MARK: Tensors

  func tensor(_ index: Int) -> TFLiteTensor? {
    source.tensors.indices.contains(index) ? source.tensors[index] : nil
  }

  func name(of index: Int) -> String { tensorNames[index] }

  /// Of a tensor of the file.
  func value(_ index: Int) -> Value? {
    if let value = values[index] { return value }
    guard let tensor = tensor(index), model.hasConstants(tensor) || tensor.shape.contains(0) else { return nil }
    return .constant
  }

  mutating func set(_ value: Value, of index: Int) { values[index] = value }

  private mutating func readInput(_ index: Int) {
    do {
      let tensor = try require(
        tensor(index), "the network's input is tensor \(index)", at: location,
        supported: "0 to \(source.tensors.count - 1)")
      try require(value(index) == nil, "tensor \(index) is an input twice, or a constant", at: location)
      values[index] = .failed
      let place = Diagnostic.Location(file: file, layer: name(of: index))
      try require(
        tensor.shape.first == 1, "the network's input has shape \(tensor.shape)", at: place,
        supported: "a batch of 1 as the first axis", fix: "convert the network with a batch of 1")
      values[index] = .map(try appendInput(tensor, named: name(of: index), at: place))
    } catch {
      problems.report(thrown: error, at: location)
    }
  }

  /// Appends an input of a tensor's values, codes or floats.
  mutating func appendInput(
    _ tensor: TFLiteTensor, named name: String, at place: Diagnostic.Location
  ) throws -> FeatureMap {
    let format = tensor.type == .float32 ? nil : try TensorFormat(tensor, at: place)
    var node = try append(InputOp(shape: FeatureMap.nodeShape(tensor.shape)), named: name, from: nil)
    if let format {
      graph.fileFormats[graph[node].identity] = format.codes()
      node = try append(
        QuantizeOp(format.quantizer, at: place), named: unused("\(name)/codes"), inputs: [node], from: nil)
    }
    return FeatureMap(node: node, shape: tensor.shape, format: format)
  }

  private mutating func readOutput(_ index: Int) {
    guard let tensor = tensor(index) else {
      problems.report(
        "the network's output is tensor \(index)", at: location, supported: "0 to \(source.tensors.count - 1)")
      return
    }
    let place = Diagnostic.Location(file: file, layer: tensor.name)
    switch value(index) {
    case .map(let map):
      graph.outputTitles[graph.outputs.count] = name(of: index)
      graph.outputs.append(map.node)
    case .constant, .numbers: problems.report("the network's output is a constant", at: place)
    case .handle:
      problems.report("the network's output is a variable", at: place, supported: "what READ_VARIABLE reads")
    case .failed: break
    case nil: problems.report("the network's output is a tensor that no operator makes", at: place)
    }
  }

  // MARK: Operators

  /// The reader has the importer to itself meanwhile, and ends with it: two owners would copy the graph for every node.
  private mutating func read(_ op: TFLiteOperator, at index: Int) {
    var reader = OperatorReader(op, at: index, importer: consume self)
    reader.read()
    self = reader.importer
  }

  /// Appends a node.
  /// - Parameter operatorName: what it comes from.
  mutating func append(
    _ op: any Operator, named name: String, inputs: [NodeID] = [], from operatorName: String?
  ) throws -> NodeID {
    let id = try graph.append(op, named: name, inputs: inputs)
    names.insert(name)
    if let operatorName { origins[graph[id].identity] = Provenance.Origin(className: operatorName) }
    return id
  }

  func unused(_ name: String) -> String {
    guard names.contains(name) else { return name }
    var number = 2
    while names.contains("\(name)/\(number)") { number += 1 }
    return "\(name)/\(number)"
  }

  /// The graph without nodes that no output needs.
  mutating func finishedGraph() throws -> Graph {
    graph.removeUnneededNodes()
    return graph
  }
}

/// A tensor that the network computes.
struct FeatureMap {
  var node: NodeID
  /// As the file has it; a node has no first axis where that is 1.
  var shape: [Int]
  /// nil for one of floats.
  var format: TensorFormat?
  /// Of floats that DEQUANTIZE made.
  var floats: Floats?
  /// Of floats that CONCATENATION joined: along which axis of nodes.
  var parts: (maps: [FeatureMap], axis: Int)?
  /// What SPACE_TO_BATCH_ND takes apart: pixels at the same place of such blocks are one map of the batch. The node has all of them where
  /// they were.
  var block: Extents?

  /// What codes of a node stand for in float32, or its negative.
  struct Floats {
    var node: NodeID
    var format: TensorFormat
    var sign: Float = 1

    /// Of a code without the zero point (tensorflow/lite/kernels/internal/reference/dequantize.h).
    func value(of code: Int64) -> Float { sign * Float(Double(format.scale) * Double(code)) }
  }

  static func nodeShape(_ shape: [Int]) -> Shape { Shape(shape.first == 1 ? Array(shape.dropFirst()) : shape) }
}
