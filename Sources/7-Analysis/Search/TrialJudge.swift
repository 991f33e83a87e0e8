import Assessment
import Compiler
import FloatEngine
import Inference
import Lowering
import Numbers
import Plans
import Simulator

/// Judges quantized networks on inputs: their integer programs beside the float network, which runs once.
package struct TrialJudge: Sendable {
  /// How a network's results are, on the samples that were looked at.
  package struct Verdict: Codable, Sendable, Hashable {
    /// The mean divergence of a classifier's results from the float network's, in nats; of other networks the mean squared
    /// error, as a part of the signal.
    package var loss: Double
    /// Of results whose largest is the float network's.
    package var agreement: Double
    /// Against labels, 0 to 1.
    package var metric: Double?
    package var floatMetric: Double?
    /// Of the fall of the metric, or where there are no labels of the part that does not agree: with 95 %.
    package var drop: Double
    package var dropInterval: [Double]
    /// The drop with less of the luck of these samples in it.
    package var expectedDrop: Double
    /// What that exceeds one time of twenty; nil where there are no classes.
    package var dropBound: Double?

    /// What limits are about.
    package var limitedDrop: Double { dropBound ?? expectedDrop }

    /// The metric, or without labels the agreement.
    package var quality: Double { metric ?? agreement }
  }

  private let inputs: NetworkInputs
  private let samples: Range<Int>
  private let measure: Judge.Measure
  private let judge: Judge?
  /// By sample.
  private let reference: [[Double]]
  /// Of the float network, by sample and class; nil without classes.
  private let probabilities: ClassProbabilities?

  /// - Parameters:
  ///   - measure: what the results are judged as.
  ///   - judge: nil: agreement judges.
  package init(
    _ network: FloatNetwork, inputs: NetworkInputs, samples: Range<Int>, measure: Judge.Measure, judge: Judge?
  ) {
    self.inputs = inputs
    self.measure = measure
    self.samples = samples
    self.judge = judge
    let engine = FloatEngine(network.graph)
    let result = network.results[0]
    let reference = stride(from: samples.lowerBound, to: samples.upperBound, by: 64).flatMap { first in
      let part = first..<min(first + 64, samples.upperBound)
      let found = engine.run(inputs.batches(of: network.graph, samples: part), results: [result])[result]
      return (0..<part.count).map { sample in
        found?[sample..<(sample + 1)].values.map { Double($0) } ?? []
      }
    }
    self.reference = reference
    probabilities = judge?.classes.map { ClassProbabilities(logits: reference, classes: $0) }
  }

  /// How many samples judge.
  package var count: Int { samples.count }

  /// - Parameter share: of the samples.
  package func verdict(on compilation: Compilation, share: Double = 1, threads: Int = 1) throws -> Verdict {
    let lowered = compilation.network
    let inputs = inputs.matched(to: compilation.model.graph)
    let prepared = try PreparedProgram(lowered.program)
    let output = lowered.program.outputs[0].tensor
    let count = max(1, Int((Double(samples.count) * share).rounded()))
    let judged = samples.lowerBound..<(samples.lowerBound + count)
    var quantized: [[Double]] = []
    let batch = min(prepared.batchSize(keeping: .outputs), 512)
    for first in stride(from: judged.lowerBound, to: judged.upperBound, by: batch) {
      let part = first..<min(first + batch, judged.upperBound)
      let simulated = try prepared.run(
        lowered.codes(of: inputs, samples: part).byInput.map { .int64($0) }, samples: part.count, threads: threads)
      quantized += (0..<part.count).map { simulated.values(of: output, sample: $0) }
    }
    return verdict(on: quantized)
  }

  private func verdict(on quantized: [[Double]]) -> Verdict {
    let reference = Array(reference.prefix(quantized.count))
    let agreeing = zip(reference, quantized).count { largest($0) == largest($1) }
    let isClassifier = (reference.first?.count ?? 0) > 1 && measure == .accuracy
    let loss =
      isClassifier
      ? zip(reference, quantized).reduce(0) { $0 + divergence(ofLogits: $1.1, from: $1.0) } / Double(quantized.count)
      : Self.relativeError(quantized, reference)
    let metric = judge?.metric(reference: reference, quantized: quantized)
    let interval = Interval(wilson: quantized.count - agreeing, of: quantized.count)
    let agreement = Double(agreeing) / Double(quantized.count)
    let drop = metric.map { -$0.difference } ?? 1 - agreement
    let expected = probabilities?.expectedDrop(drop, of: reference, quantized)
    return Verdict(
      loss: loss, agreement: agreement, metric: metric?.quantized, floatMetric: metric?.float, drop: drop,
      dropInterval: metric.map { [-$0.differenceInterval.upper, -$0.differenceInterval.lower] }
        ?? [interval.lower, interval.upper],
      expectedDrop: expected?.mean ?? drop, dropBound: expected?.bound)
  }

  private static func relativeError(_ quantized: [[Double]], _ reference: [[Double]]) -> Double {
    var (signal, noise) = (0.0, 0.0)
    for (wanted, got) in zip(reference, quantized) {
      for (number, value) in zip(wanted, got) {
        signal += number * number
        noise += (number - value) * (number - value)
      }
    }
    return signal > 0 ? noise / signal : noise
  }
}
