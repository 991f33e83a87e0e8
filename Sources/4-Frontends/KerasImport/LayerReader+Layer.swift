import JSON
import QIR
import Quantization

extension LayerReader {
  /// The layer as it was written, once its nodes stand in the graph from `first` on.
  func layer(from first: Int) -> Layer {
    Layer(
      name: name, calledName: location.layer ?? name, className: className, inputs: inputs ?? [],
      nodes: first..<graph.nodes.count,
      quantizers: quantizers, weights: weights.asRead)
  }

  /// What the layer does not use need not be readable.
  private var quantizers: [String: Quantizer] {
    var quantizers = derivedQuantizers
    for member in (try? config.object()) ?? [] where member.key.hasSuffix("_quantizer") {
      quantizers[member.key] = (try? QuantizerConfig.read(config, member.key)) ?? nil
    }
    // A name without arguments may be a function.
    if quantizers["activation"] == nil, case .quantizer(let quantizer)? = try? activation() {
      quantizers["activation"] = quantizer
    }
    return quantizers
  }
}
