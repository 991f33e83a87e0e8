import Compiler
import GraphDrawing
import IntegerProgram
import Lowering
import Performance
import QIR

/// A typed graph as boxes and arrows. Element-wise nodes that are the one reader of what is before them stand in its box, as
/// they become one step with it.
struct DrawingBuilder {
  private let graph: Graph
  private let network: LoweredNetwork
  private let provenance: Provenance
  /// Of the nodes that an engine computes.
  private let layers: [NodeID: TileReport.Layer]
  /// The program's tensor of each node that has one.
  private let tensors: [NodeID: TensorID]

  /// - Parameter tiles: of the network's linear layers, in the program's order.
  init(_ compilation: Compilation, tiles: TileReport) {
    network = compilation.network
    graph = network.graph
    provenance = compilation.model.provenance
    layers = Dictionary(uniqueKeysWithValues: zip(network.linearNodes, tiles.layers))
    tensors = Dictionary(network.meanings.map { ($0.node, $0.tensor) }, uniquingKeysWith: { _, last in last })
  }

  var drawing: NetworkDrawing {
    let consumers = graph.consumers
    var boxes: [NetworkDrawing.Box] = []
    var edges: [NetworkDrawing.Edge] = []
    var boxOf: [Int] = []
    for id in graph.ids {
      let node = graph[id]
      if let input = node.inputs.first, node.inputs.count == 1, consumers[input.index].count == 1,
        case .line(let line) = node.op.caption,
        !graph.outputs.contains(input)
      {
        let box = boxOf[input.index]
        boxOf.append(box)
        boxes[box].lines.append(line)
        boxes[box].result = result(of: id)
        boxes[box].isOutput = graph.outputs.contains(id)
      } else {
        boxOf.append(boxes.count)
        boxes.append(box(of: id))
        for input in node.inputs { edges.append(.init(from: boxOf[input.index], to: boxes.count - 1)) }
      }
    }
    return NetworkDrawing(boxes: boxes, edges: edges)
  }

  private func box(of id: NodeID) -> NetworkDrawing.Box {
    let node = graph[id]
    var title = node.op is InputOp ? "network input" : provenance.className(of: node) ?? node.op.mnemonic
    let layer = layers[id]
    var lines: [String] = []
    let widths = node.op.parameters.map { "\($0.name) \($0.parameter.bits) bit" }
    switch node.op.caption {
    case .title(let extents): title += " " + extents
    case .line(let line): lines.append(line)
    case nil: break
    }
    if !widths.isEmpty { lines.append(widths.joined(separator: ", ")) }
    if let layer { lines.append("\(layer.engine) \(layer.mode), \(layer.tiles) tile\(layer.tiles == 1 ? "" : "s")") }
    return .init(
      name: node.name, title: title, lines: lines,
      colour: engineClass(layer?.engine), result: result(of: id), isOutput: graph.outputs.contains(id))
  }

  /// Codes as the program holds them; of what the host computes the shape alone.
  private func result(of id: NodeID) -> String {
    let shape = graph[id].shape.extents.map(String.init).joined(separator: "x")
    guard let tensor = tensors[id] else { return "real \(shape)" }
    return "\(network.program[tensor].type) \(shape)"
  }
}

extension LoweredNetwork {
  /// The nodes that engines compute, in the program's order.
  fileprivate var linearNodes: [NodeID] {
    zip(program.instructions, instructionNodes).compactMap { instruction, node in
      if case .linear = instruction { node } else { nil }
    }
  }
}
