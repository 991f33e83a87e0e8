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

/// How many threads there may be.
func validateThreads(_ threads: Int?) throws {
  guard (1...1024).contains(threads ?? 1) else { throw ValidationError("--threads takes 1 to 1024") }
}

/// That the name of a network's file says of what kind it is.
func validateNetworkName(_ output: String) throws {
  let suffixes = NetworkQuantizer.Result.suffixes.map { ".\($0)" }
  if !suffixes.contains(where: output.hasSuffix) {
    throw ValidationError("-o takes a file that ends in \(suffixes.joined(separator: " or "))")
  }
}
