import Diagnostics
import KerasImport
import QIR

/// A model to be looked at for its types: also one with layers and quantizers that cannot be compiled.
package struct TypedModel: Sendable {
  package let graph: Graph
  /// Warnings and notes.
  package let remarks: [Diagnostic]
  /// Why it cannot be compiled, where that is known already.
  package let obstacle: Diagnostics?

  /// - Throws: what is wrong with a model of which not even the types can be told.
  package static func read(_ model: String, for purpose: ReadingPurpose = .types) throws -> TypedModel {
    do {
      let result = try Compilation.read(model)
      return TypedModel(graph: result.graph, remarks: result.remarks, obstacle: nil)
    } catch let problems as Diagnostics {
      guard !model.hasSuffix(".onnx"), let result = try? KerasModel.read(model, for: purpose) else { throw problems }
      return TypedModel(graph: result.graph, remarks: result.notes.all, obstacle: problems)
    }
  }
}
