import Arrays
import Compiler
import Diagnostics
import Frontends
import Inference
import Performance
import Statistics
import Testing
import TestSupport
import Verify

/// The reference networks with the figures of their page; skipped where they are not.
@Suite(.enabled(if: Repository.models != nil, "the reference networks are not here"))
struct ReferenceModelTests {
  private static var models: String { Repository.models ?? "" }

  @Test(arguments: [
    ("mobilenet_vww_affine", 1_210_896, 2_507_784), ("dscnn_kws_affine", 145_844, 428_976),
    ("fcae_ad_affine", 1_232_760, 26_752), ("resnet8_ic_affine", 501_638, 992_416),
  ])
  func bits(_ name: String, _ parameters: Int, _ featureMaps: Int) throws {
    let report = SummaryReport(try Frontends.read("\(Self.models)/qkeras/\(name).h5"))
    #expect(report.bits.parameters == parameters)
    #expect(report.bits.featureMaps == featureMaps)
    #expect(report.bits.total == parameters + featureMaps)
  }

  /// Float networks run in the reference, and are refused by everything that needs codes.
  @Test(arguments: ["dscnn_kws", "fcae_ad", "mobilenet_vww", "resnet8_ic"])
  func floatNetworks(_ name: String) throws {
    let model = "\(Self.models)/float/\(name).h5"
    let golden = "\(Self.models)/golden/\(name)_affine.h5"
    let graph = try Frontends.read(model).graph
    let output = try #require(Simulation(reference: graph, inputs: ["\(golden):x"]).outputs.first)
    let wanted = try ArrayFile.load("\(golden):float_model")
    #expect(output.shape == wanted.shape && output.codes == nil)
    let largest = wanted.values.map(abs).max() ?? 0
    // Keras computes in float32.
    for (value, wanted) in zip(output.values, wanted.values) { #expect(abs(value - wanted) <= 1e-5 * largest) }
    #expect(try SummaryReport(Frontends.read(model)).layers.contains { $0.macs > 0 })
    #expect(throws: Diagnostics.self) { try Compiler().compile(Frontends.read(model)) }
  }

  /// ONNX Runtime's codes, layer by layer.
  @Test(arguments: ["dscnn_kws", "fcae_ad"], ["s8_per_channel", "u8_per_tensor"])
  func codesOfONNXRuntime(_ name: String, _ kind: String) throws {
    let model = "\(Self.models)/onnx/\(name)_qdq_\(kind)"
    var options = Verifier.Options()
    options.golden = "\(model).golden.h5"
    options.emitted = false
    let report = try Verifier(Compiler().compile(Frontends.read("\(model).onnx")), options: options).report()
    let golden = try #require(report.golden)
    #expect(report.bitExact && golden.mismatches == 0, "\(String(describing: report.firstDifference))")
    #expect(golden.elements > 1000 && golden.ties < golden.elements / 100)
  }

  /// - Parameter published: the ideal latency in the thesis' charge, where its table follows from the shapes.
  @Test(arguments: [
    ("mobilenet_vww", 936, nil), ("resnet8_ic", 65, nil), ("dscnn_kws", 201, nil),
    ("fcae_ad", 121, (stated: 80.25, published: 44.25)),
  ])
  func tilesAndGolden(_ name: String, _ tiles: Int, _ latency: (stated: Double, published: Double)?) throws {
    let compilation = try Compiler().compile(Frontends.read("\(Self.models)/qkeras/\(name)_affine.h5"))
    let report = try TileReport(compilation.schedule, model: .stated)
    #expect(report.totals.tiles <= tiles)
    for layer in report.layers {
      for (run, cycles) in [
        (layer.units.standard, layer.cyclesStandard), (layer.units.reconfigurable, layer.cyclesReconfigurable),
        (layer.units.standardSequential, layer.cyclesStandardSequential),
        (layer.units.reconfigurableSequential, layer.cyclesReconfigurableSequential),
      ] {
        for unit in [run.load, run.compute, run.store] { #expect(unit.busy + unit.stalled + unit.idle == cycles) }
      }
      #expect(layer.cyclesReconfigurable <= layer.cyclesReconfigurableSequential)
    }
    if let latency {
      #expect(report.totals.tiles == tiles)
      #expect(report.totals.idealStandard == Double(tiles))
      #expect(report.totals.idealReconfigurable == latency.stated)
      let published = try TileReport(compilation.schedule, model: .published)
      #expect(published.totals.idealReconfigurable == latency.published)
    }
    // The large networks are verified whole by the command's release build; here their smallest.
    guard ["fcae_ad", "resnet8_ic"].contains(name) else { return }
    var options = Verifier.Options()
    options.golden = name == "fcae_ad" ? "\(Self.models)/golden/\(name)_affine.h5" : nil
    options.samples = 2
    options.emitted = false
    let verified = try Verifier(compilation, options: options).report()
    #expect(verified.bitExact, "\(String(describing: verified.firstDifference))")
  }
}
