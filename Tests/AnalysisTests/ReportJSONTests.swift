import Foundation
import Performance
import Presentation
@testable import Statistics
import Testing
@testable import Verify

/// The keys are read with JSONSerialization: the other side is the text of the issue, not our own Codable.
@Suite struct ReportJSONTests {
  private func object(_ report: some Encodable) throws -> [String: Any] {
    let text = try jsonText(report)
    return try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  private func keys(_ value: Any?) -> Set<String> {
    Set(((value as? [Any])?.first ?? value).flatMap { $0 as? [String: Any] }?.keys.map { $0 } ?? [])
  }

  @Test func memoryKeys() throws {
    let report = MemoryReport(targets: [
      .init(
        target: "cpu", constants: [.init(name: "weights", bytes: 3), .init(name: "requantization", bytes: 4)],
        arrays: [.init(name: "feature maps", bytes: 5)], liveMapBytes: 2)
    ])
    let object = try object(report)
    #expect(Set(object.keys) == ["targets"])
    #expect(
      keys(object["targets"]) == [
        "target", "constants", "constantBytes", "arrays", "arrayBytes", "liveMapBytes",
      ])
    let target = (object["targets"] as? [[String: Any]])?.first
    #expect(keys(target?["constants"]) == ["name", "bytes"])
    #expect(target?["constantBytes"] as? Int == 7 && target?["arrayBytes"] as? Int == 5)
    #expect(report.csv().hasPrefix("target,kind,name,bytes\ncpu,constants,weights,3\n"))
  }

  private let verified = VerifyReport(
    samples: 2, tensors: [.init(name: "conv", elements: 10, mismatches: 0, ties: 1)],
    proofs: .init(channels: 4, proved: 4))

  @Test func verifyKeys() throws {
    var report = verified
    #expect(try Set(object(report).keys) == ["bitExact", "samples", "tensors", "proofs"])
    report.golden = .init(elements: 5, mismatches: 0, ties: 0)
    report.emitted = .init(ran: true, mismatches: 0)
    report.notCompared = ["the emitted C"]
    report.accuracy = .init(reference: 0.5, accelerator: 0.5)
    let object = try object(report)
    #expect(
      Set(object.keys) == [
        "bitExact", "samples", "tensors", "proofs", "golden", "emitted", "notCompared", "accuracy",
      ])
    #expect(keys(object["tensors"]) == ["name", "elements", "mismatches", "ties"])
    #expect(keys(object["proofs"]) == ["channels", "proved"])
    #expect(keys(object["golden"]) == ["elements", "mismatches", "ties"])
    #expect(keys(object["emitted"]) == ["ran", "mismatches"])
    #expect(keys(object["accuracy"]) == ["reference", "accelerator"])
    #expect(object["bitExact"] as? Bool == true)
  }

  @Test func oneDifferenceOrOneUnprovedChannelIsNotBitExact() {
    #expect(verified.bitExact)
    #expect(!VerifyReport(samples: 1, tensors: [], proofs: .init(channels: 2, proved: 1)).bitExact)
    let proofs = VerifyReport.Proofs(channels: 1, proved: 1)
    #expect(
      !VerifyReport(
        samples: 1, tensors: [.init(name: "a", elements: 1, mismatches: 1, ties: 0)], proofs: proofs
      ).bitExact)
    #expect(
      !VerifyReport(samples: 1, tensors: [], proofs: proofs, golden: .init(elements: 1, mismatches: 1, ties: 0))
        .bitExact)
    #expect(!VerifyReport(samples: 1, tensors: [], proofs: proofs, emitted: .init(ran: true, mismatches: 3)).bitExact)
  }

  @Test func tileReportKeysAndTotals() throws {
    let report = TileReport(layers: [
      .init(
        name: "conv", engine: "2DConv", mode: "8x4", tiles: 4, macs: 1000, idealStandard: 4, idealReconfigurable: 2,
        cyclesStandard: 900, cyclesReconfigurable: 600, utilization: 0.5),
      .init(
        name: "fc", engine: "FC", mode: "4x4", tiles: 8, macs: 500, idealStandard: 8, idealReconfigurable: 2,
        cyclesStandard: 100, cyclesReconfigurable: 100, utilization: 0.25),
    ])
    let object = try object(report)
    #expect(Set(object.keys) == ["layers", "totals"])
    #expect(
      keys(object["layers"]) == [
        "name", "engine", "mode", "tiles", "macs", "idealStandard", "idealReconfigurable", "cyclesStandard",
        "cyclesReconfigurable", "utilization", "cyclesStandardSequential", "cyclesReconfigurableSequential", "units",
      ])
    let layer = try #require((object["layers"] as? [[String: Any]])?.first)
    #expect(
      keys(layer["units"]) == ["standard", "reconfigurable", "standardSequential", "reconfigurableSequential"])
    let run = try #require((layer["units"] as? [String: Any])?["standard"] as? [String: Any])
    #expect(Set(run.keys) == ["load", "compute", "store"])
    #expect(keys(run["load"]) == ["busy", "stall", "idle"])
    #expect(
      keys(object["totals"]) == [
        "tiles", "idealStandard", "idealReconfigurable", "speedup", "cyclesStandard", "cyclesReconfigurable",
        "cycleSpeedup", "cyclesStandardSequential", "cyclesReconfigurableSequential",
      ])
    #expect(report.totals.tiles == 12)
    #expect(report.totals.speedup == 3)
    #expect(report.totals.cycleSpeedup == 1000.0 / 700)
    #expect(
      report.csv().split(separator: "\n")[1] == "conv,2DConv,8x4,4,1000,4,2,900,600,0.5")
    #expect(
      report.text().contains(
        """
        layer  engine  mode  tiles   macs  ideal std  ideal ST  cycles std  cycles ST   use
        conv   2DConv  8x4       4  1,000       4.00      2.00         900        600  50 %
        """))
  }

  @Test func anEmptyNetworkHasSpeedupOne() throws {
    let totals = TileReport(layers: []).totals
    #expect(totals.speedup == 1)
    #expect(totals.cycleSpeedup == 1)
    _ = try jsonText(TileReport(layers: []))
  }

  @Test func qstatsKeysAndOrder() throws {
    let report = QStatsReport(
      operations: [
        .init(layer: "b", count: 6, type: "smult_4_8", macs: 6),
        .init(layer: "a", count: 2, type: "smult_4_8", macs: 1),
        .init(layer: "Z", count: 3, type: "smult_4_16", macs: 3),
      ],
      weights: [
        .init(layer: "b", kernels: [.init(count: 4, bits: 4, stored: 4)], bias: .init(count: 1, bits: 8, stored: 1))
      ],
      sparsity: [.init(layer: "b", elements: 4, zeros: 1), .init(layer: "a", elements: 12, zeros: 1)],
      unquantized: [.init(layer: "bn", reason: .noQuantizers)])
    let object = try object(report)
    #expect(
      Set(object.keys) == ["operations", "operationTypes", "weights", "sparsity", "totalSparsity", "unquantized"])
    #expect(keys(object["operations"]) == ["layer", "count", "type", "macs"])
    #expect(keys(object["operationTypes"]) == ["type", "count"])
    #expect(keys(object["weights"]) == ["layer", "kernels", "bias"])
    #expect(keys(object["sparsity"]) == ["layer", "elements", "zeros", "sparsity"])
    #expect(keys(object["unquantized"]) == ["layer", "reason"])
    // Capital letters first, as Python sorts; sparsity stays in the model's order.
    #expect(report.operations.map(\.layer) == ["Z", "a", "b"])
    #expect(report.operationTypes.map(\.count) == [3, 8])
    #expect(report.sparsity.map(\.layer) == ["b", "a"])
    #expect(report.totalSparsity == 0.125)
    #expect(report.csv() == "layer,operations,type,macs\nZ,3,smult_4_16,3\na,2,smult_4_8,1\nb,6,smult_4_8,6\n")
  }

  @Test func summaryKeysAndTotals() throws {
    let report = SummaryReport(layers: [
      .init(
        name: "fc", type: "QDense", inputs: ["x"], shape: [10], parameters: 10, macs: 20,
        bits: .init(parameters: 80, featureMaps: 96), kernelQuantizer: "quantized_bits(4,0,1)")
    ])
    let object = try object(report)
    #expect(Set(object.keys) == ["parameters", "macs", "bits", "layers"])
    #expect(keys(object["bits"]) == ["parameters", "featureMaps", "total"])
    #expect(
      keys(object["layers"]) == ["name", "type", "inputs", "shape", "parameters", "macs", "bits", "kernelQuantizer"])
    #expect(report.bits.total == 176)
    #expect(report.text().hasSuffix("bits: 80 parameters + 96 feature maps = 176 total\n"))
  }

  @Test func jsonIsTheSameTextEachTimeAndReadsBack() throws {
    let text = try jsonText(verified)
    #expect(try jsonText(verified) == text)
    #expect(try JSONDecoder().decode(VerifyReport.self, from: Data(text.utf8)) == verified)
    let start = try #require(text.range(of: "bitExact")?.lowerBound)
    #expect(text.range(of: "proofs").map { start < $0.lowerBound } == true)
  }
}
