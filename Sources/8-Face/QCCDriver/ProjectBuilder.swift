import Backend
import Compiler
import Inference
import IntegerProgram
import Lowering
import Simulator
import Threads

/// A back end's project of a network, with test vectors from the simulator on seeded inputs.
package struct ProjectBuilder {
  package let compilation: Compilation

  package let backend: any Backend

  package init(_ compilation: Compilation, backend: any Backend) {
    self.compilation = compilation
    self.backend = backend
  }

  /// Of the drawn samples: the most and least by turns, and one at random.
  private static let vectorSamples = 3..<5

  package func project() throws -> Project {
    let vectors = Later { [self] in Result { try simulated() } }
    let project: Project
    do {
      project = try backend.project(compilation.schedule, vectors: (try? vectors.value.get()) ?? TestVectors())
    } catch {
      throw error.inFile(compilation.model.graph.file)
    }
    _ = try vectors.value.get()
    return project
  }

  /// On seeded inputs.
  private func simulated() throws -> TestVectors {
    let network = compilation.network
    let inputs = try NetworkInputs(drawnFor: network, samples: Self.vectorSamples.upperBound, seed: 1)
    let codes = network.codes(of: inputs, samples: Self.vectorSamples)
    let simulated = try PreparedProgram(network.program).run(
      codes.byInput.map { .int64($0) }, samples: Self.vectorSamples.count, keeping: .all, threads: 1)
    let program = network.program
    let samples = (0..<simulated.samples).map { sample in
      TestVectors.Sample(
        inputs: codes.bySample[sample],
        outputs: program.outputs.map { simulated.codes(of: $0.tensor, sample: sample) },
        checksums: program.tensors.indices.map { simulated.checksum(of: TensorID($0), sample: sample) })
    }
    return TestVectors(samples: samples)
  }
}
