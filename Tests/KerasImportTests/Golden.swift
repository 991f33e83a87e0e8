import Diagnostics
import FloatReference
import HDF5
import KerasImport
import QIR
import Quantization

/// What QKeras itself computed for a network: inputs `x`, outputs `layers/<layer>`, weights `quantized_weights/<layer>/<w>`.
struct Golden {
  let graph: Graph
  let reference: FloatReference
  let file: H5File
  /// Whether values were computed in float64 or float32.
  let isDouble: Bool
  private(set) var problems: [String] = []
  private(set) var quantized = 0
  private(set) var ties = 0
  private(set) var others = 0

  init(network: String, golden: String, isDouble: Bool = false) throws {
    graph = try KerasModel.read(network).graph
    reference = FloatReference(graph)
    file = try H5File(golden)
    self.isDouble = isDouble
  }

  /// Compares layer by layer, each fed with the file's own values where it holds them.
  mutating func compare(samples limit: Int = .max) throws {
    let layers = try file.root.group("layers")
    let golden = try graph.nodes.map { try layers.datasetIfPresent($0.name)?.doubles }
    let inputs = try graph.inputs.map { id in
      try (file.root.datasetIfPresent("x") ?? file.root.dataset("x/\(graph[id].name)")).doubles
    }
    var samples = inputs[0].count / graph[graph.inputs[0]].shape.elements
    for (node, values) in zip(graph.nodes, golden) {
      if let values { samples = min(samples, values.count / node.shape.elements) }
    }
    for sample in 0..<min(samples, limit) {
      var values: [[Double]] = []
      var bands: [[Double]] = []
      for id in graph.ids {
        let node = graph[id]
        let count = node.shape.elements
        let own = golden[id.index].map { Array($0[(sample * count)..<((sample + 1) * count)]) }
        guard !node.inputs.isEmpty else {
          let index = graph.inputs.firstIndex(of: id) ?? 0
          values.append(Array(inputs[index][(sample * count)..<((sample + 1) * count)]))
          bands.append(Array(repeating: 0, count: count))
          continue
        }
        let sources = node.inputs.map { values[$0.index] }
        let computed = reference.evaluate(id, sources)
        let band = reference.roundingError(
          id, sources, node.inputs.map { bands[$0.index] }, in: isDouble ? .double : .single)
        if let own { compare(id, computed, own, sources, bands[node.inputs[0].index], band, sample) }
        values.append(own ?? computed)
        bands.append(own == nil ? band : Array(repeating: 0, count: count))
      }
    }
  }

  private mutating func compare(
    _ id: NodeID, _ computed: [Double], _ own: [Double], _ sources: [[Double]], _ inputBand: [Double],
    _ band: [Double], _ sample: Int
  ) {
    let node = graph[id]
    if let op = node.op as? QuantizeOp {
      for element in own.indices {
        let quantizer = op.quantizers[element % node.shape.channels]
        quantized += 1
        let step = abs(quantizer.format.scale.double)
        let value = sources[0][element]
        // QKeras' straight-through sum rounds to the float32 numbers around the argument.
        let noise = isDouble ? 0 : 0x1p-23 * abs(value)
        if abs(own[element] - computed[element]) <= 1e-6 * max(step, abs(computed[element])) + noise { continue }
        let codes = quantizer.codes(of: value, within: inputBand[element], in: isDouble ? .double : .single)
        let nearest = codes.lazy.prefix(100).map { quantizer.format.value(of: $0) }
          .min { abs($0 - own[element]) < abs($1 - own[element]) }
        if let nearest, abs(nearest - own[element]) <= 1e-6 * max(step, abs(nearest)) + noise {
          ties += 1
        } else {
          report(
            id,
            "element \(element) of sample \(sample): \(computed[element]), golden \(own[element]), of \(value), step \(step)"
          )
        }
      }
      return
    }
    let largest = own.reduce(0) { max($0, abs($1)) }
    for element in own.indices {
      others += 1
      let width = isDouble ? 1e-9 * largest : max(band[element], 1e-5 * largest)
      if !(abs(own[element] - computed[element]) <= width) {
        report(
          id, "element \(element) of sample \(sample): \(computed[element]), golden \(own[element]), largest \(largest)"
        )
      }
    }
  }

  /// Compares quantized weights: a code times its scale, up to float32 rounding of the product.
  mutating func compareWeights() throws {
    guard let layers = file.root.groupIfPresent("quantized_weights") else { return }
    for layer in layers.groups {
      for weight in layer.datasets { try compare(weight, of: layer.name) }
    }
  }

  private mutating func compare(_ weight: H5Dataset, of layer: String) throws {
    let separable = ["depthwise_kernel": "\(layer)/depthwise"]
    let names = [separable[weight.name], "\(layer)/row_result", "\(layer)/linear", layer].compactMap { $0 }
    let wanted = weight.name.hasSuffix("kernel") ? "kernel" : weight.name
    let found = names.compactMap { graph.node(named: $0) }.compactMap { id in
      graph[id].op.parameters.first { $0.name == wanted }?.parameter
    }.first
    guard let parameter = found else {
      guard let id = graph.node(named: layer), graph[id].op is BatchNormalizationOp else {
        problems.append("\(layer): no weight '\(weight.name)'")
        return
      }
      return
    }
    let own = try weight.doubles
    let values = parameter.values
    guard own.count == values.count else {
      problems.append("\(layer): \(values.count) numbers in '\(weight.name)', golden \(own.count)")
      return
    }
    for i in own.indices where abs(own[i] - values[i]) > 0x1p-21 * abs(own[i]) {
      problems.append("\(layer) \(weight.name)[\(i)]: \(values[i]), golden \(own[i])")
      return
    }
  }

  private mutating func report(_ id: NodeID, _ text: String) {
    let problem = "\(graph[id].name): \(text)"
    // One of each layer is enough to read.
    if !problems.contains(where: { $0.hasPrefix("\(graph[id].name):") }) { problems.append(problem) }
  }
}
