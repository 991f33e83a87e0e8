import Arrays
import Compiler
import Frontends
import Inference
import Testing
import TestSupport
import Verify

/// ONNX networks of every kind of quantizer and integer operator against what ONNX Runtime and the qonnx executor make of them
/// (testdata/onnx/quantized.py).
@Suite struct QuantizedONNXTests {
  private static let folder = "\(Repository.testdata)/onnx/quantized"
  static let networks = Repository.files(in: folder, ending: ".onnx").map { String($0.dropLast(5)) }

  @Test func thereAreNetworks() {
    #expect(Self.networks.count >= 60)
  }

  @Test(arguments: networks) func isExact(_ name: String) throws {
    let compilation = try Compiler().compile(Frontends.read("\(Self.folder)/\(name).onnx"))
    var options = Verifier.Options()
    options.threads = 1
    options.golden = "\(Self.folder)/\(name).golden.h5"
    let report = try Verifier(compilation, options: options).report()
    #expect(report.bitExact, "\(String(describing: report.firstDifference))")
    #expect(report.proofs.proved == report.proofs.channels)
    #expect(report.golden.map { $0.elements > 0 && $0.mismatches == 0 } == true)
    #expect(report.emitted?.mismatches == 0)
  }

  /// Networks whose numbers are float32 numbers all the way: ONNX Runtime's codes are the exact ones, ties too.
  @Test(arguments: networks.filter { $0.hasPrefix("ties_") }) func decidesTies(_ name: String) throws {
    let golden = "\(Self.folder)/\(name).golden.h5"
    let simulation = try Simulation(
      Compiler().compile(Frontends.read("\(Self.folder)/\(name).onnx")), inputs: ["\(golden):x"])
    #expect(!simulation.outputs.isEmpty)
    for output in simulation.outputs {
      #expect(try output.codes?.values == ArrayFile.load("\(golden):tensors/\(output.name)").values)
    }
  }

  /// Every output as the file names it, in its shape.
  @Test func simulatesWhatONNXRuntimeHandsOut() throws {
    let golden = "\(Self.folder)/qdq_outputs.golden.h5"
    let compilation = try Compiler().compile(Frontends.read("\(Self.folder)/qdq_outputs.onnx"))
    let outputs = try Simulation(compilation, inputs: ["\(golden):x"]).outputs
    #expect(outputs.count == 17)
    for output in outputs {
      let isCodes = output.name == "t16_QuantizeLinear"
      let wanted = try ArrayFile.load("\(golden):\(isCodes ? "tensors" : "layers")/\(output.name)")
      #expect(output.shape == wanted.shape, "\(output.name)")
      let bound = (wanted.values.map(abs).max() ?? 0) * 1e-5
      let distances = zip(output.values, wanted.values).map { abs($0 - $1) }
      #expect(distances.allSatisfy { $0 <= bound }, "\(output.name)")
    }
  }
}
