import Numbers
import QIR

/// Runs a graph in double precision, with quantizers where the graph has them, one node and one sample at a time: a caller
/// may feed a node with other values than its inputs'. It shares no arithmetic with the integer side.
package struct FloatReference: Sendable {
  package let graph: Graph
  /// The constants of each node as doubles, prepared once.
  private let constants: [[[Double]]]
  /// Of linear operators: the sum of |weight| of each output channel.
  private let weightSums: [[Double]]

  package init(_ graph: Graph) {
    self.graph = graph
    constants = graph.nodes.map { $0.op.parameters.map(\.parameter.values) }
    weightSums = zip(graph.nodes, constants).map { node, constants in
      (node.op as? any LinearOperator)?.weightSums(of: constants[0]) ?? []
    }
  }

  /// Every node's values for one sample, by node.
  ///
  /// - Parameter inputs: the network's inputs by node, flattened (NHWC).
  package func run(_ inputs: [NodeID: [Double]]) -> [[Double]] {
    var values: [[Double]] = []
    for id in graph.ids {
      values.append(inputs[id] ?? evaluate(id, graph[id].inputs.map { values[$0.index] }))
    }
    return values
  }

  /// A node's values from those of its inputs, all flattened (NHWC).
  package func evaluate(_ id: NodeID, _ inputs: [[Double]]) -> [Double] {
    graph[id].op.evaluate(operands(id, inputs))
  }

  /// How far a program that computes in a floating-point format may be from each of a node's values.
  ///
  /// - Parameter errors: bounds for the inputs: 0 where they are the very numbers that it computed with.
  package func roundingError(
    _ id: NodeID, _ inputs: [[Double]], _ errors: [[Double]], in arithmetic: FloatArithmetic
  ) -> [Double] {
    graph[id].op.roundingError(operands(id, inputs), errors: errors, in: arithmetic)
  }

  /// How far this reference's own arithmetic, in doubles, may be from the exact values: a bound that is quick to find.
  package func ownError(_ id: NodeID, _ inputs: [[Double]], _ errors: [[Double]]) -> [Double] {
    guard let linear = graph[id].op as? any LinearOperator else {
      return roundingError(id, inputs, errors, in: .double)
    }
    return linear.looseRoundingError(
      operands(id, inputs), errors: errors, weightSums: weightSums[id.index], in: .double)
  }

  private func operands(_ id: NodeID, _ inputs: [[Double]]) -> Operands {
    let node = graph[id]
    return Operands(
      inputs: inputs, shapes: node.inputs.map { graph[$0].shape }, resultShape: node.shape,
      constants: constants[id.index])
  }
}

/// Single elements of a graph in exact arithmetic, for one sample: where doubles cannot say on which side of a rounding
/// boundary a number lies.
package final class ExactReference {
  private let graph: Graph
  private let given: (NodeID) -> ((_ element: Int) -> Rational)?
  private var operands: [NodeID: ExactOperands] = [:]
  /// What was computed, by node and element.
  private var known: [NodeID: [Int: Rational?]] = [:]

  /// - Parameter given: the nodes whose numbers are not computed, with those numbers; the network's inputs among them.
  package init(_ graph: Graph, given: @escaping (NodeID) -> ((_ element: Int) -> Rational)?) {
    self.graph = graph
    self.given = given
  }

  /// nil where the number is irrational.
  package func value(of element: Int, _ id: NodeID) -> Rational? {
    if let given = given(id) { return given(element) }
    if let value = known[id]?[element] { return value }
    let value = graph[id].op.exactValue(of: element, operands(of: id))
    known[id, default: [:]][element] = .some(value)
    return value
  }

  private func operands(of id: NodeID) -> ExactOperands {
    if let operands = operands[id] { return operands }
    let node = graph[id]
    let made = ExactOperands(shapes: node.inputs.map { graph[$0].shape }, resultShape: node.shape) {
      [unowned self] input, element in value(of: element, node.inputs[input])
    }
    operands[id] = made
    return made
  }
}
