import QIR
import Quantization

/// The types of all numbers of a network, layer by layer: what QKeras 0.9.0's QTools says of it
/// (`generate_layer_data_type_map` in qtools/generate_layer_data_type_map.py). Where QTools fails with an exception, it is
/// said what the layer computes.
package struct DataTypeMap: Sendable {
  package let options: DataTypeOptions
  /// One per network input.
  package let sources: [DataType]
  /// In the model's order.
  package let layers: [TypedLayer]

  /// - Parameter model: before any pass.
  /// - Throws: `Diagnostic` where weights cannot be read.
  package init(_ model: Model, options: DataTypeOptions) throws {
    self.options = options
    let network = LayerGraph(model)
    sources = network.inputs.map { _ in options.source }
    var mapper = DataTypeMapper(options: options)
    for node in network.nodes { try mapper.append(node) }
    layers = mapper.layers
  }
}

/// What QTools' map depends on beside the network.
package struct DataTypeOptions: Sendable {
  /// Of the network's inputs.
  package var source = DataType.standard
  /// Of weights and biases that have no quantizer because they are in layers of Keras; nil: the standard type.
  package var kerasQuantizer: DataType? = .floatingPoint(bits: 32)
  /// Of the results of Keras' layers; nil: the standard type.
  package var kerasAccumulator: DataType? = .floatingPoint(bits: 32)
  /// All layers as if they were Keras': what the network would be without quantization.
  package var isForReference = false
  /// Whether weights count that are powers of two: a shifter is chosen by how many different ones there are.
  package var isInference = false
  /// Operations of layers with batch normalization folded into them as QKeras 0.9.0 has them: a depthwise one has none.
  package var isQToolsCompatible = false

  package init() {}

  /// What Keras' layers have for parameters.
  var kerasParameter: DataType { kerasQuantizer ?? .standard }
  var kerasResult: DataType { kerasAccumulator ?? .standard }
}

/// Hands types from layer to layer.
struct DataTypeMapper {
  /// What a layer hands on.
  private enum Handed {
    /// A quantizer of the model decides.
    case declared(DataType)
    /// The layer's arithmetic decides.
    case derived(DataType)

    var type: DataType {
      switch self {
      case .declared(let type): type
      case .derived(let type): type.handedOn
      }
    }
  }

  let options: DataTypeOptions
  private(set) var layers: [TypedLayer] = []
  private var handed: [Handed] = []

  init(options: DataTypeOptions) {
    self.options = options
  }

  /// - Parameter node: behind all that it reads.
  mutating func append(_ node: LayerNode) throws {
    var inputs = node.edges.map { edge in
      switch edge.source {
      case .networkInput: options.source.handedOn
      case .layer(let index): handed[index].type
      }
    }
    if inputs.isEmpty { inputs = [.standard] }
    let largest = node.edges.dropFirst().reduce(node.edges.first?.shape ?? .extents([])) {
      $1.shape.elements > $0.elements ? $1.shape : $0
    }
    var layer = TypedLayer(
      node, inputs: inputs,
      operationCount: node.operationCount(input: largest, isQToolsCompatible: options.isQToolsCompatible))
    let result = try types(&layer, largest)
    let declared = options.isForReference ? nil : self.declared(node)
    handed.append(declared.map { .declared($0) } ?? .derived(result))
    layer.output = handed[handed.count - 1].type
    layers.append(layer)
  }

  /// What the layer's own activation says.
  private func declared(_ node: LayerNode) -> DataType? {
    guard let activation = node.quantizers["activation"] else { return nil }
    switch node.role {
    case .normalization: return nil
    case .activation: return activation.type
    case .merge, .shape, .upsampling, .averagePool, .linear, .foldedLinear, .other:
      return activation.isKnown ? activation.type : nil
    }
  }

  /// Fills in what the layer is made of.
  /// - Returns: the type of its results.
  private func types(_ layer: inout TypedLayer, _ input: EdgeShape) throws -> DataType {
    switch layer.node.role {
    case .merge(let kind):
      var merge = Operation.merge(kind, of: layer.inputs)
      if options.isForReference { merge.output = options.kerasResult }
      layer.merge = merge
      return merge.output
    case .shape, .upsampling: return layer.inputs[0]
    case .averagePool(let isQuantized): return averagePool(&layer, isQuantized, input)
    // Overruled by its quantizer where it has one.
    case .activation: return options.kerasResult
    case .normalization(let isQuantized):
      layer.outputShape = input
      return try normalization(&layer, isQuantized: isQuantized)
    case .linear(let isQuantized): return try linear(&layer, isQuantized: isQuantized, isFolded: false)
    case .foldedLinear: return try linear(&layer, isQuantized: true, isFolded: true)
    case .other:
      let isReplaced = options.isForReference && options.kerasAccumulator != nil && !layer.node.isFirst
      return isReplaced ? options.kerasResult : layer.inputs[0]
    }
  }

  private func averagePool(_ layer: inout TypedLayer, _ isQuantized: Bool, _ input: EdgeShape) -> DataType {
    var window = layer.node.poolExtents
    if layer.node.isGlobalPool, case .listed = input { window = [] }
    var accumulator = Operation.accumulator(of: layer.inputs[0], kernel: window + [1, 1], hasBias: false)
    if isQuantized {
      layer.multiplier = .multiplier(accumulator.output, known(layer, "average_quantizer") ?? .standard)
    }
    if options.isForReference {
      layer.multiplier?.output = options.kerasResult
      accumulator.output = options.kerasResult
    }
    layer.accumulator = accumulator
    return (layer.multiplier ?? accumulator).output
  }

  private func normalization(_ layer: inout TypedLayer, isQuantized: Bool) throws -> DataType {
    let weights = layer.node.layer.weights.map(\.name)
    let scales = weights.contains("gamma") || weights.isEmpty
    let centers = weights.contains("beta") || weights.isEmpty
    let isKeras = options.isForReference || !isQuantized
    func type(_ key: String, otherwise standard: DataType) -> DataType {
      if isKeras { return options.kerasParameter }
      return layer.node.quantizers[key] == nil ? standard : known(layer, key) ?? .standard
    }
    var gamma = type("gamma_quantizer", otherwise: .standard)
    var variance = type("variance_quantizer", otherwise: .standard)
    if options.isInference {
      // QTools takes the quantizer of the same position, though without gamma or beta there are fewer weights.
      let keys = ["gamma_quantizer", "beta_quantizer", "mean_quantizer", "variance_quantizer"]
      let position = 1 + (scales ? 1 : 0) + (centers ? 1 : 0)
      if scales, gamma.isPowerOfTwo { gamma.valueCount = try layer.valueCount(ofWeight: 0, keys[0]) }
      if variance.isPowerOfTwo { variance.valueCount = try layer.valueCount(ofWeight: position, keys[position]) }
    }
    var normalization = Normalization(
      of: layer.inputs[0], gamma: gamma, beta: type("beta_quantizer", otherwise: layer.inputs[0]),
      mean: type("mean_quantizer", otherwise: layer.inputs[0]), variance: variance, scales: scales, centers: centers)
    if isKeras { normalization.setOutputs(options.kerasResult) }
    layer.normalization = normalization
    return normalization.output
  }

  private func linear(_ layer: inout TypedLayer, isQuantized: Bool, isFolded: Bool) throws -> DataType {
    let node = layer.node
    let isKeras = options.isForReference || !isQuantized
    let keys = LayerKeys(className: node.layer.className)
    var weights = isKeras ? options.kerasParameter : node.quantizers[keys.weights]?.type ?? .standard
    var bias: DataType? = isKeras ? options.kerasParameter : node.quantizers[keys.bias]?.type
    if options.isInference, weights.isPowerOfTwo {
      weights.valueCount = try layer.valueCount(ofWeight: 0, keys.weights)
    }
    let kernel = node.layer.weights.first?.shape ?? []
    var multiplier = Operation.multiplier(weights, layer.inputs[0])
    // QTools leaves room for a bias in any layer; in a folded one for its quantizer's.
    var accumulator = Operation.accumulator(
      of: multiplier.output, kernel: kernel, hasBias: !isFolded || bias != nil)
    if isFolded {
      if bias == nil {
        bias = accumulator.output
        if !accumulator.output.isFloatingPoint {
          accumulator.output.bits += 1
          accumulator.output.integerBits += 1
        }
      }
    } else {
      bias = node.layer.weights.contains { $0.name == "bias" } ? bias ?? .standard : nil
    }
    if isKeras {
      accumulator.output = options.kerasResult
      multiplier.output = options.kerasResult
    }
    layer.weights = .init(type: weights, shape: kernel)
    layer.bias = bias.map { .init(type: $0, shape: [kernel.last ?? 1]) }
    layer.multiplier = multiplier
    layer.accumulator = accumulator
    return accumulator.output
  }

  /// The type of one of the layer's quantizers where QTools has one for it.
  private func known(_ layer: TypedLayer, _ key: String) -> DataType? {
    layer.node.quantizers[key].flatMap { $0.isKnown ? $0.type : nil }
  }
}
