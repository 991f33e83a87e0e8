import ArgumentParser
import ONNXExport
import QCCDriver

struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Writes a model as an ONNX file for other tools.",
    discussion: """
      The file computes what the model computes: its quantizers stand in it as Quant (style qonnx: any width) or as \
      QuantizeLinear and DequantizeLinear (style qdq: 4, 8 and 16 bits). A network that no such file can hold exactly is \
      refused, with all the reasons.

      EXAMPLES
        qcc export model.h5 -o model.onnx
        qcc export model.h5 -o model.onnx --style qdq
      """)

  @OptionGroup var file: ModelArgument

  @Option(
    name: .shortAndLong, help: ArgumentHelp("The ONNX file.", valueName: "file.onnx"),
    completion: .file(extensions: ["onnx"]))
  var output: String

  @Option(help: ArgumentHelp("How quantizers are written.", valueName: "qonnx|qdq"))
  var style = ExportStyle.qonnx

  @Option(
    help: ArgumentHelp(
      "Quantizes network inputs that the model leaves unquantized; they stay so where nothing is said.",
      valueName: "quantizer"))
  var sourceQuantizer: String?

  func validate() throws {
    guard !output.isEmpty else { throw ValidationError("The output has an empty name.") }
  }

  func run() throws {
    let export = try Export(model: file.path, style: style, sourceQuantizer: sourceQuantizer)
    show(export.remarks)
    try export.write(to: output)
    announce("\(output): \(export.model.graph.nodes.count) operators, opset \(export.model.opset)", of: output)
  }
}

extension ExportStyle: ExpressibleByArgument {}
