import Numbers
import Quantization

/// The activation functions that a model may name, as real functions. Those that round are quantizers (`Quantizer`).
package enum QKerasActivation {
  /// What QKeras' layers and QActivation take a name for: QKeras' own functions first, then those of Keras. `linear` is no
  /// function at all; nil for names that are neither.
  package static func named(_ name: String) -> [RealFunction]? {
    switch name {
    case "hard_sigmoid": [.affine(scale: .powerOfTwo(-1), shift: .powerOfTwo(-1)), .clip(lower: .zero, upper: .one)]
    case "smooth_sigmoid":
      [.affine(scale: Rational(0.1875), shift: .powerOfTwo(-1)), .clip(lower: .zero, upper: .one)]
    case "hard_tanh": named("hard_sigmoid").map { $0 + [.affine(scale: 2, shift: -.one)] }
    case "smooth_tanh": named("smooth_sigmoid").map { $0 + [.affine(scale: 2, shift: -.one)] }
    default: KerasActivation.named(name)
    }
  }
}

/// The activation functions of Keras' own layers, by Keras 2's meaning where nothing else is said.
package enum KerasActivation {
  /// Those that Keras has, for messages, the documentation and what is exported.
  package static let names = [
    "linear", "relu", "relu6", "sigmoid", "tanh", "hard_sigmoid", "leaky_relu", "elu", "selu", "exponential",
    "softplus",
    "softsign", "swish", "gelu", "mish",
  ]

  /// v where v >= 0, alpha (e^v - 1) below.
  package static func elu(alpha: Rational) -> [RealFunction] {
    [.curve(.elu)] + (alpha == .one ? [] : [.leakyReLU(slope: alpha)])
  }

  /// gain v where v >= 0, slope (e^v - 1) below.
  package static func selu(gain: Rational, slope: Rational) -> [RealFunction] {
    elu(alpha: slope / gain) + [.affine(scale: gain, shift: .zero)]
  }

  /// What Keras 3 takes a name for: its hard sigmoid is another one, relu6(v + 3) / 6.
  package static func namedByKeras3(_ name: String) -> [RealFunction]? {
    name == "hard_sigmoid"
      ? [.affine(scale: Rational(1, over: 6), shift: .powerOfTwo(-1)), .clip(lower: .zero, upper: .one)] : named(name)
  }

  /// nil for names that are no element-wise function of those that are supported.
  package static func named(_ name: String) -> [RealFunction]? {
    switch name {
    case "linear": []
    case "relu": [.relu]
    // TensorFlow's, which multiplies by the float32 number next to 0.2.
    case "leaky_relu": [.leakyReLU(slope: Rational(Float(0.2)))]
    case "relu6": [.clip(lower: .zero, upper: 6)]
    case "sigmoid": [.sigmoid]
    case "tanh": [.tanh]
    // Keras multiplies by the float32 number next to 0.2.
    case "hard_sigmoid":
      [.affine(scale: Rational(Float(0.2)), shift: .powerOfTwo(-1)), .clip(lower: .zero, upper: .one)]
    case "elu": elu(alpha: .one)
    // TensorFlow's constants, and their product.
    case "selu": selu(gain: Rational(Float(1.05070098735548049)), slope: Rational(Float(1.75809934084737686)))
    case "exponential", "exp": [.curve(.exp)]
    case "softplus": [.curve(.softplus)]
    case "softsign": [.curve(.softsign)]
    case "swish", "silu": [.curve(.swish)]
    case "gelu": [.curve(.gelu)]
    case "mish": [.curve(.mish)]
    default: nil
    }
  }
}
