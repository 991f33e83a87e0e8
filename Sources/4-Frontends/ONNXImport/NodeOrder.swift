import Diagnostics
import ONNX

/// An order of the nodes in which each stands behind those it reads. Files should have it; not all do.
enum NodeOrder {
  /// Of nodes in an order those that the graph's outputs need.
  static func needed(_ order: [Int], in graph: ONNXGraph) -> [Int] {
    var tensors = Set(graph.outputs.map(\.name))
    let reversed = order.reversed().filter { index in
      let node = graph.nodes[index]
      guard node.outputs.contains(where: tensors.contains) else { return false }
      tensors.formUnion(node.inputs)
      return true
    }
    return reversed.reversed()
  }

  /// All nodes but those in cycles and behind them. Tensors that nothing makes, and cycles, are reported.
  static func sorted(_ graph: ONNXGraph, file: String, reporting problems: inout Diagnostics) -> [Int] {
    var makers: [String: Int] = [:]
    for (index, node) in graph.nodes.enumerated() {
      for output in node.outputs where !output.isEmpty { makers[output] = index }
    }
    let given = Set(graph.initializers.map(\.name) + graph.inputs.map(\.name))
    var readers = [[Int]](repeating: [], count: graph.nodes.count)
    var waiting = [Int](repeating: 0, count: graph.nodes.count)
    for (index, node) in graph.nodes.enumerated() {
      for input in node.inputs where !input.isEmpty && !given.contains(input) {
        if let maker = makers[input] {
          readers[maker].append(index)
          waiting[index] += 1
        } else {
          problems.report(
            Diagnostic(
              "it reads tensor '\(input)', which nothing makes", at: .init(file: file, layer: node.label),
              fix: "the model misses an initializer, an input or a node of that name"))
        }
      }
    }
    for output in graph.outputs where makers[output.name] == nil && !given.contains(output.name) {
      problems.report(
        Diagnostic("the graph's output '\(output.name)' is made by no node", at: .init(file: file, tensor: output.name))
      )
    }
    var order = graph.nodes.indices.filter { waiting[$0] == 0 }
    var next = 0
    while next < order.count {
      for reader in readers[order[next]] {
        waiting[reader] -= 1
        if waiting[reader] == 0 { order.append(reader) }
      }
      next += 1
    }
    if order.count < graph.nodes.count {
      let stuck = graph.nodes.indices.filter { waiting[$0] > 0 }.prefix(4).map { graph.nodes[$0].label }
      problems.report(
        Diagnostic("nodes read each other in a cycle: \(stuck.joined(separator: ", "))", at: .init(file: file)))
    }
    return order
  }
}
