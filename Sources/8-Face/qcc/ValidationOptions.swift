import ArgumentParser
import QCCDriver

/// What judges networks while one is looked for.
struct ValidationOptions: ParsableArguments {
  @OptionGroup var calibration: CalibrationOption

  @Option(
    help: ArgumentHelp(
      "Inputs that judge and choose. Default: a part of the calibration inputs, held out.", valueName: "file"),
    completion: .file())
  var validation: [String] = []

  @Option(
    help: ArgumentHelp(
      "Labels of the validation inputs. Without: agreement with the float network.", valueName: "file"),
    completion: .file())
  var labels: String?

  @OptionGroup var metric: MetricOptions

  func validate() throws {
    if labels != nil, validation.isEmpty { throw ValidationError("--labels is for --validation") }
    try metric.validate(labels: labels, of: "--labels")
  }
}
