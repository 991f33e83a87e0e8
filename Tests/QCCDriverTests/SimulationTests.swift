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

  /// The classifier's logits, of QKeras and of the accelerator; the files hold what `outputs` does.
  @Test func logits() throws {
    let golden = TestFiles.golden("digits_dense")
    let simulation = try Simulation(CompiledNetwork("digits_dense").compilation, inputs: ["\(golden):x"])
    let output = try #require(simulation.outputs.first)
    #expect(output.shape == [8, 10])
    let wanted = try ArrayFile.load("\(golden):layers/classifier").values
    let largest = wanted.map(abs).max() ?? 0
    for (value, wanted) in zip(output.values, wanted) { #expect(abs(value - wanted) <= 1e-5 * largest) }
    let folder = try Folder()
    let files = try simulation.save(to: folder.path + "/logits.npy")
    #expect(files == ["logits", "logits_codes"].map { "\(folder.path)/\($0).npy" })
    let saved = try files.map { try ArrayFile.load($0) }
    #expect(saved.map(\.shape) == [[8, 10], [8, 10]])
    #expect(saved[0].values == output.values)
    #expect(saved[1].values == output.codes)
    #expect(saved[1].values.allSatisfy { $0 == $0.rounded() })
  }

  @Test func severalOutputs() throws {
    let golden = TestFiles.golden("zoo/two_outputs")
    let simulation = try Simulation(CompiledNetwork("zoo/two_outputs").compilation, inputs: ["\(golden):x"])
    #expect(simulation.outputs.map(\.shape) == [[4, 3], [4, 2, 2, 2]])
    for (output, layer) in zip(simulation.outputs, ["fc", "a1"]) {
      let wanted = try ArrayFile.load("\(golden):layers/\(layer)").values
      #expect(zip(output.values, wanted).allSatisfy { abs($0 - $1) < 1e-4 }, "\(layer)")
    }
    let folder = try Folder()
    #expect(try simulation.save(to: folder.path + "/y.npy").count == 4)
  }
}
