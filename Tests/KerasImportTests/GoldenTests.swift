import Diagnostics
import KerasImport
import Testing
import TestSupport

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
    var golden = try Golden(network: "\(models)/qkeras/\(name)", golden: "\(models)/golden/\(name)", isDouble: true)
    try golden.compare()
    #expect(golden.problems == [])
    print("\(name): \(golden.quantized) codes, \(golden.ties) ties, \(golden.others) other numbers")
  }

  private func check(_ folder: String, _ name: String) throws {
    let golden = "\(folder)/\(name.dropLast(3)).golden.h5"
    var comparison: Golden
    do {
      comparison = try Golden(network: "\(folder)/\(name)", golden: golden)
    } catch let problems as Diagnostics {
      Issue.record("\(problems)")
      return
    }
    try comparison.compareWeights()
    try comparison.compare()
    #expect(comparison.problems == [])
  }
}
