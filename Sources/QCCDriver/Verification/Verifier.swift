import Arrays
import Diagnostics
import IntegerProgram
import Lowering
import Reports
import Simulator

/// Is the program exactly the network that was trained? The float reference, the simulator, the compiled C and a golden file
/// are compared code by code.
package struct Verifier {
  package struct Options: Sendable {
    /// `.npy` files or HDF5 datasets, one per network input; empty: drawn.
    package var inputs: [String] = []
    /// An HDF5 file of another program's outputs; its dataset `x` gives the inputs.
    package var golden: String?
    /// Labels of the samples, integers, as `.npy` or HDF5 dataset.
    package var labels: String?
    /// Whether to compile and run the C: nil where a compiler is found.
    package var emitted: Bool?
    /// How many samples are drawn.
    package var samples = 12
    package var seed: UInt64 = 1
    package var threads: Int?

    package init() {}
  }

  package let compilation: Compilation
  package let options: Options

  package init(_ compilation: Compilation, options: Options) {
    self.compilation = compilation
    self.options = options
  }

  /// - Throws: `Diagnostic` or `Diagnostics` where inputs cannot be read, or the C cannot be compiled or run.
  package func report() throws -> VerifyReport {
    let network = compilation.network
    let inputs = try networkInputs()
    let codes = network.codes(of: inputs)
    let prepared = try PreparedProgram(network.program)
    let simulated = try prepared.run(
      codes.byInput.map { .int64($0) }, samples: inputs.samples, keeping: .all, threads: options.threads)
    let reference = ReferenceComparison(compilation, inputs: inputs, simulated: simulated)
    var report = VerifyReport(
      samples: inputs.samples, tensors: reference.tensors,
      proofs: .init(
        channels: network.proofs.reduce(0) { $0 + $1.channels }, proved: network.proofs.reduce(0) { $0 + $1.proved }))
    var differences = [reference.firstDifference]
    if let file = options.golden {
      let golden = try GoldenComparison(compilation.imported, file: file, inputs: inputs)
      report.golden = golden.report
      differences.append(golden.firstDifference)
    }
    if options.emitted ?? (Subprocess.compiler != nil) {
      guard let compiler = Subprocess.compiler else {
        throw Diagnostic("no C compiler is found", fix: "install one, name it in CC, or say --no-emitted")
      }
      let emitted = try EmittedComparison(
        compilation, inputs: codes.bySample, simulated: simulated, compiler: compiler)
      report.emitted = emitted.report
      differences.append(emitted.firstDifference)
    }
    if let labels = options.labels {
      report.accuracy = try accuracy(labels, reference: reference.outputs, simulated: simulated)
    }
    return VerifyReport(
      samples: report.samples, tensors: report.tensors, proofs: report.proofs, golden: report.golden,
      emitted: report.emitted, accuracy: report.accuracy,
      firstDifference: differences.compactMap { $0 }.first)
  }

  private func networkInputs() throws -> NetworkInputs {
    if !options.inputs.isEmpty { return try NetworkInputs(files: options.inputs, for: compilation.imported) }
    if let golden = options.golden {
      let graph = compilation.imported
      let names = graph.inputs.map { graph[$0].name }
      let files = names.count == 1 ? ["\(golden):x"] : names.map { "\($0)=\(golden):x/\($0)" }
      return try NetworkInputs(files: files, for: graph)
    }
    return NetworkInputs(drawnFor: compilation.network, samples: options.samples, seed: options.seed)
  }

  private func accuracy(
    _ labels: String, reference: [[Double]], simulated: SimulationResult
  ) throws -> VerifyReport.Accuracy {
    let array = try ArrayFile.load(labels)
    guard array.values.count == simulated.samples else {
      throw Diagnostic(
        "\(array.values.count) labels for \(simulated.samples) samples", at: .init(file: labels),
        supported: "one class number per sample")
    }
    guard let output = compilation.network.program.outputs.first else {
      return .init(reference: 0, accelerator: 0)
    }
    let tensor = compilation.network.program[output]
    func rate(_ values: (Int) -> [Double]) -> Double {
      let right = (0..<simulated.samples).count { sample in
        let numbers = values(sample)
        let best = numbers.indices.max { numbers[$0] < numbers[$1] } ?? 0
        return Double(best) == array.values[sample]
      }
      return Double(right) / Double(simulated.samples)
    }
    return .init(
      reference: rate { reference[$0] },
      accelerator: rate { sample in
        simulated.codes(of: output, sample: sample).enumerated().map { element, code in
          tensor.encoding.value(of: code, channel: element % tensor.shape.channels)
        }
      })
  }
}

extension LoweredNetwork {
  /// The program's input codes of all samples, by program input and by sample.
  func codes(of inputs: NetworkInputs) -> (byInput: [[Int64]], bySample: [[[Int64]]]) {
    let bySample = (0..<inputs.samples).map { sample in
      self.inputs.map { input in
        let node = graph[input.graphInput]
        return input.codes(of: inputs.sample(sample, of: node.name, elements: node.shape.elements))
      }
    }
    return (self.inputs.indices.map { index in bySample.flatMap { $0[index] } }, bySample)
  }
}
