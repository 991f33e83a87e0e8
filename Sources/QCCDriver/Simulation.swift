import Arrays
import Diagnostics
import Lowering
import Simulator

/// Runs a network on given inputs as the accelerator would.
package struct Simulation {
  package struct Output: Sendable {
    package var name: String
    /// [samples, …]
    package var shape: [Int]
    package var codes: [Double]
    /// The numbers that the codes stand for.
    package var values: [Double]
  }

  package let outputs: [Output]

  /// - Throws: `Diagnostics` where inputs cannot be read or do not fit.
  package init(_ compilation: Compilation, inputs files: [String], threads: Int? = nil) throws {
    let network = compilation.network
    let inputs = try NetworkInputs(files: files, for: compilation.imported)
    let codes = network.codes(of: inputs, samples: 0..<inputs.samples)
    let simulated = try PreparedProgram(network.program).run(
      codes.byInput.map { .int64($0) }, samples: inputs.samples, threads: threads)
    outputs = zip(network.program.outputs, network.outputNodes).map { id, node in
      let tensor = network.program[id]
      var codes: [Double] = []
      var values: [Double] = []
      for sample in 0..<inputs.samples {
        simulated.forEachCode(of: id, sample: sample) { element, code in
          codes.append(Double(code))
          values.append(tensor.encoding.value(of: code, channel: element % tensor.shape.channels))
        }
      }
      return Output(
        name: tensor.name, shape: [inputs.samples] + network.graph[node].shape.extents, codes: codes, values: values)
    }
  }

  /// Writes the values to `path`, the codes beside them to `…_codes.npy`; several outputs get their names into the files'.
  ///
  /// - Returns: the files written.
  package func save(to path: String) throws -> [String] {
    guard !path.isEmpty, !path.hasSuffix("/"), !isFolder(path) else {
      throw Diagnostic("is a folder, not a file", at: .init(file: path), fix: "say a file, as -o \(path)/outputs.npy")
    }
    let stem = path.hasSuffix(".npy") ? String(path.dropLast(4)) : path
    var written: [String] = []
    for output in outputs {
      let name = outputs.count == 1 ? stem : "\(stem)_\(output.name.replacing("/", with: "_"))"
      for (suffix, numbers, type) in [("", output.values, NumericType.float64), ("_codes", output.codes, .int64)] {
        let file = "\(name)\(suffix).npy"
        do {
          try NpyFile.save(NumericArray(shape: output.shape, values: numbers), as: type, to: file)
        } catch {
          // All of them or none.
          written.forEach(removeTree)
          throw error
        }
        written.append(file)
      }
    }
    return written
  }
}
