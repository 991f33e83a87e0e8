import Diagnostics

/// A model as it was read: what it computes, and beside it what its author wrote.
package struct Model: Sendable {
  package var graph: Graph
  package var provenance: Provenance
  /// Warnings and notes.
  package var remarks: [Diagnostic]

  package init(_ graph: Graph, provenance: Provenance = Provenance(), remarks: [Diagnostic] = []) {
    self.graph = graph
    self.provenance = provenance
    self.remarks = remarks
  }
}
