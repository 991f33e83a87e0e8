import Arrays
import Compiler
import Diagnostics
import Files
import FloatReference
import Lowering
import QIR
import Quantization
import Simulator

/// Runs a network on given inputs, as the accelerator would or in the float reference. Axes are in the model file's order.
package struct Simulation {
  package struct Output: Sendable {
    package var name: String
    /// [samples, …]
    package var shape: [Int]
    /// The model's own, where its file has integers at the output, else the accelerator's, those behind which the host goes on;
    /// nil in the float reference.
    package var codes: NumericArray?
    /// The network's numbers.
    package var values: [Double]
  }

  package let outputs: [Output]
  /// What the program holds of the model's own tensors, in its order, where that was asked for.
  package private(set) var tensors: [Output] = []

  /// - Throws: `Diagnostics` where inputs cannot be read or do not fit.
  package init(
    _ compilation: Compilation, inputs files: [String], keepsTensors: Bool = false, threads: Int? = nil
  ) throws {
    let network = compilation.network
    let inputs = try NetworkInputs(files: files, for: compilation.model.graph)
    let codes = network.codes(of: inputs, samples: 0..<inputs.samples)
    let simulated = try PreparedProgram(network.program).run(
      codes.byInput.map { .int64($0) }, samples: inputs.samples, keeping: keepsTensors ? .all : .outputs,
      threads: threads)
    outputs = network.program.outputs.enumerated().map { index, output in
      let node = network.graph[network.graph.outputs[index]]
      let source = network.graph[network.outputNodes[index]]
      let samples = 0..<inputs.samples
      let values = samples.flatMap { node.inFileOrder(simulated.values(of: output, sample: $0)) }
      let codes =
        if let format = network.graph.fileFormats[node.identity] {
          // The file's own, whatever the accelerator's are.
          NumericArray(shape: [inputs.samples] + node.fileShape.extents, values: values.map(format.code(of:)))
        } else {
          NumericArray(
            shape: [inputs.samples] + source.fileShape.extents,
            values: samples.flatMap {
              source.inFileOrder(simulated.codes(of: output.tensor, sample: $0)).map(Double.init)
            })
        }
      return Output(
        name: output.name, shape: [inputs.samples] + node.fileShape.extents, codes: codes, values: values)
    }
    guard keepsTensors else { return }
    let nodes = compilation.model.graph.nodesByIdentity
    tensors = network.meanings.compactMap { meaning in
      let lowered = network.graph[meaning.node]
      guard let id = nodes[lowered.identity],
        meaning.quantization != nil || network.graph.fileFormats[lowered.identity] != nil
      else { return nil }
      let held = (0..<inputs.samples).map { simulated.codes(of: meaning.tensor, sample: $0) }
      let values = held.flatMap { lowered.inFileOrder(meaning.encoding.values(of: $0)) }
      let codes =
        network.graph.fileFormats[lowered.identity].map { format in values.map(format.code(of:)) }
        ?? held.flatMap { lowered.inFileOrder($0.map(Double.init)) }
      let shape = [inputs.samples] + lowered.fileShape.extents
      return Output(
        name: compilation.model.graph[id].name, shape: shape, codes: NumericArray(shape: shape, values: codes),
        values: values)
    }
  }

  /// Runs a graph as it was read in double precision, quantized or not.
  ///
  /// - Throws: `Diagnostics` where inputs cannot be read or do not fit.
  package init(reference graph: Graph, inputs files: [String]) throws {
    let inputs = try NetworkInputs(files: files, for: graph)
    let reference = FloatReference(graph)
    var values = [[Double]](repeating: [], count: graph.outputs.count)
    for sample in 0..<inputs.samples {
      let numbers = graph.inputs.map { id in
        (id, Array(inputs.sample(sample, of: graph[id])))
      }
      let results = reference.run(Dictionary(uniqueKeysWithValues: numbers))
      for (index, output) in graph.outputs.enumerated() {
        values[index] += graph[output].inFileOrder(results[output.index])
      }
    }
    outputs = zip(graph.outputNames, zip(graph.outputs, values)).map { name, output in
      let (output, values) = output
      return Output(
        name: name, shape: [inputs.samples] + graph[output].fileShape.extents, codes: nil, values: values)
    }
  }

  /// Writes the values to `path`, codes beside them to `…_codes.npy`; several outputs get their names into the files'. A
  /// device or a pipe takes the values of one output.
  ///
  /// - Parameter folder: where the codes of `tensors` go, each in a file of its name.
  /// - Returns: the files written.
  package func save(to path: String, tensors folder: String? = nil) throws -> [String] {
    try require(
      !path.isEmpty && !path.hasSuffix("/") && FileStatus(path, followingLinks: true)?.kind != .folder,
      "is a folder, not a file", at: .init(file: path), fix: "say a file, as -o \(path)/outputs.npy")
    let isStream = OutputFile.isStream(path)
    try require(
      !isStream || outputs.count == 1, "is a device or a pipe, and the network has \(outputs.count) outputs",
      at: .init(file: path), supported: "the values of one output", fix: "say a file with -o")
    let stem = path.hasSuffix(".npy") ? String(path.dropLast(4)) : path
    var files: [(path: String, bytes: [UInt8])] = []
    for output in outputs {
      let name = outputs.count == 1 ? stem : "\(stem)_\(output.name.inFileName)"
      let values = NumericArray(shape: output.shape, values: output.values)
      let codes = output.codes.map { [("_codes", $0, NumericType.int64)] } ?? []
      for (suffix, numbers, type) in [("", values, .float64)] + codes {
        files.append((isStream ? path : "\(name)\(suffix).npy", try NpyFile.encode(numbers, as: type)))
        if isStream { break }
      }
    }
    if let folder {
      for tensor in tensors {
        guard let codes = tensor.codes else { continue }
        files.append(("\(folder)/\(tensor.name.inFileName).npy", try NpyFile.encode(codes, as: .int64)))
      }
    }
    try OutputFile.write(files)
    return files.map(\.path)
  }
}

extension LoweredNetwork {
  /// The program's input codes of some samples, by program input and by sample.
  package func codes(
    of inputs: NetworkInputs, samples: Range<Int>
  ) -> (byInput: [[Int64]], bySample: [[[Int64]]]) {
    let bySample = samples.map { sample in
      self.inputs.map { input in
        input.codes(of: inputs.sample(sample, of: graph[input.graphInput]))
      }
    }
    return (self.inputs.indices.map { index in bySample.flatMap { $0[index] } }, bySample)
  }
}

extension String {
  fileprivate var inFileName: String { replacing("/", with: "_") }
}

extension CodeFormat {
  /// The code whose value this is.
  fileprivate func code(of value: Double) -> Double { (value / scale.double).rounded() + Double(zeroPoint) }
}

extension LoweredNetwork.Input {
  /// The program's codes of one sample.
  func codes(of values: ArraySlice<Double>) -> [Int64] {
    quantization.quantizers.forEachElement(of: values.count) { quantizer, element in
      quantizer.exactCode(of: values[values.startIndex + element]) - quantization.codeShift
    }
  }
}
