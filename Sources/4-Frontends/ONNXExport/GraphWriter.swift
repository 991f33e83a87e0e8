import Diagnostics
import Numbers
import ONNX
import QIR

/// Goes over a graph in order and writes the operators of each node. An operator takes its inputs in the order of axes that
/// it needs; what transposes that takes are written once, where they are needed first.
struct GraphWriter {
  /// A tensor of the model with a node's values. Behind the batch, its axis i is axis order[i] of the node.
  struct Tensor {
    var name: String
    var order: [Int]
  }

  let graph: Graph
  let style: ExportStyle
  /// The operator set that the operators so far need.
  private(set) var opset = 13
  var problems = Diagnostics()
  private(set) var nodes: [ONNXNode] = []
  private var initializers: [ONNXTensor] = []
  private var inputs: [ONNXValueInfo] = []
  private var outputs: [ONNXValueInfo] = []
  private var values: [ONNXValueInfo] = []
  /// By node of the graph; empty where the node could not be written.
  private var tensors: [[Tensor]]
  private var names: Set<String>

  init(_ graph: Graph, style: ExportStyle) {
    self.graph = graph
    self.style = style
    tensors = Array(repeating: [], count: graph.nodes.count)
    names = Set(graph.nodes.map(\.name))
  }

  var result: ONNXGraph {
    ONNXGraph(
      name: graph.name, nodes: nodes, initializers: initializers, inputs: inputs, outputs: outputs, values: values)
  }

  mutating func run() {
    let needed = graph.nodesThatOutputsNeed
    for id in graph.ids where needed.contains(id) { write(id) }
    guard !problems.hasErrors else { return }
    var written: Set<NodeID> = []
    for id in graph.outputs { writeOutput(id, isAgain: !written.insert(id).inserted) }
  }

  private mutating func write(_ id: NodeID) {
    switch graph[id].op.kind {
    case .input: writeInput(id)
    case .quantize(let op): write(op, id)
    case .convolution(let op): write(op, id)
    case .depthwiseConvolution(let op): write(op, id)
    case .dense(let op): write(op, id)
    case .batchNormalization(let op): write(op, id)
    case .elementwise(let op): write(op, id)
    case .affine(let op): write(op, id)
    case .prelu(let op): write(op, id)
    case .softmax(let op): write(op, id)
    case .add: writeCombination("Add", id)
    case .multiply: writeCombination("Mul", id)
    case .maximum: writeCombination("Max", id)
    case .minimum: writeCombination("Min", id)
    case .matrixProduct(let op): write(op, id)
    case .concatenate(let op): write(op, id)
    case .maxPool(let op): write(op, id)
    case .averagePool(let op): write(op, id)
    case .pad(let op): write(op, id)
    case .reshape(let op): write(op, id)
    case .transpose(let op): write(op, id)
    case .select(let op): write(op, id)
    case .identity: alias(id, tensors[graph[id].inputs[0].index])
    }
  }

  // MARK: The interface

  private mutating func writeInput(_ id: NodeID) {
    let node = graph[id]
    inputs.append(valueInfo(node.name, .float, node.fileShape.extents))
    tensors[id.index] = [Tensor(name: node.name, order: node.fileOrder)]
  }

  private mutating func writeOutput(_ id: NodeID, isAgain: Bool) {
    let node = graph[id]
    let found = tensors[id.index].first { $0.order == node.fileOrder }
    var name = node.name
    if found?.name != name || isInput(id) || isAgain {
      // A network's output that is its input as well, or handed out twice, has to be another tensor.
      if isInput(id) || isAgain { name = unused("\(name)/output") }
      let source = found ?? primary(id)
      let step =
        source.order == node.fileOrder
        ? Step("Identity") : Step("Transpose", attributes: transposition(from: source.order, to: node.fileOrder))
      emit(step, of: [source.name], as: name, shape: node.fileShape.extents)
    }
    values.removeAll { $0.name == name }
    outputs.append(valueInfo(name, .float, node.fileShape.extents))
  }

  private func isInput(_ id: NodeID) -> Bool { graph[id].op is InputOp }

  // MARK: Tensors

  /// The tensor with a node's values that was written first.
  func primary(_ id: NodeID) -> Tensor {
    guard let first = tensors[id.index].first else {
      return Tensor(name: graph[id].name, order: Array(0..<graph[id].shape.rank))
    }
    return first
  }

  /// The name of a node's values with their axes in `order`.
  mutating func tensor(_ id: NodeID, in order: [Int]) -> String {
    if let found = tensors[id.index].first(where: { $0.order == order }) { return found.name }
    let source = primary(id)
    let isNatural = order == order.sorted()
    let name = unused("\(graph[id].name)/\(isNatural ? "channels_last" : "channels_first")")
    emit(
      Step("Transpose", attributes: transposition(from: source.order, to: order)), of: [source.name], as: name,
      shape: order.map { graph[id].shape.extents[$0] })
    tensors[id.index].append(Tensor(name: name, order: order))
    return name
  }

  /// The name of a tensor that holds a node's elements in the node's own order.
  mutating func elements(_ id: NodeID) -> String {
    let extents = graph[id].shape.extents
    let kept = tensors[id.index].first { tensor in
      let moved = tensor.order.filter { extents[$0] > 1 }
      return moved == moved.sorted()
    }
    if let kept { return kept.name }
    return tensor(id, in: Array(0..<graph[id].shape.rank))
  }

  /// The name of a node's result with its axes in `order`. The node's own name is kept for an output that has another one.
  mutating func define(_ id: NodeID, in order: [Int]) -> String {
    let node = graph[id]
    let isOther = graph.outputs.contains(id) && order != node.fileOrder
    let name =
      isOther ? unused("\(node.name)/\(order == order.sorted() ? "channels_last" : "channels_first")") : node.name
    tensors[id.index] = [Tensor(name: name, order: order)]
    return name
  }

  /// Says that a node's values are those of tensors that were written.
  mutating func alias(_ id: NodeID, _ tensors: [Tensor]) {
    self.tensors[id.index] = tensors
  }

  private func transposition(from: [Int], to: [Int]) -> [(name: String, value: ONNXAttribute)] {
    [("perm", .ints([0] + to.map { axis in (from.firstIndex(of: axis) ?? 0) + 1 }))]
  }

  /// A name like this that no tensor has.
  mutating func unused(_ name: String) -> String {
    var candidate = name
    var number = 2
    while !names.insert(candidate).inserted {
      candidate = "\(name)/\(number)"
      number += 1
    }
    return candidate
  }

  // MARK: Operators

  /// Writes one operator.
  ///
  /// - Parameter shape: of its result, without the batch.
  mutating func emit(_ step: Step, of inputs: [String], as output: String, shape: [Int], hasBatch: Bool = true) {
    opset = max(opset, step.opset)
    nodes.append(
      ONNXNode(
        step.operatorType, name: output, domain: step.domain, inputs: inputs + step.constants, outputs: [output],
        attributes: step.attributes))
    values.append(valueInfo(output, step.type, shape, hasBatch: hasBatch))
  }

  /// Writes operators one behind the other; the last one's result is the node's, with its axes in `order`.
  mutating func emit(_ steps: [Step], of inputs: [String], making id: NodeID, in order: [Int]) {
    let output = define(id, in: order)
    var entered: [[String]] = [inputs]
    for (index, step) in steps.enumerated() {
      let name = index == steps.count - 1 ? output : unused("\(output)/\(step.suffix)")
      emit(
        step, of: entered[index] + (step.joins.map { entered[index - $0] } ?? []), as: name,
        shape: order.map { graph[id].shape.extents[$0] })
      entered.append([name])
    }
  }

  mutating func constant(_ tensor: ONNXTensor) -> String {
    initializers.append(tensor)
    return tensor.name
  }

  /// One float32 number, or several.
  mutating func constant(_ floats: [Float], shape: [Int] = [], named name: String) -> String {
    constant(ONNXTensor(name: unused(name), shape: shape, floats: floats))
  }

  mutating func constant(_ integers: [Int], named name: String) -> String {
    constant(
      ONNXTensor(name: unused(name), type: .int64, shape: [integers.count], integers: IntegerArray(integers)))
  }

  mutating func require(opset version: Int) { opset = max(opset, version) }

  /// The QONNX executor knows no open extents: its files hold batches of one sample. Others may hold any.
  private func valueInfo(
    _ name: String, _ type: ONNXElementType, _ shape: [Int], hasBatch: Bool = true
  ) -> ONNXValueInfo {
    let batch: [ONNXValueInfo.Dimension] = hasBatch ? [style == .qonnx ? .fixed(1) : .symbolic("N")] : []
    return ONNXValueInfo(name: name, type: type, shape: batch + shape.map { .fixed($0) })
  }
}

extension Node {
  /// `fileAxes`, also where they are the node's own.
  var fileOrder: [Int] { fileAxes ?? Array(0..<shape.rank) }
}

extension Graph {
  /// With the inputs, which are the network's interface.
  fileprivate var nodesThatOutputsNeed: Set<NodeID> {
    var needed = Set(inputs)
    var open = outputs
    while let id = open.popLast() {
      needed.insert(id)
      open += self[id].inputs.filter { !needed.contains($0) }
    }
    return needed
  }
}
