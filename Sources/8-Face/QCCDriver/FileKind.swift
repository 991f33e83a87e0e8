import Diagnostics
import QIR

/// What a network is written as, by the name of the file.
package enum FileKind: Sendable {
  case onnx, keras, plan

  /// - Parameter path: of a file; ONNX where its name says nothing else.
  package init(_ path: String) {
    self =
      switch path.split(separator: ".").last {
      case "json": .plan
      case "h5", "hdf5": .keras
      default: .onnx
      }
  }

  /// What has to be known of a graph in such a file: Keras has channels last.
  func remarks(on graph: Graph, file: String) -> [Diagnostic] {
    guard self == .keras else { return [] }
    return (graph.inputs + graph.outputs).filter { graph[$0].fileAxes != nil }.map { id in
      Diagnostic(
        "'\(graph[id].name)' has channels last in this file: \(graph[id].shape) in place of \(graph[id].fileShape)",
        at: .init(file: file), severity: .note)
    }
  }
}
