import Diagnostics
import QIR
import Quantization

extension TypedLayer {
  /// How many different values a weight has behind a quantizer (`update_inference_values` in quantizer_impl.py). QKeras gets
  /// a quantized value q as x + (q - x) in float32, which makes more of them than there are codes.
  func valueCount(ofWeight index: Int, _ key: String) throws -> Int {
    guard node.layer.weights.indices.contains(index) else { return -1 }
    let weight = node.layer.weights[index]
    let values = try weight.values()
    guard let quantizer = node.layer.quantizers[key] else { return Set(values).count }
    let quantized = try quantizer.kind.quantize(
      values, shape: weight.shape, at: .init(layer: name, tensor: weight.name)
    ).values
    return Set(zip(values, quantized).map { value, quantized in value + (Float(quantized) - value) }).count
  }
}
