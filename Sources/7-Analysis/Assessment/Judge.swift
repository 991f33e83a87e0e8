import Arrays
import Diagnostics
import Inference
import Plans
import QIR

/// What judges a network's results.
package struct Judge: Sendable {
  package enum Measure: String, Sendable, CaseIterable {
    /// The part of samples whose largest result is the one of their class.
    case accuracy
    /// How well the mean squared error of a reconstruction tells anomalies (label 1) from the rest (label 0).
    case auc
  }

  /// By sample: its class, or whether it is an anomaly.
  private enum Truth: Sendable {
    case classes(Labels)
    case anomalies([Bool], groups: [Int])
  }

  package let measure: Measure
  private let truth: Truth
  private let inputs: NetworkInputs
  private let input: Node

  /// - Parameters:
  ///   - groups: a file with a number for each sample, the same for those that are judged as one, by their mean.
  /// - Throws: everything in the files that does not fit.
  package init(
    _ measure: Measure, labels: String, groups: String? = nil, inputs: NetworkInputs, network: FloatNetwork
  ) throws(Diagnostics) {
    let graph = network.graph
    self.measure = measure
    self.inputs = inputs
    input = graph[graph.inputs[0]]
    let output = graph[network.results[0]]
    let (samples, input) = (inputs.samples, self.input)
    truth = try Diagnostics.collected { () throws -> Truth in
      switch measure {
      case .accuracy: return .classes(try Labels(labels, samples: samples, output: output, fix: nil))
      case .auc:
        try require(
          output.shape.elements == input.shape.elements,
          "the network's output has \(output.shape.elements) numbers, its input \(input.shape.elements)",
          at: .init(file: graph.file), supported: "networks that reconstruct their input, in --metric auc")
        let found = try Self.integers(labels, samples: samples)
        try require(
          found.allSatisfy { $0 == 0 || $0 == 1 } && Set(found).count == 2,
          "labels other than 0 and 1, or one of the two alone", at: .init(file: labels),
          supported: "1 for anomalies and 0 for the rest, both of them")
        let anomalies = found.map { $0 == 1 }
        let places = try groups.map { try Self.groups($0, samples: samples, anomalies) } ?? Array(0..<samples)
        return .anomalies(anomalies, groups: places)
      }
    }
  }

  /// The class of each sample; nil where anomalies are told from the rest.
  package var classes: [Int]? {
    if case .classes(let labels) = truth { labels.classes } else { nil }
  }

  /// How often the results are right, and those of the quantized network.
  /// - Parameters:
  ///   - reference: the float network's results by sample, of the first samples or all.
  ///   - quantized: as many of the quantized one's.
  package func metric(reference: [[Double]], quantized results: [[Double]]) -> QuantizeReport.Metric {
    switch truth {
    case .classes(let labels):
      let float = zip(reference, labels.classes).map { largest($0) == $1 }
      let quantized = zip(results, labels.classes).map { largest($0) == $1 }
      let count = float.count
      let gained = zip(float, quantized).count { !$0 && $1 }
      let lost = zip(float, quantized).count { $0 && !$1 }
      let right = quantized.count { $0 }
      return .init(
        name: Measure.accuracy.rawValue, float: Double(float.count { $0 }) / Double(count),
        quantized: Double(right) / Double(count), interval: Interval(wilson: right, of: count),
        difference: Double(gained - lost) / Double(count),
        differenceInterval: Interval(pairedDifference: gained, lost: lost, of: count))
    case .anomalies(let anomalies, let groups):
      func area(_ results: [[Double]]) -> AreaUnderCurve {
        let errors = results.enumerated().map { sample, output in
          zip(output, inputs.sample(sample, of: input)).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
            / Double(output.count)
        }
        let members = Dictionary(grouping: groups.indices.prefix(results.count), by: { groups[$0] }).sorted {
          $0.key < $1.key
        }.map(\.value)
        return AreaUnderCurve(
          scores: members.map { $0.map { errors[$0] }.mean }, isAnomaly: members.map { anomalies[$0[0]] })
      }
      let (float, quantized) = (area(reference), area(results))
      return .init(
        name: Measure.auc.rawValue, float: float.value, quantized: quantized.value, interval: quantized.interval,
        difference: quantized.value - float.value,
        differenceInterval: quantized.interval(ofDifferenceTo: float))
    }
  }

  private static func integers(_ file: String, samples: Int) throws -> [Int] {
    let array = try ArrayFile.load(file)
    try require(
      array.values.count == samples, "\(array.values.count) numbers for \(samples) samples", at: .init(file: file),
      supported: "one per sample")
    guard let odd = array.values.first(where: { Int(exactly: $0) == nil }) else { return array.values.map { Int($0) } }
    throw Diagnostic("the number \(odd)", at: .init(file: file), supported: "integers")
  }

  private static func groups(_ file: String, samples: Int, _ anomalies: [Bool]) throws -> [Int] {
    let groups = try integers(file, samples: samples)
    let mixed = Dictionary(grouping: groups.indices, by: { groups[$0] }).filter {
      Set($0.value.map { anomalies[$0] }).count > 1
    }
    guard let group = mixed.keys.min() else { return groups }
    throw Diagnostic(
      "group \(group) has samples of both labels", at: .init(file: file), supported: "groups of one label each")
  }
}
