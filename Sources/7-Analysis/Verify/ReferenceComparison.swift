import Compiler
import FloatReference
import Inference
import IntegerProgram
import Lowering
import Numbers
import QIR
import Quantization
import Simulator
import Threads

/// Simulated codes against the float reference, tensor by tensor. Every node of the reference is fed with the values of the
/// simulator's codes where there are any, so that a difference is counted where it is made and nowhere else.
struct ReferenceComparison {
  private(set) var tensors: [VerifyReport.TensorComparison]
  /// The tensors of the program that the reference does not have, because a pass made them.
  let unpaired: [String]
  private(set) var firstDifference: VerifyReport.Difference?
  /// The reference's values of the network's first output, by sample.
  private(set) var outputs: [[Double]] = []

  private let graph: Graph
  private let reference: FloatReference
  private let nearest: NearestDistance
  /// What the program holds of the reference's nodes, in the program's order.
  private let checks: [TensorCheck]
  /// The check of each node that has one.
  private let checkOfNode: [NodeID: Int]
  /// Outputs that are no tensor of the program, because the host goes on behind one, and where `tensors` counts them.
  private let hostOutputs: [(output: ProgramOutput, node: NodeID, row: Int)]

  init(_ compilation: Compilation) {
    graph = compilation.reference
    reference = FloatReference(graph)
    nearest = NearestDistance(graph, reference: reference)
    var checks: [TensorCheck] = []
    var checkOfNode: [NodeID: Int] = [:]
    var names: [String] = []
    var unpairedNodes: [NodeID] = []
    let nodes = graph.nodesByIdentity
    for meaning in compilation.network.meanings {
      guard let node = nodes[compilation.network.graph[meaning.node].identity] else {
        unpairedNodes.append(meaning.node)
        continue
      }
      checkOfNode[node] = checks.count
      checks.append(TensorCheck(meaning: meaning))
      names.append(graph[node].name)
    }
    unpaired = unpairedNodes.map { compilation.network.graph[$0].name }
    self.checks = checks
    self.checkOfNode = checkOfNode
    hostOutputs = zip(compilation.network.program.outputs, graph.outputs).filter { checkOfNode[$1] == nil }.enumerated()
      .map { ($0.element.0, $0.element.1, checks.count + $0.offset) }
    tensors = (names + hostOutputs.map(\.output.name)).map { .init(name: $0) }
  }

  /// Compares the samples from `first` on with what was simulated of them.
  mutating func compare(from first: Int, inputs: NetworkInputs, simulated: SimulationResult, threads: Int) {
    var found = [Sample?](repeating: nil, count: simulated.samples)
    let comparison = self
    found.withUnsafeMutableBufferPointer { found in
      nonisolated(unsafe) let found = found
      let workers = max(1, min(threads, simulated.samples))
      onThreads(workers) { worker in
        for index in stride(from: worker, to: simulated.samples, by: workers) {
          found[index] = comparison.sample(index, first + index, inputs, simulated)
        }
      }
    }
    for case let sample? in found {
      for (row, counts) in sample.results { tensors[row] += counts }
      for (row, distance) in sample.distances {
        tensors[row].fromExactFunction = (tensors[row].fromExactFunction ?? .init()) + distance
      }
      if firstDifference == nil { firstDifference = sample.firstDifference }
      outputs.append(sample.output)
    }
  }

  private struct Sample {
    /// By row of `tensors`.
    var results: [(row: Int, counts: VerifyReport.Comparison)] = []
    var distances: [(row: Int, distance: VerifyReport.Distance)] = []
    var firstDifference: VerifyReport.Difference?
    var output: [Double] = []
  }

  /// Sample `number` of the inputs, which is sample `index` of the simulated ones.
  private func sample(
    _ index: Int, _ number: Int, _ inputs: NetworkInputs, _ simulated: SimulationResult
  ) -> Sample {
    var sample = Sample()
    var values = [[Double]](repeating: [], count: graph.nodes.count)
    // How far they may be from the exact ones.
    var errors = values
    var numbers: NearestDistance.Numbers = [:]
    var codesOfNode: [NodeID: (codes: [Int64], quantization: ProgramQuantization)] = [:]
    let graph = graph
    let exact = ExactReference(graph) { id in
      if graph[id].op is InputOp { return { Rational(values[id.index][$0]) } }
      guard let (codes, quantization) = codesOfNode[id] else { return nil }
      return { TensorCheck.exactValue(of: codes[$0], channel: $0 % quantization.quantizers.count, quantization) }
    }
    for id in graph.ids {
      let node = graph[id]
      if node.op is InputOp {
        values[id.index] = Array(inputs.sample(number, of: node))
        errors[id.index] = Array(repeating: 0, count: node.shape.elements)
        continue
      }
      let arguments = node.inputs.map { values[$0.index] }
      let argumentErrors = node.inputs.map { errors[$0.index] }
      func evaluate() {
        values[id.index] = reference.evaluate(id, arguments)
        errors[id.index] = reference.ownError(id, arguments, argumentErrors)
      }
      defer {
        let row = checkOfNode[id] ?? hostOutputs.first { $0.node == id }?.row
        if let distance = nearest.distance(at: id, values: values, numbers: &numbers), let row {
          sample.distances.append((row, distance))
        }
      }
      guard let check = checkOfNode[id] else {
        evaluate()
        continue
      }
      let meaning = checks[check].meaning
      let codes = simulated.codes(of: meaning.tensor, sample: index)
      let result: TensorCheck.Result
      if node.op is QuantizeOp, let quantization = meaning.quantization {
        result = checks[check].compareCodes(of: arguments[0], errors: argumentErrors[0], quantization, with: codes) {
          exact.value(of: $0, node.inputs[0])
        }
        codesOfNode[id] = (codes, quantization)
        values[id.index] = TensorCheck.values(of: codes, quantization)
        let unit = FloatArithmetic.double.roundings(2)
        errors[id.index] = values[id.index].map { unit * abs($0) }
      } else {
        evaluate()
        result = checks[check].compareCodes(for: values[id.index], errors: errors[id.index], with: codes)
        values[id.index] = meaning.encoding.values(of: codes)
        errors[id.index] = meaning.encoding.float64Errors(of: codes)
      }
      sample.results.append((check, result.counts))
      if sample.firstDifference == nil, let first = result.first {
        sample.firstDifference = .init(
          tensor: node.name, layer: graph[node.inputs[0]].name,
          index: [number] + node.fileIndex(of: first.element), expected: Double(first.expected),
          found: Double(first.found), against: "float reference")
      }
    }
    for (output, node, row) in hostOutputs {
      let codes = simulated.codes(of: output.tensor, sample: index)
      let result = TensorCheck.compare(output.boundedValues(of: codes), with: (values[node.index], errors[node.index]))
      sample.results.append((row, result.counts))
      if sample.firstDifference == nil, let element = result.first {
        sample.firstDifference = .init(
          tensor: output.name, layer: graph[node].name, index: [number] + graph[node].fileIndex(of: element),
          expected: values[node.index][element], found: output.values(of: codes)[element], against: "float reference")
      }
    }
    if let output = graph.outputs.first { sample.output = values[output.index] }
    return sample
  }
}
