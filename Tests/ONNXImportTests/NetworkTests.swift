import FloatReference
import Foundation
import HDF5
import ONNXImport
import QIR
import Testing
import TestSupport

/// Networks as exporters write them give in the float reference what ONNX Runtime gives (testdata/onnx/operators/make.py).
@Suite struct NetworkTests {
  static let folder = Repository.path("testdata/onnx/operators")
  static let networks = Repository.files(in: folder, ending: ".onnx").map { String($0.dropLast(5)) }

  @Test func everyNetworkHasGoldenOutputs() throws {
    let golden = try H5File("\(Self.folder)/golden.h5").root.groups.map(\.name)
    #expect(golden == Self.networks)
    #expect(golden.count >= 19)
  }

  @Test(arguments: networks)
  func equalsONNXRuntime(network: String) throws {
    let golden = try H5File("\(Self.folder)/golden.h5").root.group(network)
    let graph = try ONNXNetwork.read("\(Self.folder)/\(network).onnx").graph
    let inputs = try graph.inputs.map { try golden.dataset("inputs/\(graph[$0].name)").doubles }
    let expected = try graph.outputs.map { try golden.dataset("outputs/\(graph[$0].name)").doubles }
    #expect(try golden.group("outputs").datasets.count == expected.count)
    let found = Samples.run(graph, inputs)
    for (output, (found, expected)) in zip(graph.outputs, zip(found, expected)) {
      #expect(found.count == expected.count)
      let worst = zip(found, expected).map { abs($0 - $1) / max(1, abs($1)) }.max() ?? .infinity
      #expect(worst <= 1e-5, "\(graph[output].name): \(worst)")
    }
  }

  /// What no output needs is not there: inputs neither.
  @Test func unusedInputsAreRemoved() throws {
    let model = try ONNXNetwork.read("\(Self.folder)/unused_opset15.onnx")
    #expect(model.graph.inputs.map { model.graph[$0].name } == ["x"])
    #expect(!model.graph.nodes.contains { model.provenance.className(of: $0) == "NonZero" })
  }
}

/// Many samples through the float reference, axes as the model file has them.
enum Samples {
  static func run(_ graph: Graph, _ inputs: [[Double]]) -> [[Double]] {
    let reference = FloatReference(graph)
    let samples = inputs[0].count / graph[graph.inputs[0]].shape.elements
    var outputs = graph.outputs.map { _ in [Double]() }
    for sample in 0..<samples {
      var given: [NodeID: [Double]] = [:]
      for (id, values) in zip(graph.inputs, inputs) {
        let count = graph[id].shape.elements
        given[id] = graph[id].fromFileOrder(Array(values[(sample * count)..<((sample + 1) * count)]))
      }
      let results = reference.run(given)
      for (index, id) in graph.outputs.enumerated() { outputs[index] += graph[id].inFileOrder(results[id.index]) }
    }
    return outputs
  }
}
