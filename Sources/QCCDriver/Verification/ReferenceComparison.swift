import FloatReference
import IntegerProgram
import Lowering
import QIR
import Reports
import Simulator

/// Simulated codes against the float reference, tensor by tensor. Every node of the reference is fed with the values of the
/// simulator's codes where there are any, so that a difference is counted where it is made and nowhere else.
struct ReferenceComparison {
  private(set) var tensors: [VerifyReport.TensorComparison] = []
  private(set) var firstDifference: VerifyReport.Difference?
  /// The reference's final values, by sample, of the network's first output.
  private(set) var outputs: [[Double]] = []

  init(_ compilation: Compilation, inputs: NetworkInputs, simulated: SimulationResult) {
    let graph = compilation.reference
    let network = compilation.network
    let reference = FloatReference(graph)
    // What the program holds of each node of the reference, in the program's order.
    var checks: [NodeID: Int] = [:]
    var meanings: [(check: TensorCheck, node: NodeID)] = []
    for meaning in network.meanings {
      guard let node = graph.node(named: network.graph[meaning.node].name) else { continue }
      checks[node] = meanings.count
      meanings.append((TensorCheck(meaning: meaning), node))
    }
    tensors = meanings.map { .init(name: graph[$0.node].name, elements: 0, mismatches: 0, ties: 0) }

    for sample in 0..<simulated.samples {
      var values = [[Double]](repeating: [], count: graph.nodes.count)
      for id in graph.ids {
        let node = graph[id]
        if case .input = node.op {
          values[id.index] = Array(inputs.sample(sample, of: node.name, elements: node.shape.elements))
          continue
        }
        let arguments = node.inputs.map { values[$0.index] }
        guard let index = checks[id] else {
          values[id.index] = reference.evaluate(id, arguments)
          continue
        }
        let check = meanings[index].check
        let codes = simulated.codes(of: check.meaning.tensor, sample: sample)
        let result: TensorCheck.Result
        if case .quantize = node.op, let quantization = check.meaning.quantization {
          result = check.compareCodes(of: arguments[0], quantization, with: codes)
          values[id.index] = TensorCheck.values(of: codes, quantization)
        } else {
          values[id.index] = reference.evaluate(id, arguments)
          result = check.compareCodes(for: values[id.index], with: codes)
        }
        tensors[index].elements += codes.count
        tensors[index].mismatches += result.mismatches
        tensors[index].ties += result.ties
        if firstDifference == nil, let first = result.first {
          firstDifference = .init(
            tensor: node.name, layer: graph[node.inputs[0]].name,
            index: [sample] + node.shape.index(of: first.element), expected: Double(first.expected),
            found: Double(first.found), against: "float reference")
        }
      }
      if let output = graph.outputs.first { outputs.append(values[output.index]) }
    }
  }
}

extension Shape {
  /// The position of a flattened element along every axis.
  func index(of element: Int) -> [Int] {
    var rest = element
    return extents.reversed().map { extent in
      defer { rest /= extent }
      return rest % extent
    }.reversed()
  }
}
