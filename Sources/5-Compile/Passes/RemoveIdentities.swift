import Diagnostics
import QIR

/// Removes what changes nothing, and nodes that no output needs.
///
///     b = identity a            (Dropout, linear activations)
///     c = reshape b [shape of b], pad b [0 0 0 0], elementwise b []
///     d = add c c               ->   d = add a a
package struct RemoveIdentities: Pass {
  package static let name = "remove-identities"

  package init() {}

  package func run(on graph: Graph, reporting problems: inout Diagnostics) throws -> Graph {
    var rewriter = GraphRewriter(graph)
    for id in graph.ids {
      if graph[id].op.changesNothing(in: graph[id].inputs.map { graph[$0].shape }) {
        rewriter.replace(id, by: rewriter.copy(of: graph[id].inputs[0]))
      } else {
        try rewriter.keep(id)
      }
    }
    return try rewriter.finish()
  }
}
