import ArgumentParser
import Calibration
import Compiler
import Frontends
import Plans
import Presentation
import QIR

import enum Quantization.FixedPointRounding

/// What every command that reads a model takes.
struct ModelOptions: ParsableArguments {
  @OptionGroup var file: ModelArgument

  @Option(help: ArgumentHelp("The accelerator: a built-in target's name or a YAML file.", valueName: "name|file"))
  var target = Compiler.Options().target

  @Option(
    help: ArgumentHelp(
      "Quantizes network inputs that the model leaves unquantized.", valueName: "quantizer"))
  var sourceQuantizer = Compiler.Options().sourceQuantizer

  @Option(
    help: ArgumentHelp(
      """
      Quantizes weights and feature maps that the model leaves unquantized, where the accelerator needs codes, and says each; \
      the reference computes with the same quantizers. Default: such models are refused.
      """, valueName: "quantizer"))
  var defaultQuantizer: String?

  /// The compiled model; what is to be said of it goes to standard error.
  func compilation() throws -> Compilation {
    let model = try file.read()
    var options = Compiler.Options()
    options.target = target
    options.sourceQuantizer = sourceQuantizer
    options.defaultQuantizer = defaultQuantizer
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

  @Option(
    help: ArgumentHelp(
      """
      The architecture of a file with weights alone, as Keras' model.to_json() writes it. Default: the file beside it, \
      model.json for model.h5 or model.weights.h5.
      """, valueName: "file.json"), completion: .file(extensions: ["json"]))
  var architecture: String?

  @Option(
    help: ArgumentHelp(
      """
      How TensorFlow Lite's kernels round products, which its files do not say. Default: double, as the reference kernels and \
      TensorFlow Lite for Microcontrollers do; single is what builds with TFLITE_SINGLE_ROUNDING and XNNPACK do.
      """, valueName: "single|double"))
  var tfliteRounding: FixedPointRounding?

  func validate() throws {
    guard !path.isEmpty else { throw ValidationError("The model has an empty name.") }
    guard architecture != "" else { throw ValidationError("The architecture has an empty name.") }
  }

  var choices: FileChoices { FileChoices(architecture: architecture, tfliteRounding: tfliteRounding) }

  /// The model, to be compiled or run.
  func read() throws -> Model { try Frontends.read(path, choices) }

  /// The model, to be looked at for its types.
  func readTypes() throws -> TypedModel { try Frontends.readTypes(path, choices) }
}

extension FixedPointRounding: ExpressibleByArgument {}

extension Rounding: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }

  public var defaultValueDescription: String { text }
}

extension Pruning: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}

extension MapPlan.Scheme: ExpressibleByArgument {}

/// How numbers become codes, but for their widths.
struct WeightOptions: ParsableArguments {
  @Option(help: "What scales and zero points of feature maps may be.")
  var scheme = MapPlan.Scheme.affine

  @Option(
    help: ArgumentHelp(
      "How weights become codes: best, nearest, feedback, stochastic[:seed], midrise, multipoint[:share].",
      valueName: "rounding"))
  var rounding = Rounding.best

  @Option(
    help: ArgumentHelp(
      "Weights that become 0, of every layer but the last: percent[:magnitude|saliency][:before|after] rounding.",
      valueName: "percent"))
  var prune: Pruning?

  func validate() throws {
    if prune != nil, !rounding.mayPrune {
      throw ValidationError(
        "--prune is for roundings with a code for 0 and one layer for each: best, nearest, feedback, stochastic")
    }
  }
}
