import Diagnostics
import Libc
import Numbers
import QIR
import Quantization
import Quantizers

/// `QAdaptiveActivation` at inference: a quantizer of `total_bits` whose integer bits follow from the moving minimum and
/// maximum that training left, one pair for the tensor or one per channel (`_get_integer_bits` in QKeras' quantizers.py).
enum AdaptiveActivation {
  static let keys =
    LayerKeys.read(
      "activation", "total_bits", "symmetric", "po2_rounding", "relu_neg_slope", "relu_upper_bound", "per_channel")
    + .harmless("current_step", "quantization_delay", "ema_freeze_delay", "ema_decay")
    // The training step, which has no name of its own.
    + .trainingVariables("Variable") + .variables("Variable", "ema_min", "ema_max")

  @Sendable static func read(_ layer: inout LayerReader) throws -> NodeID {
    let kind = layer.check { layer in
      let node = try layer.config.member("activation")
      let kind = try node.string()
      try node.require(
        ["quantized_bits", "quantized_relu"].contains(kind), "is '\(kind)'",
        supported: "quantized_bits, quantized_relu", fix: "use one of them, and train again")
      return kind
    }
    let bits = layer.check { try $0.config.int("total_bits", in: 1...32) }
    let isSymmetric = layer.check { try $0.config.flag("symmetric", default: true) }
    let rounds = layer.check { try $0.config.flag("po2_rounding", default: false) }
    let slope = layer.check { try $0.config.double("relu_neg_slope", default: 0) }
    let isBounded = layer.check { layer in
      // QKeras takes 0 for none.
      guard let bound = try layer.config.doubleIfPresent("relu_upper_bound"), bound != 0 else { return false }
      throw Diagnostic(
        "relu_upper_bound is \(bound), which no version of QKeras saves", at: layer.location, supported: "none",
        fix: "bound the values in front of it, with a ReLU(max_value=\(bound)), and train again")
    }
    let perChannel = layer.check { try $0.config.flag("per_channel", default: false) }
    let count: Int? =
      perChannel == true ? layer.inputs?.first.map { layer.graph[$0].shape.channels } : perChannel.map { _ in 1 }
    let lowest = layer.check { try $0.weights.values("ema_min", shape: [count]).values }
    let highest = layer.check { try $0.weights.values("ema_max", shape: [count]).values }
    let input = try layer.input()
    guard let kind, let bits, let isSymmetric, let rounds, let slope, isBounded != nil, let lowest, let highest,
      lowest.count == highest.count
    else { throw Skipped() }
    let range = Range(
      bits: bits, isSymmetric: isSymmetric, isSigned: kind == "quantized_bits" || slope != 0, roundsToPowerOfTwo: rounds
    )
    let quantizers = try zip(lowest, highest).map { low, high in
      var named: [String: QuantizerArguments.Value] = [
        "bits": .int(Int64(bits)), "integer": .int(Int64(range.integerBits(from: low, to: high))),
      ]
      if kind == "quantized_bits" {
        named["symmetric"] = .int(isSymmetric ? 1 : 0)
        named["alpha"] = .double(1)
      } else {
        named["negative_slope"] = .double(slope)
        named["is_quantized_clip"] = .bool(false)
      }
      return try Quantizer(QuantizerArguments(quantizer: kind, named: named, location: layer.location))
    }
    // The one of most integer bits holds the values of all channels.
    layer.derivedQuantizers["activation"] =
      zip(quantizers, zip(lowest, highest)).max {
        range.integerBits(from: $0.1.0, to: $0.1.1) < range.integerBits(from: $1.1.0, to: $1.1.1)
      }?.0
    let maps = try PerChannel(quantizers).map { try $0.kind.featureMap(at: layer.location) }
    let description =
      quantizers.count == 1 ? quantizers[0].kind.description : "QAdaptiveActivation(\(kind),\(bits))"
    return try layer.append(
      QuantizeOp(description: description, quantizer: quantizers.first, bits: bits, quantizers: maps),
      inputs: [input])
  }

  /// In float32, as QKeras computes it.
  private struct Range {
    let bits: Int
    let isSymmetric: Bool
    let isSigned: Bool
    let roundsToPowerOfTwo: Bool

    /// How many bits stand left of the binary point, the sign not counted.
    func integerBits(from low: Float, to high: Float) -> Int {
      let low = isSigned ? low : max(low, 0)
      let high = isSigned ? high : max(high, 0)
      let unsigned = bits - (isSigned ? 1 : 0)
      var below = integerBits(of: low)
      var above = integerBits(of: high)
      if !roundsToPowerOfTwo {
        if high > largest(above, unsigned) { above += 1 }
        if isSymmetric && -largest(below, unsigned) > low { below += 1 }
      }
      return min(unsigned, Int(max(below, above)))
    }

    private func integerBits(of bound: Float) -> Float {
      let exponent = logf(abs(bound)) / Float(0.6931471805599453)
      let positive = exponent > 0 ? exponent : 0
      return roundsToPowerOfTwo ? positive.rounded(.toNearestOrEven) : positive.rounded(.up)
    }

    /// 2^integer - 2^-fraction
    private func largest(_ integer: Float, _ unsigned: Int) -> Float {
      exp2f(integer) - exp2f(min(integer - Float(unsigned), 0))
    }
  }
}
