import Diagnostics
import FloatReference
import Inference
import QIR
import Quantization

/// A file of another program's outputs against the float reference, layer by layer. Each layer is fed with the file's own
/// values where it holds them, so that a tie is counted once.
struct GoldenComparison {
  private(set) var report = VerifyReport.Comparison(elements: 0)
  private(set) var firstDifference: VerifyReport.Difference?

  /// What is in the file and has nothing to be compared with, in words.
  private(set) var notCompared: [String]

  private let graph: Graph
  private let reference: FloatReference

  /// Other tensors than quantized ones are compared as numbers, within this part of their largest magnitude.
  private static let tolerance = 1e-5

  /// - Throws: `Diagnostic` or `Diagnostics`, see `GoldenFile`.
  init(_ graph: Graph, file: String, inputs: NetworkInputs) throws {
    self.graph = graph
    reference = FloatReference(graph)
    let golden = try GoldenFile(file, of: graph)
    let held = golden.tensors
    notCompared = golden.ignored + Self.samplesLeftOut(held, graph, of: inputs.samples)
    let samples = min(held.values.map(\.samples).max() ?? 0, inputs.samples)
    for sample in 0..<samples { compare(sample, held, inputs) }
  }

  /// Where datasets hold more samples than there are inputs, or fewer.
  private static func samplesLeftOut(_ held: [NodeID: GoldenTensor], _ graph: Graph, of samples: Int) -> [String] {
    Dictionary(grouping: held.keys.sorted()) { held[$0]?.samples ?? 0 }.sorted { $0.key < $1.key }.compactMap {
      count, ids in
      guard count != samples else { return nil }
      let left = "samples \(min(count, samples)) to \(max(count, samples) - 1)"
      let names = ids.count == held.count ? "" : " of \(ids.map { graph[$0].name }.quotedList)"
      return count > samples
        ? "\(left)\(names) in the golden file, for which there are no inputs"
        : "\(left), which the golden file does not have\(names)"
    }
  }

  private mutating func compare(_ sample: Int, _ held: [NodeID: GoldenTensor], _ inputs: NetworkInputs) {
    // Each node's numbers, and how far float32 may be from them: not at all where they are the file's.
    var values = [[Double]](repeating: [], count: graph.nodes.count)
    var errors = values
    for id in graph.ids {
      let node = graph[id]
      let elements = node.shape.elements
      if node.op is InputOp {
        values[id.index] = Array(inputs.sample(sample, of: node))
        errors[id.index] = Array(repeating: 0, count: elements)
        if let golden = held[id], sample < golden.samples {
          compareNumbers(id, values[id.index], golden.values(of: sample), sample)
        }
        continue
      }
      let arguments = node.inputs.map { values[$0.index] }
      guard let golden = held[id], sample < golden.samples else {
        values[id.index] = reference.evaluate(id, arguments)
        errors[id.index] = reference.float32Error(id, arguments, node.inputs.map { errors[$0.index] })
        continue
      }
      if let op = node.op as? QuantizeOp {
        compareCodes(id, op, arguments[0], errors[node.inputs[0].index], golden, sample)
      } else {
        compareNumbers(id, reference.evaluate(id, arguments), golden.values(of: sample), sample)
      }
      values[id.index] = golden.values(of: sample)
      errors[id.index] = golden.float32Error(ofValues: values[id.index])
    }
  }

  private mutating func compareCodes(
    _ id: NodeID, _ op: QuantizeOp, _ arguments: [Double], _ errors: [Double], _ golden: GoldenTensor, _ sample: Int
  ) {
    let values = golden.values(of: sample)
    for (element, value) in arguments.enumerated() {
      let quantizer = op.quantizers[element % graph[id].shape.channels]
      report.elements += 1
      var band = quantizer.tieBand(at: value)
      if golden.isSinglePrecision { band = max(band, errors[element] + quantizer.float32Error(at: value)) }
      let near = quantizer.codes(of: value, within: band)
      if near.lowerBound != near.upperBound { report.ties += 1 }
      let expected = quantizer.code(of: value)
      let found = quantizer.format.code(nearest: values[element])
      // Rounding cannot take an integer further than to its neighbour.
      let allowed = golden.isCodes ? near.clamped(to: (expected - 1)...(expected + 1)) : near
      if let found, found == expected || allowed.contains(found) { continue }
      note(id, sample, element, expected: values[element], found: quantizer.format.value(of: expected))
    }
  }

  private mutating func compareNumbers(_ id: NodeID, _ values: [Double], _ golden: [Double], _ sample: Int) {
    let largest = golden.map(abs).max() ?? 0
    for (element, value) in values.enumerated() {
      report.elements += 1
      let isNear = abs(value - golden[element]) <= Self.tolerance * largest
      if !isNear { note(id, sample, element, expected: golden[element], found: value) }
    }
  }

  private mutating func note(_ id: NodeID, _ sample: Int, _ element: Int, expected: Double, found: Double) {
    report.mismatches += 1
    guard firstDifference == nil else { return }
    let node = graph[id]
    firstDifference = .init(
      tensor: node.name, layer: node.inputs.first.map { graph[$0].name } ?? node.name,
      index: [sample] + node.fileIndex(of: element), expected: expected, found: found, against: "golden file")
  }
}
