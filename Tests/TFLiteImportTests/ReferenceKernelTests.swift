import Arrays
import Compiler
import Diagnostics
import Frontends
import Inference
import TFLiteImport
import Testing
import TestSupport

/// Networks that TensorFlow's converter made give the codes that TensorFlow Lite's reference kernels give
/// (Tests/tflite-differential.py).
@Suite struct ReferenceKernelTests {
  static let folder = Repository.path("testdata/tflite")
  static let networks = Repository.files(in: folder, ending: ".tflite").map { String($0.dropLast(7)) }

  @Test func thereAreNetworks() { #expect(Self.networks.count >= 12) }

  @Test(arguments: networks) func equalsTheReferenceKernels(_ network: String) throws {
    let file = "\(Self.folder)/\(network)"
    let compilation = try Compiler().compile(Frontends.read("\(file).tflite"))
    let output = try Simulation(compilation, inputs: ["\(file).x.npy"]).outputs[0]
    let expected = try NpyFile.load("\(file).y.npy")
    #expect(output.shape == expected.shape)
    if expected.integers != nil {
      #expect(output.codes?.values == expected.values)
    } else {
      #expect(output.values.map(Float.init) == expected.values.map(Float.init))
    }
    #expect(compilation.network.proofs.allSatisfy { $0.proved == $0.channels })
  }

  /// The float reference is a graph whose quantizers are the kernels' arithmetic.
  @Test(arguments: networks) func theReferenceIsTheKernels(_ network: String) throws {
    let file = "\(Self.folder)/\(network)"
    let graph = try Frontends.read("\(file).tflite").graph
    let output = try Simulation(reference: graph, inputs: ["\(file).x.npy"]).outputs[0]
    let expected = try NpyFile.load("\(file).y.npy")
    let format = graph.fileFormats[graph[graph.outputs[0]].identity]
    let values = expected.values.map { format?.value(of: Int64($0)) ?? $0 }
    #expect(output.values.map(Float.init) == values.map(Float.init))
  }

  /// MLPerf Tiny's own files.
  @Test(
    .enabled(if: Repository.models != nil),
    arguments: ["dscnn_kws", "fcae_ad", "mobilenet_vww", "resnet8_ic", "sww"])
  func everyChannelIsProved(_ network: String) throws {
    let models = try #require(Repository.models)
    let compilation = try Compiler().compile(Frontends.read("\(models)/tflite/\(network)_int8.tflite"))
    #expect(compilation.network.proofs.allSatisfy { $0.proved == $0.channels && $0.channels > 0 })
  }
}
