import Diagnostics
import Inference
import KerasImport
import Testing
import TestSupport

@testable import Verify

/// Networks read from files compute what QKeras computed, layer by layer.
@Suite struct GoldenTests {
  static let zooFolder = Repository.testdata + "/zoo"

  /// Networks of the zoo that are refused, and a part of the message.
  static let refused = [
    "bernoulli_random.h5": "bernoulli",
    "bn_rows.h5": "the last axis",
  ]

  @Test(arguments: Repository.files(in: zooFolder, ending: ".h5")) func zoo(_ name: String) throws {
    if let part = Self.refused[name] {
      let problems = try #require(throws: Diagnostics.self) { try KerasModel.read("\(Self.zooFolder)/\(name)") }
      #expect(problems.all.allSatisfy { $0.description.contains(part) }, "\(problems)")
      return
    }
    try check(Self.zooFolder, name)
  }

  @Test(arguments: Repository.files(in: Repository.testdata, ending: ".h5")) func digits(_ name: String) throws {
    try check(Repository.testdata, name)
  }

  /// One that `qcc quantize` wrote.
  @Test func written() throws { try check(Repository.testdata + "/quantize", "written.h5") }

  @Test(
    .enabled(if: Repository.models != nil),
    arguments: Repository.files(in: (Repository.models ?? "") + "/qtools", ending: ".h5"))
  func qtools(_ name: String) throws {
    try check((Repository.models ?? "") + "/qtools", name)
  }

  @Test(
    .enabled(if: Repository.models != nil),
    arguments: Repository.files(in: (Repository.models ?? "") + "/qkeras", ending: ".h5"))
  func reference(_ name: String) throws {
    let models = Repository.models ?? ""
    try check(network: "\(models)/qkeras/\(name)", golden: "\(models)/golden/\(name)")
  }

  private func check(_ folder: String, _ name: String) throws {
    try check(network: "\(folder)/\(name)", golden: "\(folder)/\(name.dropLast(3)).golden.h5")
  }

  private func check(network: String, golden: String) throws {
    let graph = try KerasModel.read(network).graph
    #expect(try GoldenWeights(graph, golden: golden).problems == [])
    let comparison = try GoldenComparison(graph, file: golden, inputs: NetworkInputs(golden: golden, for: graph))
    #expect(comparison.report.mismatches == 0, "\(String(describing: comparison.firstDifference))")
    #expect(comparison.report.elements > 0)
  }
}
