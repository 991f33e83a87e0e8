import FloatReference
import Numbers
import QIR

/// Two graphs of one network, one of them written to a file and read again, on the same inputs.
package struct SideBySide {
  private let original: Graph
  private let read: Graph
  private let references: (original: FloatReference, read: FloatReference)
  private var random = SplitMix(seed: 7)

  package init(_ original: Graph, _ read: Graph) {
    self.original = original
    self.read = read
    references = (FloatReference(original), FloatReference(read))
  }

  /// Every tensor's values in both graphs, for inputs that are drawn anew. A tensor that was read and has a counterpart goes on
  /// with the original's values: what differs is found where it arises.
  ///
  /// - Parameters:
  ///   - counterpart: the original's tensor that a node of the other graph shall have.
  ///   - asRead: an input's values for a node that was read.
  ///   - compare: is handed each of these: the original's values of all tensors, and what was found for the node.
  package mutating func run(
    counterpart: (Node) throws -> NodeID?, asRead: (Node, [Double], NodeID) -> [Double] = { _, values, _ in values },
    compare: (_ original: NodeID, Node, _ values: [[Double]], _ found: [Double]) -> Void
  ) rethrows -> (original: [[Double]], read: [[Double]]) {
    var inputs: [NodeID: [Double]] = [:]
    for id in original.inputs {
      inputs[id] = (0..<original[id].shape.elements).map { _ in Double(Float.random(in: -1.5...1.5, using: &random)) }
    }
    let values = references.original.run(inputs)
    var found: [[Double]] = []
    for id in read.ids {
      let node = read[id]
      let original = try counterpart(node)
      if node.op is InputOp, let original {
        found.append(asRead(node, values[original.index], original))
        continue
      }
      let result = references.read.evaluate(id, node.inputs.map { found[$0.index] })
      if let original { compare(original, node, values, result) }
      found.append(original.map { values[$0.index] } ?? result)
    }
    return (values, found)
  }
}
