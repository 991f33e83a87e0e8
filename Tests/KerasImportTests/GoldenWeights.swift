import HDF5
import QIR

/// The weights of a graph against those that QKeras quantized, `quantized_weights/<layer>/<weight>`: a code times its scale, up
/// to float32 rounding of the product.
struct GoldenWeights {
  private(set) var problems: [String] = []
  private let graph: Graph

  /// - Throws: `Diagnostic` where the file cannot be read.
  init(_ graph: Graph, golden: String) throws {
    self.graph = graph
    let file = try H5File(golden)
    guard let layers = file.root.groupIfPresent("quantized_weights") else { return }
    for layer in layers.groups {
      for weight in layer.datasets { try compare(weight, of: layer.name) }
    }
  }

  private mutating func compare(_ weight: H5Dataset, of layer: String) throws {
    let separable = ["depthwise_kernel": "\(layer)/depthwise"]
    let names = [separable[weight.name], "\(layer)/row_result", "\(layer)/linear", layer]
      .compactMap { $0 }
    let wanted = weight.name.hasSuffix("kernel") ? "kernel" : weight.name
    let isPhased = graph.node(named: "\(layer)/phase0") != nil
    if isPhased, wanted == "kernel" { return try comparePhases(weight, of: layer) }
    let found = (names + ["\(layer)/phase0"]).compactMap { graph.node(named: $0) }.compactMap { id in
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

  /// The taps of a transposed convolution, each in one of its phases; where none falls there is a zero.
  private mutating func comparePhases(_ weight: H5Dataset, of layer: String) throws {
    let phases = graph.ids.map { graph[$0] }.filter { $0.name.hasPrefix("\(layer)/phase") }
    let values = phases.flatMap { $0.op.parameters.first { $0.name == "kernel" }?.parameter.values ?? [] }
    let (own, found) = (try weight.doubles.filter { $0 != 0 }.sorted(), values.filter { $0 != 0 }.sorted())
    if own.count != found.count || zip(own, found).contains(where: { abs($0 - $1) > 0x1p-21 * abs($0) }) {
      problems.append("\(layer): other taps in its phases")
    }
  }
}
