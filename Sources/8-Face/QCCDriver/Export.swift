import Diagnostics
import Frontends
import ONNX
import ONNXExport
import Passes
import QIR
import Quantization
import Quantizers

/// A model as an ONNX file.
package struct Export: Sendable {
  package let model: ONNXModel
  /// Warnings and notes.
  package let remarks: [Diagnostic]

  /// - Parameters:
  ///   - sourceQuantizer: put behind network inputs that the model leaves unquantized; nil leaves them so.
  /// - Throws: `Diagnostic` or `Diagnostics`, everything that is wrong with the model or that the style cannot say.
  package init(model file: String, style: ExportStyle, sourceQuantizer: String? = nil) throws {
    let model = try Frontends.read(file)
    var (graph, remarks) = (model.graph, model.remarks)
    if let sourceQuantizer {
      let quantizer = try Quantizer(
        QuantizerArguments(parsing: sourceQuantizer, location: .init(file: "--source-quantizer")))
      var problems = Diagnostics(remarks)
      graph = try PassManager([QuantizeInputs(quantizer: quantizer)]).run(on: graph, reporting: &problems)
      remarks = problems.all
    }
    self.model = try ONNXExport.model(of: graph, style: style)
    self.remarks = remarks
  }

  /// Writes the whole file or nothing.
  package func write(to path: String) throws { try ONNXFile.write(model, to: path) }
}
