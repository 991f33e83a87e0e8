import Diagnostics
import FloatEngine
import Inference
import Plans
import QIR

extension FloatNetwork {
  /// Evenly out of all samples as many as memory may take.
  func fewEnough(_ inputs: NetworkInputs) -> [NodeID: Batch] {
    let most = mostSamples
    guard inputs.samples > most else { return inputs.batches(of: graph, samples: 0..<inputs.samples) }
    var few: [NodeID: Batch] = [:]
    for index in 0..<most {
      let sample = index * inputs.samples / most
      for (id, batch) in inputs.batches(of: graph, samples: sample..<(sample + 1)) {
        few[id, default: Batch(shape: batch.shape, values: [])].values += batch.values
      }
    }
    return few
  }

  /// Their squares, summed, are float32 numbers too.
  private static let largestNumber = 0x1p60

  /// The problem of numbers that are too large for float32 arithmetic, in the sample with the largest ones; nil where there is
  /// none.
  /// - Parameter kind: of inputs, for the message.
  func overflow(on inputs: NetworkInputs, _ kind: String) -> Diagnostic? {
    let magnitudes = (0..<inputs.samples).map { sample in
      graph.inputs.flatMap { inputs.sample(sample, of: graph[$0]) }.reduce(0) { max($0, abs($1)) }
    }
    guard let sample = magnitudes.indices.max(by: { magnitudes[$0] < magnitudes[$1] }) else { return nil }
    var found: NodeID?
    FloatEngine(graph).visit(inputs.batches(of: graph, samples: sample..<(sample + 1))) { id, batch in
      if found == nil, !batch.values.allSatisfy({ abs($0) < Float(Self.largestNumber) }) { found = id }
    }
    return found.map { id in
      Diagnostic(
        "\(kind) input \(sample) makes numbers of 2^60 or more here", at: graph.location(of: id),
        supported: "smaller ones", fix: "scale the inputs as those that the network was trained on")
    }
  }
}
