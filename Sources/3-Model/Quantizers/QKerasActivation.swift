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

/// The activation functions of Keras' own layers.
package enum KerasActivation {
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
    default: nil
    }
  }
}
