import ArgumentParser
import QCCDriver
import Reports

/// What every command that reads a model takes.
struct ModelOptions: ParsableArguments {
  @Argument(help: "The model: a Keras H5 or an ONNX file.", completion: .file(extensions: ["h5", "hdf5", "onnx"]))
  var model: String

  @Option(help: ArgumentHelp("The accelerator: a built-in target's name or a YAML file.", valueName: "name|file"))
  var target = "stmac"

  @Option(
    help: ArgumentHelp(
      "Quantizes network inputs that the model leaves unquantized.", valueName: "quantizer"))
  var sourceQuantizer = "quantized_bits(16,6,1)"

  func validate() throws {
    guard !model.isEmpty else { throw ValidationError("The model has an empty name.") }
  }

  /// The compiled model; what is to be said of it goes to standard error.
  func compilation() throws -> Compilation {
    var options = Compilation.Options()
    options.target = target
    options.sourceQuantizer = sourceQuantizer
    let compilation = try Compilation(model: model, options: options)
    show(compilation.remarks)
    return compilation
  }
}

/// How a report is printed.
enum ReportFormat: String, CaseIterable, ExpressibleByArgument {
  case text, json, csv
}
