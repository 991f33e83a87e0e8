import Diagnostics
import KerasImport
import Testing
import TestSupport

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Files that must be refused, each with a message that names the place and what is wrong there.
@Suite struct RefusedTests {
  /// What every message must hold; one list per problem.
  static let files: [(name: String, problems: [[String]])] = [
    ("bits_33", [["layer 'c0'", "'kernel'", "bits = 33"]]),
    ("bits_fraction", [["layer 'c0'", "'kernel'", "bits is 2.5"]]),
    ("bits_negative", [["layer 'c0'", "'kernel'", "bits = -4"]]),
    ("bits_word", [["layer 'c0'", "'kernel'", "bits is 'eight'"]]),
    ("bits_zero", [["layer 'c0'", "'kernel'", "bits = 0"]]),
    ("channels_first", [["layer 'c0'", "channels_first", "channels_last"]]),
    ("config_missing", [["no attribute 'model_config'", "model.save"]]),
    ("config_not_json", [["model_config", "not valid JSON at line 1"]]),
    ("cycle", [["circle", "'c0'", "'a0'"]]),
    ("dangling_input", [["layer 'c0'", "'nowhere'"]]),
    ("dynamic_size", [["layer 'input'", "[None, None, None, 3]", "keras.Input"]]),
    ("keras_1", [["written by Keras 1.2.2", "Keras 2 and 3", "load_weights"]]),
    ("lambda_layer", [["layer 'twice'", "Lambda", "not run"]]),
    (
      "several_mistakes",
      [["layer 'c0'", "bits = 0"], ["layer 'a0'", "quantized_nothing"], ["layer 'fc'", "units", "\"many\""]]
    ),
    ("surplus_weights", [["layer 'n0'", "does not use: n0/beta:0"]]),
    ("local_and_recurrent", [["layer 'local'", "LocallyConnected2D"], ["layer 'lstm'", "QLSTM"]]),
    ("unknown_key", [["layer 'c0'", "'kernel_quantiser'", "'kernel_quantizer'"]]),
    (
      "unknown_layers",
      [
        ["layer 'norm'", "LayerNormalization"], ["layer 'up'", "UnitNormalization"],
        ["layer 'attention'", "MultiHeadAttention"],
      ]
    ),
    ("unknown_quantizer", [["layer 'a0'", "unknown quantizer"]]),
    ("weight_infinite", [["layer 'c0'", "'kernel'", "inf", "[0, 0, 0, 0]"]]),
    ("weight_missing", [["layer 'c0'", "no weights 'bias'", "c0/kernel:0"]]),
    ("weight_nan", [["layer 'c0'", "'kernel'", "nan", "[0, 0, 0, 0]"]]),
    ("weight_shape", [["layer 'c0'", "'kernel'", "[3, 3, 3, 3]", "[3, 3, 3, 4]"]]),
  ]

  @Test(arguments: files) func refuses(_ name: String, _ expected: [[String]]) throws {
    let path = "\(Repository.testdata)/refused/\(name).h5"
    let problems = try #require(throws: Diagnostics.self) { try KerasModel.read(path) }
    let messages = problems.all.map(\.description)
    #expect(messages.count == expected.count, "\(problems)")
    for (message, parts) in zip(messages, expected) {
      #expect(message.contains(path))
      for part in parts { #expect(message.contains(part), "\(message)") }
    }
  }

  /// What a pass or the lowering refuses, the importer reads.
  @Test(arguments: [
    "float_quantized_layer", "float_weights", "softmax_middle", "unquantized_input", "unquantized_middle",
  ])
  func reads(_ name: String) throws {
    #expect(throws: Never.self) { try KerasModel.read("\(Repository.testdata)/refused/\(name).h5") }
  }

  /// What TensorFlow and Keras 3 save instead of H5, as far as the first look goes.
  @Test func otherFormats() throws {
    try Folder.with { folder in
      try Data([8, 1]).write(to: URL(filePath: folder + "/saved_model.pb"))
      try Data([0x50, 0x4b, 3, 4] + Array(repeating: 0, count: 60)).write(to: URL(filePath: folder + "/model.keras"))
      for (path, parts) in [
        (folder, ["SavedModel folder", "model.save('model.keras')"]),
        (folder + "/model.keras", ["damaged", "no list of its members"]),
      ] {
        let problems = try #require(throws: Diagnostics.self) { try KerasModel.read(path) }
        for part in parts { #expect(problems.description.contains(part), "\(problems)") }
      }
    }
  }

  @Test func filesThatAreNoModels() throws {
    for (path, part) in [
      ("\(Repository.testdata)/nothing.h5", "no such file"), (Repository.testdata, "is a folder"),
      ("\(Repository.testdata)/digits_labels.npy", "not an HDF5 file"),
      ("\(Repository.testdata)/digits_conv.golden.h5", "no attribute 'model_config'"),
    ] {
      let problems = try #require(throws: Diagnostics.self) { try KerasModel.read(path) }
      #expect(problems.description.contains(part), "\(problems)")
    }
  }
}
