import ArgumentParser
import QCCDriver
import Reports

struct SimulateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate",
    abstract: "Runs a network as the accelerator does, and saves its outputs.",
    discussion: """
      Writes the outputs' values as float64 to OUT.npy, and the codes beside them to OUT_codes.npy; a network of several \
      outputs gets their names into the files'.

      EXAMPLE
        qcc simulate model.h5 --inputs x.npy -o logits.npy
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

  func run() throws {
    let compilation = try model.compilation()
    for file in try Simulation(compilation, inputs: inputs).save(to: output) { print(file) }
  }
}
