import Diagnostics
import Quantization

/// QKeras' function `binary_tanh`: 2 binary_sigmoid(x) - 1, so 0 gives -1.
package struct BinaryTanh: NamedQuantizer {
  package static let names = ["binary_tanh"]
  package static let parameters: [String] = []

  package init() {}
  package init(_ arguments: inout QuantizerArguments) {}

  package var bits: Int { 1 }
  package var dataType: DataType { .sign }

  package func featureMap(at location: Diagnostic.Location) -> FeatureMapQuantizer {
    FeatureMapQuantizer(
      steps: .levels(LevelSteps(thresholds: [.init(.zero, isInclusive: false)], codes: [-1, 1])),
      format: CodeFormat(scale: .one, range: -1...1), arithmetic: .hardSigmoid)
  }

  package func quantize(_ values: [Float], shape: [Int], at location: Diagnostic.Location) -> QuantizedTensor {
    QuantizedTensor(
      shape: shape, codes: values.map { 2 * Int64($0.qkerasHardSigmoid.rounded(.toNearestOrEven)) - 1 },
      scales: [.one], bits: bits)
  }

  package var description: String { "binary_tanh" }
}
