import Arrays
import Compiler
import Diagnostics
import Files
import Foundation
import Frontends
import Inference
import TFLite
import TFLiteImport
import Testing
import TestSupport
import Verify

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

  /// Networks that keep state give, step by step, what the interpreter gives that keeps it (Tests/tflite-streaming.py): what one run hands
  /// out behind the network's outputs the next one gets behind its inputs.
  @Test(arguments: ["depthwise", "floats", "keywords"]) func keepsState(_ network: String) throws {
    let file = "\(Self.folder)/streaming/\(network)"
    let compilation = try Compiler().compile(Frontends.read("\(file).tflite"))
    let graph = compilation.model.graph
    let (steps, expected) = (try NpyFile.load("\(file).x.npy"), try NpyFile.load("\(file).y.npy"))
    #expect(compilation.remarks.contains { $0.found.hasPrefix("the network keeps state") })
    var inputs = graph.inputs.map { id in
      let zero = graph.fileFormats[graph[id].identity]?.zeroPoint ?? 0
      return Array(repeating: Double(zero), count: graph[id].shape.elements)
    }
    var found: [Double] = []
    try Folder.with { folder in
      for step in 0..<steps.shape[0] {
        inputs[0] = Array(steps.values[(step * inputs[0].count)..<((step + 1) * inputs[0].count)])
        let files = try zip(graph.inputs, inputs).map { id, numbers in
          let node = graph[id]
          let file = "\(folder)/\(id.index).npy"
          let type = graph.fileFormats[node.identity] == nil ? NumericType.float32 : .int8
          let array = NumericArray(shape: [1] + node.shape.extents, values: numbers)
          try OutputFile.write(NpyFile.encode(array, as: type), to: file)
          return "\(node.name)=\(file)"
        }
        let outputs = try Simulation(compilation, inputs: files).outputs
        func numbers(_ output: Int) -> [Double] {
          let isCodes = graph.fileFormats[graph[graph.outputs[output]].identity] != nil
          return isCodes ? outputs[output].codes?.values ?? [] : outputs[output].values
        }
        #expect(outputs.dropFirst().map(\.name) == graph.inputs.dropFirst().map { "\(graph[$0].name)/next" })
        found += numbers(0)
        for state in 1..<inputs.count { inputs[state] = numbers(state) }
      }
    }
    #expect(found.map(Float.init) == expected.values.map(Float.init))
  }

  /// How many codes `verify` finds that are not next to the exact product, counted from the kernel's own codes.
  @Test func distanceFromTheExactFunction() throws {
    let file = "\(Self.folder)/product_of_columns"
    let model = try TFLiteFile.read("\(file).tflite")
    let graph = model.subgraphs[0]
    let (map, constant) = (graph.tensors[graph.operators[0].inputs[0]], graph.tensors[graph.operators[0].inputs[1]])
    let result = graph.tensors[graph.operators[0].outputs[0]]
    let numbers = model.bytes[try #require(model.buffers[constant.buffer])].map { Int8(bitPattern: $0) }
    #expect(numbers.count == 8 && map.shape == [1, 7, 8, 3])
    let factor = Double(map.scales[0]) * Double(constant.scales[0]) / Double(result.scales[0])
    let (codes, results) = (try NpyFile.load("\(file).x.npy"), try NpyFile.load("\(file).y.npy"))
    let differing = codes.values.indices.count { element in
      let column = element / 3 % 8
      let product =
        (codes.values[element] - Double(map.zeroPoints[0])) * Double(Int64(numbers[column]) - constant.zeroPoints[0])
      let position = min(max(product * factor + Double(result.zeroPoints[0]), -128), 127)
      return abs(results.values[element] - position) > 0.5 + 1e-9
    }
    var options = Verifier.Options()
    options.inputs = ["\(file).x.npy"]
    options.emitted = false
    let report = try Verifier(Compiler().compile(Frontends.read("\(file).tflite")), options: options).report()
    let distance = try #require(report.tensors.compactMap(\.fromExactFunction).first)
    #expect(differing > 0 && distance.differing == differing && distance.most == 1)
  }

  /// A damaged file whose scales are 10^30 apart: codes beyond all integers are the ends of their range.
  @Test func distanceOfScalesThatAreFarApart() throws {
    try Folder.with { folder in
      let file = "\(folder)/m.tflite"
      try FileManager.default.copyItem(
        atPath: Repository.path("testdata/fuzz/crashes/tflite/scales_far_apart"), toPath: file)
      var options = Verifier.Options()
      options.emitted = false
      let report = try Verifier(Compiler().compile(Frontends.read(file)), options: options).report()
      #expect(report.bitExact && report.tensors.contains { $0.fromExactFunction != nil })
    }
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
