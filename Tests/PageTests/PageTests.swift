import GraphDrawing
@testable import Page
@testable import Performance
import Presentation
@testable import QTools
import Statistics
import Testing
import TestSupport

/// The page of `qcc report`, made of values: real networks' are in QCCDriverTests.
@Suite struct PageTests {
  /// With every text the same, as a file could have it.
  private func report(_ name: String) -> NetworkPage {
    NetworkPage(
      name: name, file: name, target: name, targetSummary: name,
      summary: SummaryReport(layers: [
        .init(
          name: name, type: name, inputs: [], shape: [1], parameters: 2, macs: 3,
          bits: .init(parameters: 4, featureMaps: 5))
      ]),
      tiles: TileReport(layers: [
        .init(
          name: name, engine: "2DConv", mode: "8x4", tiles: 4, macs: 1000, idealStandard: 4, idealReconfigurable: 2,
          cyclesStandard: 900, cyclesReconfigurable: 600, utilization: 0.5)
      ]),
      energy: EnergyReport(
        layers: [
          .init(
            name: name, type: name, energy: .init(inputs: 1, operations: 3), counted: 4,
            hardware: .init(
              mode: "8x4", bytes: .init(inputs: 5, outputs: 6, parameters: 7),
              energy: .init(inputs: 1, outputs: 2, parameters: 3, operations: 4)))
        ], totalCost: 4, sum: 4),
      memory: MemoryReport(targets: [
        .init(
          target: name, constants: [.init(name: name, bytes: 1000)], arrays: [.init(name: name, bytes: 2000)],
          liveMapBytes: 1500)
      ]),
      drawing: NetworkDrawing(
        boxes: [.init(name: name, title: name, lines: [name], colour: "conv", result: name, isOutput: true)],
        edges: []),
      rooflines: [
        .init(
          engine: "2DConv", busBytesPerCycle: 8,
          roofs: [.init(modes: ["16x16"], macsPerCycle: 16), .init(modes: ["8x4"], macsPerCycle: 32)],
          points: [.init(layer: name, mode: "8x4", macs: 1000, bytesRead: 100, bytesWritten: 50, cycles: 600)])
      ],
      proofs: [.init(layer: name, channels: 8, proved: 8)],
      accumulators: [
        .init(
          layer: name, engine: "2DConv", activationBits: 8, weightBits: 4, lowest: -1000, highest: 2000, type: "s12",
          bits: 12, estimatedBits: 16)
      ],
      tensors: [
        .init(name: name, shape: [8, 8, 3], type: "s8", lowest: -128, highest: 127, zeroPoint: 0, scales: [0.5])
      ])
  }

  /// Names that would end elements, attributes or the style, or that XML forbids.
  @Test(arguments: [
    "</style><script>alert(1)</script>", "a & b", "\"quoted\" 'twice'", "<!-- ", "]]>", "x\" onload=\"alert(1)", "{}",
    "übergröße", "層", "&amp;",
  ])
  func namesAreTextAndNothingElse(_ name: String) {
    let page = ParsedPage(report(name).html())
    #expect(page.problem == nil)
    #expect(page.texts["h1"] == [name])
    #expect(page.texts["script"] == nil && page.attributes["onload"] == nil)
    let rows = page.texts["th"]?.filter { $0 == name }.count ?? 0
    #expect(rows == 8)
  }

  @Test func controlCharactersAreReplaced() {
    let page = ParsedPage(report("a\u{0}b\u{1B}c\u{FFFE}\tend").html())
    #expect(page.problem == nil)
    #expect(page.texts["h1"] == ["a\u{FFFD}b\u{FFFD}c\u{FFFD} end"])
  }

  @Test func theSameReportIsTheSamePage() {
    #expect(report("net").html() == report("net").html())
  }

  @Test func whatIsNotProvedIsNamed() {
    var report = report("net")
    #expect(!report.html().contains("Not proved"))
    report.proofs.append(.init(layer: "open one", channels: 4, proved: 3))
    #expect(report.html().contains("Not proved: open one."))
    #expect(report.html().contains("11 of 12"))
  }

  @Test func aNetworkWithoutAcceleratedLayersHasAPage() {
    var report = report("net")
    report.tiles = TileReport(layers: [])
    report.rooflines = []
    report.proofs = []
    report.accumulators = []
    let page = ParsedPage(report.html())
    #expect(page.problem == nil)
    #expect(page.texts["p"]?.contains("No layer runs on an engine.") == true)
  }

  @Test(arguments: [
    (0.0, "0"), (1.0, "1.000"), (0.5, "0.5000"), (-12.3456, "-12.35"), (0.000_777_96, "0.0007780"),
    (1.234_56e-7, "1.235e-7"), (123_456.7, "123,457"), (9.87e9, "9.870e9"),
  ])
  func fourSignificantDigits(_ value: Double, _ text: String) {
    #expect(significant(value) == text)
  }

  @Test(arguments: [(0.0, "0"), (1.25, "1.3"), (-0.04, "0"), (-2.5, "-2.5"), (100.0, "100")])
  func pixelsHaveATenth(_ length: Double, _ text: String) {
    #expect(pixels(length) == text)
  }
}
