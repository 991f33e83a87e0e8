import ArgumentParser
import ONNXExport
import QCCDriver

struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Writes a model as an ONNX file, or as a Keras one for QKeras, for other tools.",
    discussion: """
      The file computes what the model computes: its quantizers stand in it as Quant (style qonnx: any width) or as \
      QuantizeLinear and DequantizeLinear (style qdq: 4, 8 and 16 bits). A network that no such file can hold exactly is \
      refused, with all the reasons.

      EXAMPLES
        qcc export model.h5 -o model.onnx
        qcc export model.h5 -o model.onnx --style qdq
        qcc export model.onnx -o model.h5
      """)

  @OptionGroup var file: ModelArgument

  @Option(
    name: .shortAndLong, help: ArgumentHelp("The ONNX file, or the Keras one: .h5.", valueName: "file"),
    completion: .file(extensions: ["onnx", "h5"]))
  var output: String

  @Option(help: ArgumentHelp("How an ONNX file has quantizers. Default: qonnx.", valueName: "qonnx|qdq"))
  var style: ExportStyle?

  @Option(
    help: ArgumentHelp(
      "Quantizes network inputs that the model leaves unquantized; they stay so where nothing is said.",
      valueName: "quantizer"))
  var sourceQuantizer: String?

  func validate() throws {
    guard !output.isEmpty else { throw ValidationError("The output has an empty name.") }
    if style != nil, FileKind(output) == .keras { throw ValidationError("--style is for .onnx files") }
  }

  func run() throws {
    let export = try Export(
      model: file.path, choices: file.choices, to: output, style: style ?? .qonnx,
      sourceQuantizer: sourceQuantizer)
    show(export.remarks)
    try export.write()
    announce("\(output): \(export.summary)", of: output)
  }
}

extension ExportStyle: ExpressibleByArgument {}
