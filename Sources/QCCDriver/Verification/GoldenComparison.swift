import Diagnostics
import FloatReference
import HDF5
import QIR
import Quantization
import Reports

/// A file of another program's outputs against the float reference, layer by layer. Each layer is fed with the file's own
/// values where it holds them, so that a tie is counted once.
struct GoldenComparison {
  private(set) var report = VerifyReport.Golden(elements: 0, mismatches: 0, ties: 0)
  private(set) var firstDifference: VerifyReport.Difference?

  private let graph: Graph
  private let reference: FloatReference

  /// Other tensors than quantized ones are compared as numbers, within this part of their largest magnitude.
  private static let tolerance = 1e-5

  /// - Throws: `Diagnostic` where the file holds nothing of this network, or arrays of other shapes.
  init(_ graph: Graph, file: String, inputs: NetworkInputs) throws {
    self.graph = graph
    reference = FloatReference(graph)
    let layers = try H5File(file, only: ["layers"]).root.groupIfPresent("layers")
    var held: [NodeID: Held] = [:]
    for dataset in layers?.allDatasets ?? [] {
      let name = String(dataset.path.drop { $0 == "/" }.dropFirst("layers/".count))
      guard let node = graph.node(named: name) ?? graph.node(named: name.replacing("|", with: "/")) else { continue }
      held[node] = try Held(dataset, of: graph[node], file: file)
    }
    let samples = min(held.values.map(\.samples).max() ?? 0, inputs.samples)
    guard samples > 0 else {
      throw Diagnostic(
        "none of the datasets in group 'layers' is named like a layer of the network", at: .init(file: file),
        supported: "datasets layers/<layer name> of shape [n, …], their first n inputs in dataset 'x'")
    }
    for sample in 0..<samples { compare(sample, held, inputs) }
  }

  /// A dataset: samples of a node's result, their axes in the model file's order.
  private struct Held {
    private let node: Node
    private let values: [Double]
    let samples: Int
    let isSinglePrecision: Bool

    init(_ dataset: H5Dataset, of node: Node, file: String) throws {
      self.node = node
      values = try dataset.doubles
      samples = values.count / node.shape.elements
      guard dataset.shape.dropFirst().reduce(1, *) == node.shape.elements else {
        throw Diagnostic(
          "dataset '\(dataset.path)' of shape \(dataset.shape)", at: .init(file: file),
          supported: "[n" + node.fileShape.extents.map { ", \($0)" }.joined() + "]")
      }
      isSinglePrecision = dataset.elementType != .float(bits: 64)
    }

    /// One sample in the order of the node's axes; nil behind the last.
    func sample(_ index: Int) -> [Double]? {
      let elements = node.shape.elements
      return index < samples ? node.fromFileOrder(Array(values[(index * elements)..<((index + 1) * elements)])) : nil
    }
  }

  private mutating func compare(_ sample: Int, _ held: [NodeID: Held], _ inputs: NetworkInputs) {
    // Each node's numbers, and how far float32 may be from them: not at all where they are the file's.
    var values = [[Double]](repeating: [], count: graph.nodes.count)
    var errors = values
    for id in graph.ids {
      let node = graph[id]
      let elements = node.shape.elements
      if case .input = node.op {
        values[id.index] = Array(inputs.sample(sample, of: node.name, elements: elements))
        errors[id.index] = Array(repeating: 0, count: elements)
        continue
      }
      let arguments = node.inputs.map { values[$0.index] }
      let golden = held[id].flatMap { $0.sample(sample) }
      if case .quantize(let op) = node.op, let golden, let isSingle = held[id]?.isSinglePrecision {
        compareCodes(id, op, arguments[0], errors[node.inputs[0].index], golden, isSingle, sample)
      } else {
        values[id.index] = reference.evaluate(id, arguments)
        if let golden { compareNumbers(id, values[id.index], golden, sample) }
      }
      if let golden {
        values[id.index] = golden
        errors[id.index] = Array(repeating: 0, count: elements)
      } else {
        if case .quantize = node.op { values[id.index] = reference.evaluate(id, arguments) }
        errors[id.index] = reference.float32Error(id, arguments)
      }
    }
  }

  private mutating func compareCodes(
    _ id: NodeID, _ op: QuantizeOp, _ arguments: [Double], _ errors: [Double], _ golden: [Double], _ isSingle: Bool,
    _ sample: Int
  ) {
    for (element, value) in arguments.enumerated() {
      let quantizer = op.quantizer(ofChannel: element % graph[id].shape.channels)
      let format = quantizer.format
      let scale = format.scale.double
      let position = (golden[element] / scale).rounded()
      report.elements += 1
      // float32 keeps 24 bits of a value: its code is the nearest one.
      let isCode =
        abs(golden[element] - position * scale) <= max(abs(golden[element]), abs(scale)) * Self.tolerance
      let found = isCode && abs(position) < 0x1p62 ? Int64(position) + format.zeroPoint : nil
      var band = quantizer.tieBand(at: value)
      if isSingle { band = max(band, errors[element] + quantizer.float32Error(at: value)) }
      let near = quantizer.codes(of: value, within: band)
      if near.lowerBound != near.upperBound { report.ties += 1 }
      let expected = quantizer.code(of: value)
      if let found, found == expected || near.contains(found) { continue }
      note(id, sample, element, expected: golden[element], found: scale * Double(expected - format.zeroPoint))
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

extension FeatureMapQuantizer {
  /// A few float32 roundings of what the quantizer computes on the way to its position in steps.
  fileprivate func float32Error(at value: Double) -> Double {
    var magnitude = abs(value)
    if case .uniform(let steps) = steps, steps.gain.sign != 0 {
      magnitude += abs((steps.bias / steps.gain).double)
    }
    if !functions.isEmpty { magnitude += 1 }
    return 4 * 0x1p-24 * magnitude
  }
}
