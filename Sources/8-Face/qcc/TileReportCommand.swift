import ArgumentParser
import Performance
import Targets

extension CostModel: ExpressibleByArgument {}

struct TileReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tile-report",
    abstract: "Tiles, latency, cycles and speedup of every accelerated layer.",
    discussion: """
      Ideal latency counts tiles, each with its multiplier mode's factor; cycles are simulated with double buffering, on \
      standard and on reconfigurable multipliers.

      EXAMPLE
        qcc tile-report model.h5 --cost-model published --format csv
      """)

  @OptionGroup var model: ModelOptions

  @Option(help: "What a tile is charged: as the thesis' text states it, or as its published table does.")
  var costModel = CostModel.stated

  @OptionGroup var printing: ReportOptions

  func run() throws {
    let compilation = try model.compilation()
    try compilation.target.requireEngines("tiles and cycles")
    try printing.show(TileReport(compilation.schedule, model: costModel))
  }
}
