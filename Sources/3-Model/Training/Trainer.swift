import FloatEngine
import Numbers
import QIR
import Threads

/// A float network, which says what results should be of whatever it is shown.
package struct Teacher: Sendable {
  private let engine: FloatEngine
  private let result: NodeID

  /// - Parameter result: as many numbers as the trained network's.
  package init(_ graph: Graph, result: NodeID) {
    engine = FloatEngine(graph)
    self.result = result
  }

  /// - Parameter inputs: in the order of the graph's.
  func callAsFunction(_ inputs: [Batch]) -> Batch {
    let named = Dictionary(uniqueKeysWithValues: zip(engine.graph.inputs, inputs))
    guard let found = engine.run(named, results: [result])[result] else { preconditionFailure("graphs have results") }
    return found
  }
}

/// Trains a quantized network in epochs: Adam, with a rate that falls as a cosine to 0. The same samples and seed come to the same
/// network, whatever the number of threads.
package struct Trainer: Sendable {
  package struct Options: Sendable {
    package var epochs = 10
    /// How far a weight moves in a step at most where training begins, as a part of the largest that its scale holds.
    package var rate = 0.001
    /// Samples per step.
    package var batch = 64
    package var augmentation = Augmentation()
    package var seed: UInt64 = 1
    package var threads = processorCount

    package init() {}
  }

  package var network: TrainableNetwork
  private let teacher: Teacher
  private let loss: Loss
  /// By input of both networks, all samples.
  private let data: [Batch]
  private let deviations: [Float]
  /// The class of each sample; nil: the teacher is all there is to learn from.
  private let classes: [Int]?
  private let options: Options

  /// - Parameters:
  ///   - data: by input of the network, and of the teacher, as many samples of each.
  package init(
    _ network: TrainableNetwork, teacher: Teacher, loss: Loss, data: [Batch], classes: [Int]? = nil, options: Options
  ) {
    self.network = network
    self.teacher = teacher
    self.loss = loss
    self.data = data
    self.classes = classes
    self.options = options
    deviations = data.map(\.deviation)
  }

  package var samples: Int { data[0].samples }
  package var stepsPerEpoch: Int { (samples + options.batch - 1) / options.batch }

  /// So many samples go through the network at once: the parts are the same whatever the number of threads.
  private static let part = 8

  /// One pass over all samples, in an order of its own.
  /// - Parameters:
  ///   - epoch: counted from 0.
  ///   - progress: told after every step.
  /// - Returns: the mean loss of the samples, each before the step that it was part of.
  package mutating func run(epoch: Int, progress: () throws -> Void = {}) rethrows -> Double {
    var random = SplitMix(seed: options.seed &+ UInt64(epoch) &* 0x9E37_79B9)
    let order = (0..<samples).shuffled(using: &random).map { sample in
      (sample, options.augmentation.draw(using: &random, samples: samples))
    }
    var loss = 0.0
    for first in stride(from: 0, to: order.count, by: options.batch) {
      let samples = Array(order[first..<min(first + options.batch, order.count)])
      loss += step(on: samples, number: epoch * stepsPerEpoch + first / options.batch)
      try progress()
    }
    return loss / Double(order.count)
  }

  private typealias Sample = (number: Int, draw: Augmentation.Draw)

  /// - Returns: the sum of the samples' losses.
  private mutating func step(on samples: [Sample], number: Int) -> Double {
    let numbers = network.numbers
    let trainer = self
    let parts = stride(from: 0, to: samples.count, by: Self.part).map {
      Array(samples[$0..<min($0 + Self.part, samples.count)])
    }
    let found = concurrently(parts.count, threads: options.threads) { part in
      trainer.gradients(on: parts[part], numbers, batch: samples.count)
    }
    var gradients = found[0].gradients
    for part in found.dropFirst() { gradients.add(part.gradients) }
    let progress = Double(number) / Double(options.epochs * stepsPerEpoch)
    let step = AdamStep(rate: options.rate * (1 + ElementaryMath.cosine(.pi * progress)) / 2, number: number + 1)
    network.step(step, network.variableGradients(gradients, numbers))
    return found.reduce(0) { $0 + $1.loss }
  }

  private func gradients(
    on samples: [Sample], _ numbers: TrainableNetwork.Numbers, batch: Int
  ) -> (loss: Double, gradients: Gradients) {
    let inputs = zip(data, deviations).map { data, deviation in
      Batch(
        shape: data.shape,
        values: samples.flatMap { options.augmentation.augmented($0.number, of: data, $0.draw, deviation: deviation) })
    }
    let results = network.forward(Dictionary(uniqueKeysWithValues: zip(network.graph.inputs, inputs)), numbers)
    let own = results[network.result.index]
    let labels = labels(samples, of: own.shape.elements)
    let (loss, gradient) = loss(own, teacher: teacher(inputs), labels: labels, batch: batch)
    return (loss, network.backward(gradient, results, numbers))
  }

  private func labels(_ samples: [Sample], of count: Int) -> [[Float]] {
    guard let classes else { return [] }
    return samples.map { sample in
      var label = [Float](repeating: 0, count: count)
      let other = sample.draw.other
      label[classes[sample.number]] = 1 - (other?.weight ?? 0)
      if let other { label[classes[other.sample]] += other.weight }
      return label
    }
  }
}
