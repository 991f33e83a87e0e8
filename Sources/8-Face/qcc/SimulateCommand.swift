import ArgumentParser
import Inference

struct SimulateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate",
    abstract: "Runs a network as the accelerator does, and saves its outputs.",
    discussion: """
      Writes the outputs' values as float64 to OUT.npy, and the codes beside them to OUT_codes.npy; a network of several \
      outputs gets their names into the files'. A device or a pipe takes the values of one output. Axes are in the order \
      in which the model file has them.

      EXAMPLES
        qcc simulate model.h5 --inputs x.npy -o logits.npy
        qcc simulate float.h5 --inputs x.npy -o logits.npy --reference
      """)

  @OptionGroup var model: ModelOptions

  @Option(
    help: ArgumentHelp("Inputs: .npy or file.h5:dataset; NAME=FILE for each of several.", valueName: "file"),
    completion: .file())
  var inputs: [String]

  @Option(
    name: .shortAndLong, help: ArgumentHelp("Where the outputs go.", valueName: "file.npy"),
    completion: .file(extensions: ["npy"]))
  var output: String

  @Option(
    help: ArgumentHelp(
      "A folder for the codes of every quantized tensor that the model names, as its file means them.",
      valueName: "folder"), completion: .directory)
  var tensors: String?

  @Flag(help: "Run the model as it is, in double precision: nothing is compiled, and it need not be quantized.")
  var reference = false

  func run() throws {
    let simulation: Simulation
    if reference {
      let network = try model.file.read()
      show(network.remarks)
      simulation = try Simulation(reference: network.graph, inputs: inputs)
    } else {
      simulation = try Simulation(model.compilation(), inputs: inputs, keepsTensors: tensors != nil)
    }
    for file in try simulation.save(to: output, tensors: tensors) { announce(file, of: file) }
  }
}
