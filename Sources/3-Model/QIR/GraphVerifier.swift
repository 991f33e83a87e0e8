import Diagnostics

/// Checks what every graph must be: nodes behind their inputs, shapes that follow from them, names that are unique, at
/// least one input and one output.
package struct GraphVerifier {
  package let graph: Graph

  package init(_ graph: Graph) {
    self.graph = graph
  }

  /// Everything that is wrong.
  package var problems: Diagnostics {
    var problems = Diagnostics()
    var names: Set<String> = []
    for id in graph.ids {
      let node = graph[id]
      let location = graph.location(of: id)
      if !names.insert(node.name).inserted {
        problems.report("two nodes are named '\(node.name)'", at: location)
      }
      guard node.inputs.allSatisfy({ $0 < id }) else {
        problems.report("a node stands before one of its inputs", at: location)
        continue
      }
      let shape = problems.collecting { try node.op.resultShape(of: node.inputs.map { graph[$0].shape }, at: location) }
      if let shape, shape != node.shape {
        problems.report("shape \(node.shape) where \(shape) follows from the inputs", at: location)
      }
      if let axes = node.fileAxes, !node.shape.isPermutation(axes) {
        problems.report("axes \(axes) of a file's tensor for shape \(node.shape)", at: location)
      }
    }
    if graph.inputs.isEmpty { problems.report("the network has no input", at: .init(file: graph.file)) }
    if graph.outputs.isEmpty { problems.report("the network has no output", at: .init(file: graph.file)) }
    for output in graph.outputs where !graph.nodes.indices.contains(output.index) {
      problems.report("an output is no node of the graph", at: .init(file: graph.file))
    }
    return problems
  }
}
