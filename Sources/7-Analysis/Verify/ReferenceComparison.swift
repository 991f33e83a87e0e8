import Compiler
import FloatReference
import Inference
import IntegerProgram
import Lowering
import QIR
import Simulator

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
  /// What the program holds of the reference's nodes, in the program's order.
  private let checks: [TensorCheck]
  /// The check of each node that has one.
  private let checkOfNode: [NodeID: Int]

  init(_ compilation: Compilation) {
    graph = compilation.reference
    reference = FloatReference(graph)
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
    tensors = names.map { .init(name: $0) }
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
      for (index, result) in sample.results {
        tensors[index] += result.counts
      }
      if firstDifference == nil { firstDifference = sample.firstDifference }
      outputs.append(sample.output)
    }
  }

  private struct Sample {
    /// By check.
    var results: [(index: Int, result: TensorCheck.Result)] = []
    var firstDifference: VerifyReport.Difference?
    var output: [Double] = []
  }

  /// Sample `number` of the inputs, which is sample `index` of the simulated ones.
  private func sample(
    _ index: Int, _ number: Int, _ inputs: NetworkInputs, _ simulated: SimulationResult
  ) -> Sample {
    var sample = Sample()
    var values = [[Double]](repeating: [], count: graph.nodes.count)
    for id in graph.ids {
      let node = graph[id]
      if node.op is InputOp {
        values[id.index] = Array(inputs.sample(number, of: node))
        continue
      }
      let arguments = node.inputs.map { values[$0.index] }
      guard let check = checkOfNode[id] else {
        values[id.index] = reference.evaluate(id, arguments)
        continue
      }
      let meaning = checks[check].meaning
      let codes = simulated.codes(of: meaning.tensor, sample: index)
      let result: TensorCheck.Result
      if node.op is QuantizeOp, let quantization = meaning.quantization {
        result = checks[check].compareCodes(of: arguments[0], quantization, with: codes)
        values[id.index] = TensorCheck.values(of: codes, quantization)
      } else {
        values[id.index] = reference.evaluate(id, arguments)
        result = checks[check].compareCodes(for: values[id.index], with: codes)
      }
      sample.results.append((check, result))
      if sample.firstDifference == nil, let first = result.first {
        sample.firstDifference = .init(
          tensor: node.name, layer: graph[node.inputs[0]].name,
          index: [number] + node.fileIndex(of: first.element), expected: Double(first.expected),
          found: Double(first.found), against: "float reference")
      }
    }
    if let output = graph.outputs.first { sample.output = values[output.index] }
    return sample
  }
}
