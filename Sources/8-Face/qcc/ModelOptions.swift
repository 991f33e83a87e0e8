import ArgumentParser
import Compiler
import Frontends
import Presentation

/// What every command that reads a model takes.
struct ModelOptions: ParsableArguments {
  @OptionGroup var file: ModelArgument

  @Option(help: ArgumentHelp("The accelerator: a built-in target's name or a YAML file.", valueName: "name|file"))
  var target = Compiler.Options().target

  @Option(
    help: ArgumentHelp(
      "Quantizes network inputs that the model leaves unquantized.", valueName: "quantizer"))
  var sourceQuantizer = Compiler.Options().sourceQuantizer

  /// The compiled model; what is to be said of it goes to standard error.
  func compilation() throws -> Compilation {
    let model = try Frontends.read(file.path)
    var options = Compiler.Options()
    options.target = target
    options.sourceQuantizer = sourceQuantizer
    let compilation = try Compiler(options).compile(model)
    show(compilation.remarks)
    return compilation
  }
}

/// The model that a command reads.
struct ModelArgument: ParsableArguments {
  @Argument(
    help: ArgumentHelp("The model: \(Frontends.description).", valueName: "model"),
    completion: .file(extensions: Frontends.suffixes))
  var path: String

  func validate() throws {
    guard !path.isEmpty else { throw ValidationError("The model has an empty name.") }
  }
}
