import ArgumentParser
import Compiler
import Diagnostics
import QTools
import Quantization

/// What the commands take that give types to a model's numbers as QKeras' QTools does.
struct TypeOptions: ParsableArguments {
  @OptionGroup var file: ModelArgument

  @Option(help: ArgumentHelp("The accelerator: a built-in target's name or a YAML file.", valueName: "name|file"))
  var target = Compiler.Options().target

  @Option(help: ArgumentHelp("The type of the network's inputs.", valueName: "quantizer"))
  var sourceQuantizer = "quantized_bits(8,0,1)"

  @Option(
    help: ArgumentHelp(
      "Parameters of layers without quantizers: fp32, fp16, int8, int16, int32, a quantizer, or none for QTools' standard.",
      valueName: "type"))
  var kerasQuantizer = "fp32"

  @Option(help: ArgumentHelp("Results of layers without quantizers, likewise.", valueName: "type"))
  var kerasAccumulator = "fp32"

  @Flag(help: "All layers as if they had no quantizers: the reference that a quantized network is compared with.")
  var forReference = false

  @Flag(help: "Count the different values of weights that are powers of two.")
  var inference = false

  @Flag(help: "No operations and no energy for layers with folded batch normalization, as QKeras 0.9.0 has it.")
  var qtoolsCompatible = false

  /// - Parameter problems: collects what is wrong with the options.
  func types(_ problems: inout Diagnostics) -> DataTypeOptions {
    var types = DataTypeOptions()
    func type(_ text: String, _ option: String) -> DataType? {
      text == "none" ? nil : problems.collecting { try DataType(parsing: text, option: option) }
    }
    if let source = problems.collecting({ try DataType(parsing: sourceQuantizer, option: "--source-quantizer") }) {
      types.source = source
    }
    types.kerasQuantizer = type(kerasQuantizer, "--keras-quantizer")
    types.kerasAccumulator = type(kerasAccumulator, "--keras-accumulator")
    types.isForReference = forReference
    types.isInference = inference
    types.isQToolsCompatible = qtoolsCompatible
    return types
  }

  var compilation: Compiler.Options {
    var options = Compiler.Options()
    options.target = target
    options.sourceQuantizer = sourceQuantizer
    return options
  }
}
