import ArgumentParser
import Performance

struct MemoryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "memory",
    abstract: "What the C of a network takes of flash and RAM, by kind and target.",
    discussion: """
      Constants may stand in flash, static arrays stand in RAM; of feature maps that live at once no placement takes less \
      than is said. Code and stack depend on the user's compiler: `make stack` in a project says how deep the stack gets \
      at most.

      EXAMPLES
        qcc memory model.h5
        qcc memory model.h5 --target mine.yaml --format json
      """)

  @OptionGroup var model: ModelOptions

  @OptionGroup var printing: ReportOptions

  func run() throws {
    try printing.show(MemoryReport(model.compilation().schedule, beside: MemoryReport.builtinTargets()))
  }
}
