import Numbers
import QIR

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
