import Foundation
import TestSupport

/// Networks that are exported.
enum Networks {
  /// Files of `testdata` and, where they are, the reference networks.
  static let all: [String] =
    files(in: "testdata", "h5") + files(in: "testdata/zoo", "h5") + files(in: "../shared/models/qtools", "h5")
    + ["fcae_ad", "resnet8_ic", "dscnn_kws"].flatMap { name in
      ["affine", "po2"].map { "../shared/models/qkeras/\(name)_\($0).h5" }.filter(exists)
    }

  static func path(_ file: String) -> String { Repository.path(file) }

  static func name(_ file: String) -> String {
    URL(filePath: file).deletingPathExtension().lastPathComponent
  }

  private static func exists(_ file: String) -> Bool { FileManager.default.fileExists(atPath: path(file)) }

  private static func files(in folder: String, _ ending: String) -> [String] {
    Repository.files(in: path(folder), ending: ".\(ending)").map { "\(folder)/\($0)" }
  }

  /// Refused by the importer already.
  static let unreadable: Set<String> = ["bernoulli_random", "bn_rows"]

  /// Quantizers whose levels no operator says, and what else has no operator.
  static let refusedByBoth: Set<String> = [
    "keras_selu", "resizing",
    "cnn_relu_po2", "cnn_ulaw", "po2_activations", "ulaw", "stochastic_rounding", "strings", "relu_sigmoid",
    "relu_unclipped", "relu_upper_bound", "relu_options", "bits_alpha_array", "adaptive_channels",
    "head_inverse_quantizer",
  ]

  /// Signs, halves that are rounded away from zero, and scales that float32 does not hold.
  static let refusedByQDQ: Set<String> = [
    "cnn_bnn", "activation_functions", "binary_activations", "bits_one", "head_linear_one_bit", "inline_function",
    "stochastic", "ternary_activations", "digits_conv_affine", "affine_maps", "fcae_ad_affine", "resnet8_ic_affine",
    "dscnn_kws_affine",
  ]
}
