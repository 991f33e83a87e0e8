import ArgumentParser
import Diagnostics
import QTools
import Targets

extension EnergyModel.Memory: ExpressibleByArgument {}

struct EnergyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "energy",
    abstract: "Energy of an inference, as QKeras' QTools estimates it, and of what the accelerator's tiles do.",
    discussion: """
      In pJ per layer for inputs, outputs, parameters and operations. A process is a YAML file of what operations and \
      memories cost; 45 nm after Horowitz is built in. Both are explained in docs/qtools.md.

      EXAMPLE
        qcc energy model.h5 --weights-on dram --format json
      """)

  @OptionGroup var model: TypeOptions

  @Option(help: ArgumentHelp("What operations cost: a built-in process' name or a YAML file.", valueName: "name|file"))
  var process = "horowitz"

  @Option(help: "Where weights lie.")
  var weightsOn = EnergyModel.Memory.sram

  @Option(help: "Where feature maps lie between layers.")
  var activationsOn = EnergyModel.Memory.sram

  @Option(help: ArgumentHelp("No SRAM is smaller.", valueName: "bits"))
  var minSramSize = EnergyModel.Options().minimumSRAMBits

  @Flag(name: .customLong("io"), help: "The network's inputs and outputs go through DRAM.")
  var usesIO = false

  @OptionGroup var printing: ReportOptions

  func validate() throws {
    guard minSramSize >= 0 else { throw ValidationError("--min-sram-size takes 0 or more bits") }
  }

  func run() throws {
    var problems = Diagnostics()
    let types = model.types(&problems)
    let process = problems.collecting { try ProcessFile.load(self.process) }
    try problems.throwIfErrors()
    guard let process else { throw problems }
    let network = try model.file.readTypes()
    show(network.model.remarks)
    var options = EnergyModel.Options()
    options.weightsOn = weightsOn
    options.activationsOn = activationsOn
    options.minimumSRAMBits = minSramSize
    options.usesIO = usesIO
    let report = EnergyReport(
      try DataTypeMap(network.model, options: types), model: EnergyModel(process: process, options: options),
      hardware: try HardwareUse(network, options: model.compilation))
    try printing.show(report)
  }
}
