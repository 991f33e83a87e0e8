import Compiler
import Frontends
import Page
import QTools
import Quantization
import Testing
import TestSupport

/// Pages of real networks.
@Suite struct NetworkPageTests {
  static let networks =
    NetworkTests.compiled.map(TestFiles.network)
    + (Repository.models.map { models in
      ["mobilenet_vww_affine", "resnet8_ic_affine", "dscnn_kws_po2", "fcae_ad_affine"].map {
        "\(models)/qkeras/\($0).h5"
      }
    } ?? [])

  private func report(_ path: String) throws -> NetworkPage {
    var types = DataTypeOptions()
    types.source = try DataType(parsing: "quantized_bits(16,6,1)", option: "--source-quantizer")
    return try NetworkPage(try Compiler().compile(Frontends.read(path)), types: types)
  }

  @Test(arguments: networks) func everyLayerIsOnThePage(_ path: String) throws {
    let report = try report(path)
    let html = report.html()
    #expect(try self.report(path).html() == html)
    let page = ParsedPage(html)
    #expect(page.problem == nil)
    // Nothing from elsewhere and nothing that runs.
    for word in ["http:", "https:", "//", "src=", "url(", "@import", "<script"] { #expect(!html.contains(word)) }
    #expect(page.attributes["href"]?.allSatisfy { $0.hasPrefix("#") } == true)
    let ids = page.attributes["id"] ?? []
    #expect(Set(ids).count == ids.count && Set(page.attributes["href"] ?? []).isSubset(of: ids.map { "#\($0)" }))

    // Boxes say all that they are, layer by layer, and every node of the network stands in one.
    let boxes = page.texts["title"]?.dropFirst().joined(separator: "\n") ?? ""
    for box in report.drawing.boxes { #expect(boxes.contains("\(box.name), \(box.title)")) }
    let rows = Set(page.texts["th"] ?? [])
    for layer in report.tiles.layers { #expect(rows.contains(layer.name) && boxes.contains("\(layer.name), ")) }
    for layer in report.summary.layers where layer.bits.total > 0 { #expect(rows.contains(layer.name)) }
    for layer in report.energy.layers where layer.counted > 0 { #expect(rows.contains(layer.name)) }
    for name in report.proofs.map(\.layer) + report.tensors.map(\.name) { #expect(rows.contains(name)) }
  }

  /// Every accumulator of a linear layer has its width by QTools beside it; the proved one alone must hold.
  @Test func accumulatorsHaveQToolsWidths() throws {
    let report = try report(TestFiles.network("digits_conv"))
    for accumulator in report.accumulators where accumulator.engine != nil {
      #expect(accumulator.estimatedBits.map { $0 >= accumulator.bits } == true, "\(accumulator)")
    }
    #expect(report.energy.layers.compactMap(\.hardware).count == report.tiles.layers.count)
  }

  /// A point above its roof would say that the cycles or the bytes are wrong.
  @Test(arguments: networks) func noLayerIsAboveItsRoof(_ path: String) throws {
    let report = try report(path)
    #expect(report.rooflines.flatMap(\.points).count == report.tiles.layers.count)
    for roofline in report.rooflines {
      for point in roofline.points {
        #expect(point.macsPerCycle <= roofline.multiplierLimit(of: point) + 1e-9, "\(point)")
        #expect(point.macsPerCycle <= roofline.busLimit(of: point) + 1e-9, "\(point)")
        #expect(point.macsPerCycle > 0)
      }
    }
  }

  /// The residual network of the digits, as it is drawn.
  @Test func drawing() throws {
    let drawing = try report(TestFiles.network("digits_conv")).drawing
    let boxes = Dictionary(uniqueKeysWithValues: drawing.boxes.map { ($0.name, $0) })
    let stem = try #require(boxes["stem"])
    #expect(stem.title.hasPrefix("QConv2D") && stem.colour == "conv")
    let merges = drawing.boxes.indices.filter { box in drawing.edges.filter { $0.to == box }.count == 2 }
    #expect(merges.count == 1)
    #expect(drawing.boxes.filter(\.isOutput).count == 1)
    #expect(drawing.boxes.allSatisfy { !$0.result.isEmpty })
  }
}
