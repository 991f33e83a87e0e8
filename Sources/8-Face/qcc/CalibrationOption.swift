import ArgumentParser

/// The inputs that a network is quantized by.
struct CalibrationOption: ParsableArguments {
  @Option(
    name: .customLong("calibration"),
    help: ArgumentHelp(
      "Inputs that fix ranges and weights: .npy or file.h5:dataset; NAME=FILE for each of several.", valueName: "file"),
    completion: .file())
  var files: [String]
}
