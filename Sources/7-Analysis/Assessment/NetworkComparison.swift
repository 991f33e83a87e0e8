import Compiler
import FloatEngine
import Inference
import IntegerProgram
import Lowering
import Plans
import QIR
import Simulator
import Threads

/// A float network and the integer program of its quantized one on the same inputs.
package struct NetworkComparison: Sendable {
  /// By sample: the numbers of the network's first output, a softmax behind it left out.
  package private(set) var reference: [[Double]] = []
  package private(set) var quantized: [[Double]] = []
  /// Of the values that stand for a map, with all that was lost on the way to it.
  package private(set) var maps: [NodeID: Distortion] = [:]
  /// By map: its channels that were 0 in every sample, of dead ReLUs or pruned filters.
  package private(set) var deadChannels: [NodeID: Set<Int>] = [:]
  /// Of the first output.
  package private(set) var output = Distortion()

  /// - Parameters:
  ///   - compilation: of the graph that a plan made of the network.
  ///   - samples: of the inputs.
  ///   - progress: told how many samples more are done.
  package init(
    _ network: FloatNetwork, _ compilation: Compilation, inputs: NetworkInputs, samples: Range<Int>,
    threads: Int? = nil, progress: (Int) -> Void = { _ in }
  ) throws {
    let lowered = compilation.network
    let prepared = try PreparedProgram(lowered.program)
    let engine = FloatEngine(network.graph)
    let (result, output) = (network.results[0], lowered.program.outputs[0].tensor)
    let pairs = Self.tensors(of: network, in: compilation)
    let nodes = Set(pairs.map(\.map) + [result])
    let keeping = PreparedProgram.Keeping.tensors(Set(pairs.map(\.tensor)))
    let batch = min(prepared.batchSize(keeping: keeping), 64)
    for first in stride(from: samples.lowerBound, to: samples.upperBound, by: batch) {
      let part = first..<min(first + batch, samples.upperBound)
      let float = engine.run(inputs.batches(of: network.graph, samples: part), results: nodes)
      let simulated = try prepared.run(
        lowered.codes(of: inputs, samples: part).byInput.map { .int64($0) }, samples: part.count, keeping: keeping,
        threads: threads)
      for pair in pairs {
        guard let batch = float[pair.map] else { continue }
        deadChannels[pair.map] = batch.deadChannels(of: deadChannels[pair.map])
      }
      for (pair, distortion) in zip(pairs, Self.distortions(of: pairs, float, simulated, threads ?? processorCount)) {
        maps[pair.map, default: Distortion()].append(contentsOf: distortion)
      }
      for sample in 0..<part.count {
        let numbers = float[result]?[sample..<(sample + 1)].values.map { Double($0) } ?? []
        reference.append(numbers)
        quantized.append(simulated.values(of: output, sample: sample))
        self.output.append(numbers, quantized[quantized.count - 1])
      }
      progress(part.count)
    }
  }

  private typealias Pair = (map: NodeID, tensor: TensorID)

  /// The program's tensor of each map that it has one of.
  private static func tensors(of network: FloatNetwork, in compilation: Compilation) -> [Pair] {
    let lowered = compilation.network
    let graph = compilation.model.graph
    let nodes = graph.nodesByIdentity
    let consumers = graph.consumers
    let tensors = Dictionary(
      lowered.meanings.map { (lowered.graph[$0.node].identity, $0.tensor) }, uniquingKeysWith: { first, _ in first })
    return network.maps.compactMap { map in
      guard let node = nodes[network.graph[map].identity],
        let quantizer = consumers[node.index].first(where: { graph[$0].op is QuantizeOp })
      else { return nil }
      return tensors[graph[quantizer].identity].map { (map, $0) }
    }
  }

  /// By pair.
  private static func distortions(
    of pairs: [Pair], _ float: [NodeID: Batch], _ simulated: SimulationResult, _ threads: Int
  ) -> [Distortion] {
    var found = [Distortion](repeating: Distortion(), count: pairs.count)
    found.withUnsafeMutableBufferPointer { found in
      nonisolated(unsafe) let found = found
      onThreads(min(threads, pairs.count)) { worker in
        for index in stride(from: worker, to: pairs.count, by: min(threads, pairs.count)) {
          guard let batch = float[pairs[index].map] else { continue }
          let elements = batch.shape.elements
          for sample in 0..<simulated.samples {
            found[index].append(
              batch.values[(sample * elements)..<((sample + 1) * elements)],
              simulated.values(of: pairs[index].tensor, sample: sample))
          }
        }
      }
    }
    return found
  }
}

extension Batch {
  /// Channels that hold nothing but 0.
  /// - Parameter candidates: that alone may be; nil: all.
  fileprivate func deadChannels(of candidates: Set<Int>?) -> Set<Int> {
    let channels = shape.channels
    return (candidates ?? Set(0..<channels)).filter { channel in
      stride(from: channel, to: values.count, by: channels).allSatisfy { values[$0] == 0 }
    }
  }
}

extension NetworkInputs {
  /// Some samples of each of a graph's inputs in single precision.
  package func batches(of graph: Graph, samples: Range<Int>) -> [NodeID: Batch] {
    let batches = graph.inputs.map { id in
      let node = graph[id]
      let elements = node.shape.elements
      let numbers = values[node.identity]?[(samples.lowerBound * elements)..<(samples.upperBound * elements)] ?? []
      return (id, Batch(shape: node.shape, values: numbers.map { Float($0) }))
    }
    return Dictionary(uniqueKeysWithValues: batches)
  }
}
