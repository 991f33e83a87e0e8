import Compiler
import Diagnostics
import Foundation
import Frontends
import HDF5
import ONNXImport
import QIR
import Testing
import TestSupport

/// The reference networks as tf2onnx and ONNX Runtime write them.
@Suite(.enabled(if: Repository.models != nil, "no folder ../shared/models"))
struct ReferenceNetworkTests {
  static let floats = ["dscnn_kws", "fcae_ad", "mobilenet_vww", "resnet8_ic"]

  private func path(_ name: String) throws -> String { "\(try #require(Repository.models))/onnx/\(name)" }

  /// The float networks give what ONNX Runtime gives.
  @Test(arguments: floats)
  func floatNetworkEqualsONNXRuntime(name: String) throws {
    let graph = try ONNXNetwork.read(path("\(name)_float.onnx")).graph
    let golden = try H5File(path("\(name)_qdq_s8_per_channel.golden.h5")).root
    let expected = try golden.dataset("float_model").doubles
    // A few samples: this is a debug build.
    let elements = graph[graph.inputs[0]].shape.elements
    let samples = name == "mobilenet_vww" ? 1 : 3
    let inputs = Array(try golden.dataset("x").doubles.prefix(samples * elements))
    let found = Samples.run(graph, [inputs])[0]
    #expect(found.count == samples * graph[graph.outputs[0]].shape.elements)
    let worst = zip(found, expected).map { abs($0 - $1) / max(1, abs($1)) }.max() ?? .infinity
    #expect(worst <= 1e-5)
  }

  /// A float network is refused with every feature map that lacks a quantizer: one in front of each linear layer but the first,
  /// whose input has the source quantizer.
  @Test(arguments: floats)
  func floatNetworkIsNotCompiled(name: String) throws {
    let file = try path("\(name)_float.onnx")
    let graph = try ONNXNetwork.read(file).graph
    let linear = graph.nodes.filter { $0.op.parameters.contains { $0.name == "kernel" } }
    do {
      _ = try Compiler().compile(Frontends.read(file))
      Issue.record("it was compiled")
    } catch let problems as Diagnostics {
      let unquantized = Set(
        problems.errors.filter { $0.found.contains("reaches it unquantized") }.compactMap(\.location.layer))
      #expect(unquantized.isSuperset(of: linear.dropFirst().map(\.name)))
      #expect(problems.errors.allSatisfy { $0.location.file == file && $0.fix != nil })
    }
  }

  /// NCHW becomes NHWC without a transpose left.
  @Test(arguments: floats)
  func noTransposesAreLeft(name: String) throws {
    for kind in ["float", "qdq_s8_per_channel", "qdq_u8_per_tensor"] {
      let graph = try ONNXNetwork.read(path("\(name)_\(kind).onnx")).graph
      let transposes = graph.nodes.filter { $0.op is TransposeOp }
      #expect(transposes.map(\.name) == [], "\(name)_\(kind)")
    }
  }
}
