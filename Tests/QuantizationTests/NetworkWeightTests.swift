import Diagnostics
import HDF5
import JSON
import Quantization
import Testing
import TestSupport

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The weights of whole networks against what QKeras made of them (group `quantized_weights` of the golden files).
struct NetworkWeightTests {
  @Test func smallNetworks() throws {
    let count = try compare(folder: Repository.root.appending(path: "testdata/zoo"))
    #expect(count.networks > 80)
  }

  @Test(.enabled(if: Repository.models != nil, "no folder ../shared/models"))
  func referenceNetworks() throws {
    let count = try compare(folder: URL(filePath: #require(Repository.models)).appending(path: "qtools"))
    #expect(count.networks == 17)
  }

  private func compare(folder: URL) throws -> (networks: Int, elements: Int) {
    var networks = 0
    var elements = 0
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    where name.hasSuffix(".golden.h5") {
      let golden = try H5File(folder.appending(path: name).path).root
      guard let layers = golden.groupIfPresent("quantized_weights") else { continue }
      let network = try H5File(folder.appending(path: String(name.dropLast(".golden.h5".count)) + ".h5").path).root
      let text = try #require(try network.attribute("model_config"))
      let configurations = try JSONNode(JSONParser.parse(text)).member("config").array("layers")
      networks += 1
      for layer in layers.groups {
        guard
          let entry = try configurations.first(where: { try $0.member("config").string("name") == layer.name }),
          // Folding, or a mask, comes first there.
          try !entry.string("class_name").hasSuffix("Batchnorm"),
          try entry.member("config").arrayIfPresent("mask") == nil
        else { continue }
        let weights = try network.group("model_weights/\(layer.name)").allDatasets
        for expected in layer.datasets {
          elements += try compare(
            expected, of: entry.member("config"), weights: weights, "\(name) \(layer.name)/\(expected.name)")
        }
      }
    }
    print("\(folder.lastPathComponent): weights of \(networks) networks, \(elements) values")
    return (networks, elements)
  }

  private func compare(
    _ expected: H5Dataset, of config: JSONNode, weights: [H5Dataset], _ place: String
  ) throws -> Int {
    let names = expected.name == "kernel" ? ["kernel", "depthwise_kernel"] : [expected.name]
    let found = try #require(weights.first { dataset in names.contains { "\($0):0" == dataset.name } }, "\(place)")
    let key = found.name.split(separator: ":")[0].split(separator: "_")
    let role = key[0] == "moving" ? key[1] : key[0]
    // A key that was not saved means QKeras' default, which the importer knows: whole networks are compared elsewhere.
    guard let saved = try config.memberIfPresent("\(role)_quantizer") else { return 0 }
    var quantizer = try Quantizer(QKerasCases.arguments(saved))
    // Bias, beta and mean keep an alpha of None.
    if !["bias", "beta", "mean"].contains(role) { quantizer = quantizer.forKernels }
    let floats = try found.floats
    let tensor = try quantizer.kind.quantize(floats, shape: found.shape, at: .init(tensor: place))
    let wanted = try expected.floats
    let largest = (floats + wanted).map(abs).max() ?? 0
    let values = tensor.values
    let wrong = wanted.indices.filter { abs(values[$0] - Double(wanted[$0])) > 3e-7 * Double(largest) }
    let shown = wrong.prefix(4).map { "\(floats[$0]) -> \(values[$0]), QKeras \(wanted[$0])" }
    #expect(wrong.isEmpty, "\(wrong.count) in \(place), \(quantizer.kind.description): \(shown)")
    return wanted.count
  }
}
