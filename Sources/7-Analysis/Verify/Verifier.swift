import Backend
import CEmitter
import Compiler
import Diagnostics
import Inference
import Presentation
import QIR
import Quantization
import Simulator
import Threads

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
    /// Whether to build and run what back ends emit: nil where a compiler is found.
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

  /// - Parameter progress: told how many samples are done, of how many.
  /// - Throws: `Diagnostic` or `Diagnostics` where inputs cannot be read, or the C cannot be compiled or run.
  package func report(progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }) throws -> VerifyReport {
    let network = compilation.network
    let inputs = try networkInputs()
    let labels = try options.labels.map { file in
      try Labels(
        file, samples: inputs.samples, output: compilation.model.graph[compilation.model.graph.outputs[0]],
        fix: options.inputs.isEmpty ? "say --inputs with the samples that they belong to" : nil)
    }
    let prepared = try PreparedProgram(network.program)
    var reference = ReferenceComparison(compilation)
    let backends = try self.backends()
    var emitted = try backends.map { try EmittedComparison(compilation, backend: $0) }
    var outputs: [[Double]] = []
    let batch = min(prepared.batchSize(keeping: .all), 64)
    for first in stride(from: 0, to: inputs.samples, by: batch) {
      let codes = network.codes(of: inputs, samples: first..<min(first + batch, inputs.samples))
      let simulated = try prepared.run(
        codes.byInput.map { .int64($0) }, samples: codes.bySample.count, keeping: .all, threads: options.threads)
      reference.compare(
        from: first, inputs: inputs, simulated: simulated, threads: options.threads ?? processorCount)
      for index in emitted.indices {
        try emitted[index].compare(from: first, inputs: codes.bySample, simulated: simulated)
      }
      if labels != nil, let output = network.program.outputs.first {
        outputs += (0..<simulated.samples).map { simulated.values(of: output, sample: $0) }
      }
      progress(first + simulated.samples, inputs.samples)
    }
    let golden = try options.golden.map { try GoldenComparison(compilation.model.graph, file: $0, inputs: inputs) }
    return VerifyReport(
      samples: inputs.samples, tensors: reference.tensors, unpaired: reference.unpaired.count,
      proofs: .init(
        channels: network.proofs.reduce(0) { $0 + $1.channels }, proved: network.proofs.reduce(0) { $0 + $1.proved }),
      golden: golden?.report,
      emitted: emitted.isEmpty
        ? nil
        : .init(ran: emitted.allSatisfy(\.report.ran), mismatches: emitted.reduce(0) { $0 + $1.report.mismatches }),
      notCompared: notCompared(reference, golden, backends) + (golden == nil ? [] : roundedInputs(of: inputs)),
      accuracy: labels.map { labels in
        .init(reference: labels.accuracy(of: reference.outputs), accelerator: labels.accuracy(of: outputs))
      },
      firstDifference: reference.firstDifference ?? golden?.firstDifference
        ?? emitted.lazy.compactMap(\.firstDifference).first)
  }

  /// Those whose projects are built and run.
  private func backends() throws -> [any Backend] {
    guard options.emitted ?? (Subprocess.compiler != nil) else { return [] }
    let compiler = try require(
      Subprocess.compiler, "no C compiler is found", fix: "install one, name it in CC, or say --no-emitted")
    return [CEmitter(compiler: compiler)]
  }

  private func networkInputs() throws -> NetworkInputs {
    if !options.inputs.isEmpty { return try NetworkInputs(files: options.inputs, for: compilation.model.graph) }
    if let golden = options.golden { return try NetworkInputs(golden: golden, for: compilation.model.graph) }
    return try NetworkInputs(drawnFor: compilation.network, samples: options.samples, seed: options.seed)
  }

  /// A golden file is what the model makes of its inputs as they are; where they got a quantizer, the program has other numbers.
  private func roundedInputs(of inputs: NetworkInputs) -> [String] {
    let (reference, model) = (compilation.reference, compilation.model.graph.nodesByIdentity)
    return reference.ids.compactMap { id in
      guard let op = reference[id].op as? QuantizeOp, model[reference[id].identity] == nil else { return nil }
      let input = reference[reference[id].inputs[0]]
      guard input.op is InputOp else { return nil }
      let rounded = (0..<inputs.samples).reduce(0) { rounded, sample in
        rounded
          + inputs.sample(sample, of: input).enumerated().count(where: { index, value in
            let quantizer = op.quantizers[index % op.quantizers.count]
            return quantizer.format.value(of: quantizer.exactCode(of: value)) != value
          })
      }
      guard rounded > 0 else { return nil }
      return
        "the accelerator on \(grouped(rounded)) of \(grouped(inputs.samples * input.shape.elements)) numbers of input '\(input.name)' as the golden file has "
        + "them: it gets the nearest of \(op.description), which the model does not have"
    }
  }

  private func notCompared(
    _ reference: ReferenceComparison, _ golden: GoldenComparison?, _ backends: [any Backend]
  ) -> [String] {
    var left = golden?.notCompared ?? []
    if !reference.unpaired.isEmpty {
      left.append(
        "\(reference.unpaired.quotedList) with the reference, which does not have what passes made on the way")
    }
    if backends.isEmpty, options.emitted == nil {
      left.append("the emitted C: no C compiler is found (install one, or name it in CC)")
    }
    return left
  }
}
