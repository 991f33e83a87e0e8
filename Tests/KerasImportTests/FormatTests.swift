import Diagnostics
import Foundation
import Inference
import KerasImport
import Numbers
import QIR
import Testing
import TestSupport

@testable import Verify

/// Every kind of file that Keras 2 and 3 write (testdata/formats/make.py).
@Suite struct FormatTests {
  static let folder = Repository.path("testdata/formats")
  static let models = ["h5", "keras"].flatMap { Repository.files(in: folder, ending: ".\($0)") }
    .filter { !$0.hasSuffix(".golden.h5") }
  static let networks = ["keras2", "keras3"].flatMap { keras in
    ["quantized", "floats", "sequential", "operations"].map { "\(keras)_\($0)" }
  }

  private static func network(_ file: String) -> String { String(file.prefix { $0 != "." }) }

  @Test func everyKindIsThere() {
    for network in Self.networks {
      for kind in ["h5", "keras", "weights.h5"] { #expect(Self.models.contains("\(network).\(kind)")) }
    }
    #expect(Self.models.filter { $0.hasPrefix("keras212_") }.count == 3)
  }

  @Test(arguments: models) func computesWhatKerasComputes(_ file: String) throws {
    let golden = "\(Self.folder)/\(Self.network(file)).golden.h5"
    let graph = try KerasModel.read("\(Self.folder)/\(file)").graph
    let comparison = try GoldenComparison(graph, file: golden, inputs: NetworkInputs(golden: golden, for: graph))
    #expect(comparison.report.mismatches == 0, "\(String(describing: comparison.firstDifference))")
    #expect(comparison.report.elements > 0)
  }

  /// Weights are found by their names in one, by numbers in others.
  @Test(arguments: networks) func everyKindIsTheSameNetwork(_ network: String) throws {
    let texts = try ["h5", "keras", "weights.h5"].map {
      GraphPrinter().text(of: try KerasModel.read("\(Self.folder)/\(network).\($0)").graph)
    }
    #expect(texts[0] == texts[1])
    #expect(texts[0] == texts[2])
  }

  /// Operations on tensors that are no layer's, and a part of the message.
  @Test(
    arguments: [
      ("\"axis\": [1, 2]", "\"axis\": null", "math.reduce_mean over all axes"),
      ("\"clip_value_min\": 0.0", "\"clip_value_min\": -1.0", "clip_by_value from -1.0 to 4.0; supported: from 0"),
      ("{\"y\": 4,", "{\"y\": 255,", "math.truediv of these operands; supported: a tensor by a power of two"),
      ("{\"y\": 4,", "{\"y\": \"four\",", "supported: a number"),
      (
        "\"function\": \"nn.silu\"", "\"function\": \"nn.lrn\"",
        "an operation on tensors outside of a layer (tf.nn.lrn)"
      ),
      ("{\"alpha\": 0.1}", "{\"alpha\": 0.1, \"beta\": 1}", "nn.leaky_relu with the argument 'beta'"),
      ("\"shape\": [-1, 8, 6]", "\"shape\": [4, 8, 6]", "reshape to [4, 8, 6]; supported: -1 for the batch"),
      ("\"start\": 1, \"stop\": null", "\"start\": 9, \"stop\": null", "leaves nothing of an axis of 8"),
    ]) func operationsThatNoLayerComputes(_ part: String, _ replacement: String, _ message: String) throws
  {
    try Folder.with { folder in
      let text = try String(contentsOfFile: "\(Self.folder)/keras2_operations.json", encoding: .utf8)
      #expect(text.contains(part))
      let architecture = "\(folder)/m.json"
      try text.replacingOccurrences(of: part, with: replacement)
        .write(toFile: architecture, atomically: true, encoding: .utf8)
      let problems = try #require(throws: Diagnostics.self) {
        try KerasModel("\(Self.folder)/keras2_operations.weights.h5", architecture: architecture).model()
      }
      #expect("\(problems)".contains(message), "\(problems)")
    }
  }

  @Test func architectureByName() throws {
    try Folder.with { folder in
      let weights = "\(folder)/w.h5"
      try FileManager.default.copyItem(atPath: "\(Self.folder)/keras2_sequential.weights.h5", toPath: weights)
      let alone = try #require(throws: Diagnostics.self) { try KerasModel.read(weights) }
      for part in ["weights alone", "\(folder)/w.json", "--architecture"] { #expect("\(alone)".contains(part)) }
      let architecture = "\(Self.folder)/keras2_sequential.json"
      #expect(try KerasModel(weights, architecture: architecture).model().graph.nodes.count > 3)
      let whole = try #require(throws: Diagnostics.self) {
        try KerasModel("\(Self.folder)/keras2_sequential.keras", architecture: architecture)
      }
      #expect("\(whole)".contains("leave --architecture out"))
    }
  }

  /// Archives that lie or ask for too much (testdata/formats/make_hostile.py), and a part of the message.
  static let hostile = [
    "bomb": "'config.json': 68157440 bytes; the limit is 64 MiB", "bzip2": "compressed in another way",
    "checksum": "'model.weights.h5' (its checksum is another one)",
    "claims_4_gib": "a size that its compressed bytes cannot have", "claims_more": "cannot be unpacked",
    "encrypted": "'model.weights.h5' is refused: an encrypted member", "no_h5": "file signature not found",
    "no_json": "not valid JSON", "no_weights": "without 'model.weights.h5'",
    "other_weights": "no weights 'kernel' for this layer", "paths": "without 'config.json'",
    "twice": "several members of that name",
  ]

  @Test func hostileArchivesAreRefused() throws {
    let files = Repository.files(in: "\(Self.folder)/hostile", ending: ".keras")
    #expect(files.map { String($0.dropLast(6)) } == Self.hostile.keys.sorted())
    for file in files {
      let problems = try #require(throws: Diagnostics.self) { try KerasModel.read("\(Self.folder)/hostile/\(file)") }
      #expect("\(problems)".contains(Self.hostile[String(file.dropLast(6))] ?? ""), "\(file): \(problems)")
    }
  }

  /// Whatever bytes an archive has, reading it ends with a network or with messages.
  @Test func damagedArchives() throws {
    let whole = [UInt8](try Data(contentsOf: URL(filePath: "\(Self.folder)/keras2_sequential.keras")))
    var random = SplitMix(seed: 1)
    var damaged = stride(from: 0, to: whole.count, by: 97).map { Array(whole[..<$0]) }
    for _ in 0..<200 {
      var bytes = whole
      // The list of members stands at the end.
      let start = Bool.random(using: &random) ? 0 : bytes.count - 400
      for _ in 0..<[1, 4, 32][Int.random(in: 0..<3, using: &random)] {
        bytes[Int.random(in: start..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      damaged.append(bytes)
    }
    var refused = 0
    try Folder.with { folder in
      for bytes in damaged {
        let path = "\(folder)/m.keras"
        try Data(bytes).write(to: URL(filePath: path))
        do throws(Diagnostics) {
          _ = try KerasModel.read(path)
        } catch {
          #expect(error.all.allSatisfy { !$0.found.isEmpty })
          refused += 1
        }
      }
    }
    #expect(refused > damaged.count / 2)
  }
}
