import Diagnostics
import Foundation
import GraphTestSupport
import KerasExport
import KerasImport
import QIR
import TestSupport
import Testing

/// What is written and read again is the same network: the same weights, and the same values of every tensor.
@Suite struct RoundTripTests {
  private static let files: [String] =
    Repository.files(in: Repository.testdata, ending: ".h5").map { "\(Repository.testdata)/\($0)" }
    + Repository.files(in: GoldenFolder.zoo, ending: ".h5").map { "\(GoldenFolder.zoo)/\($0)" }
    + ["fcae_ad", "resnet8_ic", "dscnn_kws", "mobilenet_vww"].flatMap { name in
      (Repository.models.map { models in ["affine", "po2"].map { "\(models)/qkeras/\(name)_\($0).h5" } }) ?? []
    }

  private enum GoldenFolder {
    static let zoo = Repository.testdata + "/zoo"
  }

  @Test(arguments: files) func isTheSameNetwork(_ path: String) throws {
    let name = URL(filePath: path).deletingPathExtension().lastPathComponent
    guard let original = try? KerasModel.read(path).graph else { return }
    let content: [UInt8]
    do {
      content = try KerasExport.content(of: original).bytes(file: "written.h5")
    } catch {
      let problems = try #require(error as? Diagnostics)
      #expect(!Self.said.contains(name), "\(problems)")
      #expect(problems.all.allSatisfy { $0.location.layer != nil }, "\(problems)")
      return
    }
    #expect(try KerasExport.content(of: original).bytes(file: "written.h5") == content)
    let folder = try Folder()
    let file = "\(folder.path)/written.h5"
    try Data(content).write(to: URL(filePath: file))
    try compare(original, KerasModel.read(file).graph)
  }

  /// Of the networks that QKeras' layers, `quantized_bits`, `quantized_relu` and `quantized_bits_featuremap` can say.
  private static let said: Set<String> = [
    "digits_conv", "digits_conv_auto", "digits_conv_auto_po2", "digits_dense", "affine_maps",
    "dilation", "groups", "strides", "same_uneven", "concatenate", "branches", "two_inputs", "two_outputs",
    "max_pooling", "average_pooling", "no_bias", "kernel_10x4", "depth_multiplier", "bits_auto", "bits_auto_po2",
    "resnet8_ic_affine", "resnet8_ic_po2", "dscnn_kws_affine", "dscnn_kws_po2", "mobilenet_vww_affine",
    "mobilenet_vww_po2", "fcae_ad_affine", "fcae_ad_po2",
  ]

  private func compare(_ original: Graph, _ read: Graph) throws {
    #expect(original.outputs.map { original[$0].shape } == read.outputs.map { read[$0].shape })
    let counterparts = Dictionary(
      original.ids.map { (original[$0].name.map { $0 == "/" || $0 == ":" ? "_" : String($0) }.joined(), $0) },
      uniquingKeysWith: { first, _ in first })
    var graphs = SideBySide(original, read)
    let values = graphs.run(counterpart: { counterparts[$0.name] }) { id, node, values, found in
      let expected = values[id.index]
      let largest = expected.map(abs).max() ?? 0
      #expect(zip(expected, found).allSatisfy { abs($0 - $1) <= 1e-12 * largest }, "\(node.name)")
      let parameters = Dictionary(uniqueKeysWithValues: node.op.parameters.map { ($0.name, $0.parameter) })
      for (name, parameter) in original[id].op.parameters {
        #expect(parameters[name]?.values == parameter.values, "\(node.name) \(name)")
        #expect(parameters[name]?.bits == parameter.bits, "\(node.name) \(name)")
      }
    }
    #expect(original.outputs.map { values.original[$0.index] } == read.outputs.map { values.read[$0.index] })
  }
}
