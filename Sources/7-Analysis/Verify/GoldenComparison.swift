import FloatReference
import Inference
import Numbers
import QIR

/// A file of another program's outputs against the float reference, layer by layer. Each layer is fed with the file's own
/// values where it holds them, so that a tie is counted once.
struct GoldenComparison {
  private(set) var report = VerifyReport.Comparison(elements: 0)
  private(set) var firstDifference: VerifyReport.Difference?

  /// What is in the file and has nothing to be compared with, in words.
  private(set) var notCompared: [String]

  private let graph: Graph
  private let reference: FloatReference
  /// What made the file.
  private let arithmetic: FloatArithmetic

  /// - Throws: `Diagnostic` or `Diagnostics`, see `GoldenFile`.
  init(_ graph: Graph, file: String, inputs: NetworkInputs) throws {
    self.graph = graph
    reference = FloatReference(graph)
    let golden = try GoldenFile(file, of: graph)
    let held = golden.tensors
    arithmetic = golden.arithmetic
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
    // Each node's numbers, and how far the program's may be from them: not at all where they are the file's.
    var values = [[Double]](repeating: [], count: graph.nodes.count)
    var errors = values
    for id in graph.ids {
      let node = graph[id]
      let arguments = node.inputs.map { values[$0.index] }
      let argumentErrors = node.inputs.map { errors[$0.index] }
      if node.op is InputOp {
        values[id.index] = Array(inputs.sample(sample, of: node))
        errors[id.index] = values[id.index].map(arithmetic.error(ofHolding:))
      } else {
        values[id.index] = reference.evaluate(id, arguments)
        errors[id.index] = reference.roundingError(id, arguments, argumentErrors, in: arithmetic)
      }
      guard let golden = held[id], sample < golden.samples else { continue }
      let found = golden.values(of: sample)
      if let op = node.op as? QuantizeOp {
        compareCodes(id, op, arguments[0], argumentErrors[0], golden, found, sample)
      } else {
        compareNumbers(id, values[id.index], errors[id.index], found, sample)
      }
      values[id.index] = found
      errors[id.index] = golden.error(ofValues: found, in: arithmetic)
    }
  }

  private mutating func compareCodes(
    _ id: NodeID, _ op: QuantizeOp, _ arguments: [Double], _ errors: [Double], _ golden: GoldenTensor,
    _ found: [Double],
    _ sample: Int
  ) {
    for (element, argument) in arguments.enumerated() {
      let channel = element % op.quantizers.count
      let format = op.quantizers[channel].format
      report.elements += 1
      var near = op.quantizers[channel].codes(of: argument, within: errors[element], in: arithmetic)
      if near.lowerBound != near.upperBound { report.ties += 1 }
      let expected = op.quantizers[channel].code(of: argument)
      // Rounding cannot take an integer further than to its neighbour.
      if golden.isCodes { near = near.clamped(to: (expected - 1)...(expected + 1)) }
      let value = format.value(of: format.code(nearest: found[element], in: near))
      let allowed =
        golden.isCodes
        ? 0
        : op.handOutError(of: value, argument: abs(argument) + errors[element], channel: channel, in: arithmetic)
      if abs(value - found[element]) <= allowed { continue }
      note(id, sample, element, expected: found[element], found: format.value(of: expected))
    }
  }

  private mutating func compareNumbers(
    _ id: NodeID, _ values: [Double], _ errors: [Double], _ golden: [Double], _ sample: Int
  ) {
    for (element, value) in values.enumerated() {
      report.elements += 1
      let allowed = errors[element] + arithmetic.error(ofHolding: value)
      if abs(value - golden[element]) <= allowed { continue }
      note(id, sample, element, expected: golden[element], found: value)
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
