import Arrays
import Foundation
import Frontends
import Statistics
import Testing
import TestSupport

/// `qcc summary --qstats` against what QKeras prints (`testdata/qstats/make.py`, and the reference networks' JSON files).
@Suite struct QStatsTests {
  private enum Printed: Decodable {
    case lines([String])
    case failed

    init(from decoder: any Decoder) throws {
      self = (try? .lines(decoder.singleValueContainer().decode([String].self))) ?? .failed
    }
  }

  /// Networks whose weights are drawn at random: QKeras counts other zeros each time.
  private static let random = ["qtools/unmodelled", "zoo/bernoulli_random"]

  private static func printed() throws -> [(network: String, printed: Printed)] {
    let data = try Data(contentsOf: URL(filePath: "\(Repository.testdata)/qstats/print_qstats.json"))
    return try JSONDecoder().decode([String: Printed].self, from: data).sorted { $0.key < $1.key }
      .filter { !random.contains($0.key) && ($0.key.hasPrefix("shared/") ? Repository.models != nil : true) }
      .map { ($0.key, $0.value) }
  }

  private static func path(_ network: String) -> String {
    network.hasPrefix("shared/")
      ? "\(Repository.models ?? "")/qkeras/\(network.dropFirst(7)).h5" : TestFiles.network(network)
  }

  private static func report(_ path: String, isCompatible: Bool = false) throws -> QStatsReport {
    QStatsReport(try Frontends.readTypes(path).model, isCompatible: isCompatible)
  }

  @Test func everyLineIsAsQKerasPrintsIt() throws {
    var compared = 0
    for case (let network, .lines(let lines)) in try Self.printed() {
      let text = try Self.report(Self.path(network), isCompatible: true).text()
      #expect(text == lines.joined(separator: "\n") + "\n", "\(network)")
      compared += 1
    }
    #expect(compared == (Repository.models == nil ? 89 : 93))
  }

  /// Without --qtools-compatible only the zeros of folded layers differ: they are those of the quantized weights.
  @Test func onlyZerosOfFoldedLayersDiffer() throws {
    var differing = Set<String>()
    for case (let network, .lines) in try Self.printed() {
      var ours = try Self.report(Self.path(network))
      let theirs = try Self.report(Self.path(network), isCompatible: true)
      let folded = Set(theirs.unquantized.filter { $0.reason == .folded }.map(\.layer))
      for (mine, other) in zip(ours.sparsity, theirs.sparsity) where mine != other {
        #expect(folded.contains(mine.layer) && mine.elements == other.elements)
        differing.insert(network)
      }
      ours.sparsity = theirs.sparsity
      ours.totalSparsity = theirs.totalSparsity
      ours.unquantized = theirs.unquantized
      #expect(ours == theirs, "\(network)")
    }
    #expect(differing.isSuperset(of: ["zoo/folded_ema", "zoo/folded_auto", "digits_conv_auto_po2"]))
  }

  @Test(arguments: ["folded_ema", "folded_auto"]) func zerosOfFoldedLayersAreThoseOfTheirQuantizedWeights(
    _ name: String
  ) throws {
    let golden = TestFiles.golden("zoo/\(name)")
    for layer in try Self.report(TestFiles.network("zoo/\(name)")).sparsity {
      let zeros = try ["kernel", "bias"].reduce(0) { zeros, weight in
        zeros + (try ArrayFile.load("\(golden):quantized_weights/\(layer.layer)/\(weight)").values.count { $0 == 0 })
      }
      #expect(layer.zeros == zeros, "\(layer.layer)")
    }
  }

  /// Networks that `print_qstats` fails on.
  @Test func whereQKerasFailsEveryProductIsCounted() throws {
    var compared = 0
    for case (let network, .failed) in try Self.printed() {
      let model = try Frontends.readTypes(Self.path(network)).model
      let report = QStatsReport(model)
      #expect(!report.operations.isEmpty, "\(network)")
      #expect(
        report.operations.reduce(0) { $0 + $1.macs }
          == SummaryReport(model).layers.filter { $0.type.hasPrefix("Q") }.reduce(0) { $0 + $1.macs },
        "\(network)")
      compared += 1
    }
    #expect(compared >= 12)
  }

  /// What the draw gives is unknown, all else is not.
  @Test func weightsThatAreDrawnAreCounted() throws {
    let report = try Self.report(TestFiles.network("zoo/bernoulli_random"))
    #expect(report.operations.map { "\($0.layer) \($0.count) \($0.type)" } == ["c0 1728 smux_1_8", "fc 192 smult_5_6"])
    #expect(report.weights[0].kernels == [.init(count: 108, bits: 1, stored: 108)])
  }

  @Test func layersThatAreCalledTwiceHaveTheirWeightsOnce() throws {
    let report = try Self.report(TestFiles.network("zoo/shared_layer"))
    #expect(report.operations.map(\.layer) == ["fc", "shared", "shared"])
    #expect(report.operations.map(\.type) == ["smult_5_6", "smult_5_8", "smult_5_6"])
    #expect(report.weights.map(\.layer) == ["fc", "shared"])
    #expect(report.sparsity.map(\.elements) == [148, 435])
  }

  @Test func notesSayWhereQKerasCountsOtherwise() throws {
    let notes = try Self.report(TestFiles.network("zoo/groups")).remarks.map(\.description)
    #expect(notes.count == 2)
    #expect(notes.allSatisfy { $0.hasPrefix("note: ") && $0.contains("c0 ") && $0.contains("c2 ") })
    #expect(try Self.report(TestFiles.network("zoo/conv1d")).remarks.isEmpty)
  }

  @Suite(.enabled(if: Repository.models != nil, "the reference networks are not here"))
  struct ReferenceNetworks {
    private struct Reference: Decodable {
      var print_qstats: [String]?
    }

    @Test func everyLineIsAsQKerasPrintsIt() throws {
      let folder = "\(Repository.models ?? "")/qtools"
      var compared = 0
      for name in try FileManager.default.contentsOfDirectory(atPath: folder) where name.hasSuffix(".json") {
        let data = try Data(contentsOf: URL(filePath: "\(folder)/\(name)"))
        guard let lines = try JSONDecoder().decode(Reference.self, from: data).print_qstats else { continue }
        let text = try QStatsTests.report("\(folder)/\(name.dropLast(5)).h5").text()
        #expect(text == lines.joined(separator: "\n") + "\n", "\(name)")
        compared += 1
      }
      #expect(compared >= 15)
    }

    /// QKeras knows neither of their activations: six bits without a sign, eight with one.
    @Test(arguments: [("cnn_sigmoid", "smult_6_6"), ("cnn_hswish", "smult_6_8")])
    func activationsThatQKerasDoesNotKnow(_ name: String, _ type: String) throws {
      let report = try QStatsTests.report("\(Repository.models ?? "")/qtools/\(name).h5")
      #expect(report.operations.filter { $0.layer != "c0" }.allSatisfy { $0.type == type })
      #expect(report.operations.map(\.count) == [55296, 16384, 6912, 18432, 1440])
    }

    @Test func tutorial() throws {
      let report = try QStatsTests.report("\(Repository.models ?? "")/qtools/tutorial.h5")
      #expect(
        report.operationTypes.map { "\($0.count) \($0.type)" } == [
          "663552 smult_4_16", "23040 smult_4_8", "25088 smult_8_8",
        ])
    }
  }
}
