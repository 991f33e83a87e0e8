import Diagnostics
import Numbers
import Quantization

/// QKeras' function `binary_sigmoid`: round_half_even(clip(x / 2 + 1/2, 0, 1)), so 0 gives 0.
package struct BinarySigmoid: NamedQuantizer {
  package static let names = ["binary_sigmoid"]
  package static let parameters: [String] = []

  package init() {}
  package init(_ arguments: inout QuantizerArguments) {}

  package var bits: Int { 1 }
  package var dataType: DataType { .zeroOne }

  package func featureMap(at location: Diagnostic.Location) -> FeatureMapQuantizer {
    let half = Rational.powerOfTwo(-1)
    return FeatureMapQuantizer(
      steps: .uniform(UniformSteps(gain: half, bias: half, clamp: 0...1)), format: CodeFormat(scale: .one, range: 0...1)
    )
  }

  package func quantize(_ values: [Float], shape: [Int], at location: Diagnostic.Location) -> QuantizedTensor {
    QuantizedTensor(
      shape: shape, codes: values.map { Int64($0.qkerasHardSigmoid.rounded(.toNearestOrEven)) }, scales: [.one],
      bits: bits)
  }

  package var description: String { "binary_sigmoid" }
}
