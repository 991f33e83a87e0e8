import ArgumentParser
import Assessment

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
