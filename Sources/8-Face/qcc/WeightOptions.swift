import ArgumentParser
import Calibration
import Plans

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
