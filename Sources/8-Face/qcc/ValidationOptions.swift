import ArgumentParser
import Assessment
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
/// - Parameter kinds: what such names may end in, without the dot.
func validateNetworkName(_ output: String, kinds: [String] = NetworkQuantizer.Result.suffixes) throws {
  let suffixes = kinds.map { ".\($0)" }
  if !suffixes.contains(where: output.hasSuffix) {
    throw ValidationError("-o takes a file that ends in \(suffixes.joined(separator: " or "))")
  }
}

/// The inputs that a network is quantized by.
struct CalibrationOption: ParsableArguments {
  @Option(
    name: .customLong("calibration"),
    help: ArgumentHelp(
      "Inputs that fix ranges and weights: .npy or file.h5:dataset; NAME=FILE for each of several.", valueName: "file"),
    completion: .file())
  var files: [String]
}

extension Judge.Measure: ExpressibleByArgument {}

/// What labels are, and how they judge.
struct MetricOptions: ParsableArguments {
  @Option(help: "What labels are compared with: classes, or errors of a reconstruction.")
  var metric = Judge.Measure.accuracy

  @Option(
    help: ArgumentHelp(
      "With --metric auc: a number per sample; those of one number are judged as one.", valueName: "file"),
    completion: .file())
  var groups: String?

  /// - Parameters:
  ///   - labels: those that were given.
  ///   - option: by which they are.
  func validate(labels: String?, of option: String) throws {
    if groups != nil, metric != .auc || labels == nil {
      throw ValidationError("--groups is for --metric auc with \(option)")
    }
  }
}
