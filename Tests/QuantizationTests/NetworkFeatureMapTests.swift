import Diagnostics
import HDF5
import JSON
import Quantization
import Quantizers
import Testing
import TestSupport

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Every QActivation of whole networks: the golden output of the layer before it through the quantizer, against its own.
struct NetworkFeatureMapTests {
  @Test func smallNetworks() throws {
    #expect(try compare(folder: Repository.root.appending(path: "testdata/zoo")) > 100)
  }

  @Test(.enabled(if: Repository.models != nil, "no folder ../shared/models"))
  func referenceNetworks() throws {
    #expect(try compare(folder: URL(filePath: #require(Repository.models)).appending(path: "qtools")) > 60)
  }

  /// How many layers were compared.
  private func compare(folder: URL) throws -> Int {
    var layers = 0
    var elements = 0
    var nearBoundaries = 0
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    where name.hasSuffix(".golden.h5") {
      let golden = try H5File(folder.appending(path: name).path).root
      let path = folder.appending(path: String(name.dropLast(".golden.h5".count)) + ".h5").path
      let text = try #require(try H5File(path, structureOnly: true).root.attribute("model_config"))
      let model = try JSONNode(JSONParser.parse(text))
      guard try model.string("class_name") == "Functional" else { continue }
      for entry in try model.member("config").array("layers") where try entry.string("class_name") == "QActivation" {
        let calls = try entry.array("inbound_nodes")
        guard calls.count == 1, let source = try calls[0].array().first?.array() else { continue }
        // A layer that is called several times has its later calls under `name:1`, `name:2`.
        let call = try source[1].int()
        let before = try source[0].string() + (call == 0 ? "" : ":\(call)")
        guard
          let outputs = golden.datasetIfPresent("layers/\(try entry.member("config").string("name"))"),
          let inputs = golden.datasetIfPresent("layers/\(before)") ?? golden.datasetIfPresent("x")
        else { continue }
        let activation = try entry.member("config").member("activation")
        let arguments = try QKerasCases.arguments(activation)
        guard QKerasActivation.named(arguments.quantizer) == nil else { continue }
        let quantizer = try Quantizer(arguments)
        let channels = try quantizer.kind.featureMaps(at: .init(layer: before))
        let (x, y) = (try inputs.doubles, try outputs.doubles)
        guard x.count >= y.count else { continue }
        layers += 1
        elements += y.count
        let largest = y.map(abs).max() ?? 0
        for index in y.indices {
          let featureMap = channels[index % channels.count]
          func fits(_ code: Int64) -> Bool {
            // QKeras' straight-through sum x + (-x + q) rounds to the float32 numbers around x.
            abs(featureMap.format.value(of: code) - y[index]) <= 1e-6 * largest + 0x1p-23 * abs(x[index])
          }
          if fits(featureMap.code(of: x[index])) { continue }
          nearBoundaries += 1
          let codes = featureMap.codes(of: x[index], within: 0, in: .single)
          #expect(
            fits(codes.lowerBound) || fits(codes.upperBound),
            "\(name) \(quantizer.kind.description) of \(x[index]): QKeras \(y[index])")
        }
      }
    }
    print("\(folder.lastPathComponent): \(layers) QActivations, \(elements) values, \(nearBoundaries) near a boundary")
    #expect(nearBoundaries * 1000 < elements)
    return layers
  }
}
