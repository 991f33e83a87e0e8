import Diagnostics
import JSON
import QIR
import Quantization
import Quantizers

extension LayerReader {
  /// The quantizer under a key of the layer's configuration; nil where there is none.
  /// - Parameters:
  ///   - standard: what the class takes where its configuration has not that key.
  ///   - forKernel: whether QKeras tells the quantizer that its tensor is trained (`_set_trainable_parameter`).
  func quantizer(
    _ key: String, of tensor: String, default standard: String? = nil, forKernel: Bool
  ) throws -> Quantizer? {
    let quantizer =
      if let standard, try config.memberIfPresent(key) == nil {
        try Quantizer(QuantizerArguments(parsing: standard, location: location))
      } else {
        try QuantizerConfig.read(config, key, tensor: tensor)
      }
    return forKernel ? quantizer?.forKernels : quantizer
  }

  /// A weight through its quantizer, or as it is where the layer has none. Problems of both are collected.
  mutating func parameter(
    _ variable: String, shape: [Int?], quantizer key: String?, default standard: String? = nil, forKernel: Bool
  ) throws -> Parameter {
    let quantizer = check { reader in
      try key.flatMap { try reader.quantizer($0, of: variable, default: standard, forKernel: forKernel) }
    }
    let weights = check { try $0.weights.values(variable, shape: shape) }
    guard let quantizer, let weights else { throw Skipped() }
    return try parameter(variable, weights.values, shape: weights.shape, through: quantizer)
  }

  /// Numbers for a variable through a quantizer.
  func parameter(
    _ variable: String, _ values: [Float], shape: [Int], through quantizer: Quantizer?
  ) throws -> Parameter {
    guard let quantizer else { return .real(values, shape: shape) }
    do {
      var tensor = try quantizer.kind.quantize(values, shape: shape, at: weights.location(of: variable)).flushed
      if quantizer.kind.isStraightThrough { tensor = tensor.carried(by: values) }
      tensor.quantizer = quantizer
      return .quantized(tensor)
    } catch {
      guard isOutline else { throw error }
      return .real(values, shape: shape)
    }
  }

  /// The bias of a layer with `count` outputs; nil where it has none.
  mutating func bias(count: Int?) throws -> Parameter? {
    guard try config.flag("use_bias", default: true) else {
      _ = try quantizer("bias_quantizer", of: "bias", forKernel: false)
      return nil
    }
    return try parameter("bias", shape: [count], quantizer: "bias_quantizer", forKernel: false)
  }
}

extension Parameter {
  /// The same numbers with an axis of one in front.
  var withLeadingAxis: Parameter {
    switch self {
    case .real(let values, let shape): return .real(values, shape: [1] + shape)
    case .quantized(var tensor):
      tensor.shape.insert(1, at: 0)
      tensor.scaleAxis += 1
      return .quantized(tensor)
    }
  }
}
