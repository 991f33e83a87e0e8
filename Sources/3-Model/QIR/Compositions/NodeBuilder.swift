import Numbers
import Quantization

/// Who appends nodes to a graph: an importer at one of its layers.
package protocol NodeBuilder {
  /// Appends a node that is named after the layer and, where it is not its result, a suffix.
  mutating func append(_ op: any Operator, _ suffix: String?, inputs: [NodeID]) throws -> NodeID
}

/// A node that is yet to be appended: the last one of several that do together what one layer says.
package struct PendingNode {
  package var op: any Operator
  package var inputs: [NodeID]
}
