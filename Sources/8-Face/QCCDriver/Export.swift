import Diagnostics
import Files
import Frontends
import HDF5
import KerasExport
import ONNX
import ONNXExport
import Passes
import Quantization
import Quantizers

/// A model as an ONNX file, or as a Keras one for QKeras.
package struct Export: Sendable {
  private enum Content: Sendable {
    case onnx(ONNXModel)
    case keras(H5Output)
  }

  private let content: Content
  private let path: String
  /// How much was written.
  package let summary: String
  /// Warnings and notes.
  package let remarks: [Diagnostic]

  /// - Parameters:
  ///   - choices: as `Frontends.read` takes them.
  ///   - path: of the file to be written, whose name says of what kind it is.
  ///   - style: of an ONNX file.
  ///   - sourceQuantizer: put behind network inputs that the model leaves unquantized; nil leaves them so.
  /// - Throws: `Diagnostic` or `Diagnostics`, everything that is wrong with the model or that the style cannot say.
  package init(
    model file: String, choices: FileChoices = .init(), to path: String, style: ExportStyle,
    sourceQuantizer: String? = nil
  ) throws {
    let model = try Frontends.read(file, choices)
    var passes: [any Pass] = [NearestNumbers()]
    if let sourceQuantizer {
      let quantizer = try Quantizer(
        QuantizerArguments(parsing: sourceQuantizer, location: .init(file: "--source-quantizer")))
      passes.insert(QuantizeInputs(quantizer: quantizer), at: 0)
    }
    var problems = Diagnostics(model.remarks)
    let graph = try PassManager(passes).run(on: model.graph, reporting: &problems)
    let kind = FileKind(path)
    switch kind {
    case .keras:
      content = .keras(try KerasExport.content(of: graph))
      summary = "\(graph.nodes.count) operators, for QKeras"
    case .onnx, .plan:
      let model = try ONNXExport.model(of: graph, style: style)
      content = .onnx(model)
      summary = "\(model.graph.nodes.count) operators, opset \(model.opset)"
    }
    self.remarks = problems.all + kind.remarks(on: graph, file: path)
    self.path = path
  }

  /// Writes the whole file or nothing.
  package func write() throws {
    switch content {
    case .onnx(let model): try ONNXFile.write(model, to: path)
    case .keras(let content): try OutputFile.write([(path, content.bytes(file: path))])
    }
  }
}
