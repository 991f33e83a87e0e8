import Diagnostics
import ONNX
import QIR

/// Networks in ONNX files: opset 9 to 21, IR version 4 to 10.
package struct ONNXNetwork {
  package let graph: Graph
  /// Warnings and notes.
  package let notes: Diagnostics

  package static let opsets = 9...21
  package static let irVersions = 4...10

  /// Reads a file.
  /// - Throws: everything that is wrong with it.
  package static func read(_ path: String) throws(Diagnostics) -> ONNXNetwork {
    try read(ONNXFile.read(path), file: path)
  }

  /// - Throws: everything in the model that is not supported.
  package static func read(_ model: ONNXModel, file: String) throws(Diagnostics) -> ONNXNetwork {
    var problems = ModelChecks(file: file).problems(of: model)
    let order = NodeOrder.sorted(model.graph, file: file, reporting: &problems)
    var importer = NetworkImporter(model, order: order, file: file, leadingAxis: .batch)
    importer.run()
    // Where nodes mix what lies along the first axis it is no batch: the whole tensor is one sample.
    if importer.problems.hasErrors, model.graph.inputs.allSatisfy(\.isOfFixedShape) {
      var whole = NetworkImporter(model, order: order, file: file, leadingAxis: .data)
      whole.run()
      if whole.problems.errors.count < importer.problems.errors.count { importer = whole }
    }
    problems.report(contentsOf: importer.problems)
    let graph = problems.collecting { try importer.finishedGraph() }
    try problems.throwIfErrors()
    guard let graph else { throw problems }
    return ONNXNetwork(graph: graph, notes: problems)
  }
}

extension ONNXValueInfo {
  fileprivate var isOfFixedShape: Bool {
    shape?.allSatisfy { if case .fixed = $0 { true } else { false } } ?? false
  }
}
