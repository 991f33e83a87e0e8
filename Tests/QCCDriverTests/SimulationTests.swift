import Arrays
import HDF5
import Inference
import Testing
import TestSupport

/// What `simulate` and `--labels` give, against what QKeras says.
@Suite struct SimulationTests {
  @Test(arguments: [
    "digits_conv", "digits_conv_affine", "digits_conv_auto", "digits_conv_auto_po2", "digits_dense",
  ])
  func accuracy(_ name: String) throws {
    let report = try CompiledNetwork(name).verify {
      $0.inputs = [Repository.testdata + "/digits_x.npy"]
      $0.labels = Repository.testdata + "/digits_labels.npy"
      $0.threads = nil
    }
    #expect(report.bitExact)
    #expect(report.samples == 450)
    let accuracy = try #require(report.accuracy)
    #expect(accuracy.reference > 0.95)
    #expect(accuracy.accelerator == accuracy.reference)
  }

  /// The classifier's probabilities, and its logits as codes, of QKeras and of the accelerator; the files hold what `outputs`
  /// does.
  @Test func probabilities() throws {
    let golden = TestFiles.golden("digits_dense")
    let network = try CompiledNetwork("digits_dense")
    let simulation = try Simulation(network.compilation, inputs: ["\(golden):x"])
    let output = try #require(simulation.outputs.first)
    #expect(output.shape == [8, 10])
    let codes = try #require(output.codes?.values.map { Int64($0) })
    let logits = try #require(network.compilation.network.program.outputs.first?.encoding.values(of: codes))
    for (values, layer) in [(output.values, "softmax"), (logits, "classifier")] {
      let wanted = try ArrayFile.load("\(golden):layers/\(layer)").values
      let largest = wanted.map(abs).max() ?? 0
      for (value, wanted) in zip(values, wanted) { #expect(abs(value - wanted) <= 1e-5 * largest, "\(layer)") }
    }
    let folder = try Folder()
    let files = try simulation.save(to: folder.path + "/logits.npy")
    #expect(files == ["logits", "logits_codes"].map { "\(folder.path)/\($0).npy" })
    let saved = try files.map { try ArrayFile.load($0) }
    #expect(saved.map(\.shape) == [[8, 10], [8, 10]])
    #expect(saved[0].values == output.values)
    #expect(saved[1].values == output.codes?.values)
    #expect(saved[1].values.allSatisfy { $0 == $0.rounded() })
  }

  /// Inputs are quantized behind what the model makes of single numbers first: no code differs from QKeras'.
  @Test func functionsOfInputs() throws {
    let golden = TestFiles.golden("zoo/functions_of_inputs")
    let network = try CompiledNetwork("zoo/functions_of_inputs")
    #expect(network.compilation.remarks.isEmpty, "nothing is said of an input without a quantizer")
    let found = try #require(Simulation(network.compilation, inputs: ["\(golden):x"]).outputs.first)
    let wanted = try ArrayFile.load("\(golden):layers/a1")
    #expect(found.values == wanted.values && Set(wanted.values).count > 8)
  }

  /// Every output of a model under its name, with what the host computes behind accumulators, equal to QKeras' numbers.
  @Test(arguments: [
    ("two_outputs", ["fc", "a1"]),
    (
      "outputs_of_functions",
      [
        "probabilities", "fc", "leaky", "sigmoid", "codes", "hard", "pixels", "mean", "steps", "swish", "mean_norm",
      ]
    ),
    ("outputs_inside", ["input_q", "a0", "pool", "c0", "norm", "fc", "a0_1"]),
  ])
  func severalOutputs(_ name: String, _ names: [String]) throws {
    let golden = TestFiles.golden("zoo/\(name)")
    let network = try CompiledNetwork("zoo/\(name)")
    let simulation = try Simulation(network.compilation, inputs: ["\(golden):x"])
    #expect(simulation.outputs.map(\.name) == names)
    for (output, node) in zip(simulation.outputs, network.compilation.model.graph.outputs) {
      let wanted = try ArrayFile.load("\(golden):layers/\(network.compilation.model.graph[node].name)")
      #expect(output.shape == wanted.shape)
      let largest = wanted.values.map(abs).max() ?? 0
      for (value, wanted) in zip(output.values, wanted.values) {
        #expect(abs(value - wanted) <= 1e-5 * largest, "\(output.name)")
      }
    }
    let folder = try Folder()
    let files = names.flatMap { ["y_\($0)", "y_\($0)_codes"] }.map { "\(folder.path)/\($0).npy" }
    #expect(try simulation.save(to: folder.path + "/y.npy") == files)
  }
}
