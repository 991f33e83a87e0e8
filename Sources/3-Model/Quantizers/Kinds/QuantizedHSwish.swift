import Diagnostics
import Numbers
import Quantization

/// QKeras' `quantized_hswish`: x clip(x + relu_shift, 0, relu_upper_bound) / relu_upper_bound, then `quantized_bits`.
package struct QuantizedHSwish: AlphaQuantizer {
  package static let names = ["quantized_hswish"]
  package static let parameters = [
    "bits", "integer", "symmetric", "alpha", "use_stochastic_rounding", "scale_axis", "qnoise_factor", "var_name",
    "use_ste", "use_variables", "relu_shift", "relu_upper_bound",
  ]

  package private(set) var result: QuantizedBits
  package let shift: Float
  package let upperBound: Float

  /// - Parameter result: quantizes the function's values.
  package init(_ result: QuantizedBits = QuantizedBits(), shift: Float = 3, upperBound: Float = 6) {
    self.result = result
    self.shift = shift
    self.upperBound = upperBound
  }

  package init(_ arguments: inout QuantizerArguments) {
    func positive(_ name: String, _ standard: Double) -> Float {
      let value = arguments.number(name, default: standard) ?? standard
      if value <= 0 { arguments.refuse("\(name) = \(value)", supported: "above 0") }
      return Float(value)
    }
    shift = positive("relu_shift", 3)
    upperBound = positive("relu_upper_bound", 6)
    result = QuantizedBits(&arguments)
  }

  package var forKernels: QuantizedHSwish {
    var copy = self
    copy.result = result.forKernels
    return copy
  }

  package var alpha: Alpha {
    get { result.alpha }
    set { result.alpha = newValue }
  }

  package var bits: Int { result.bits }
  package var dataType: DataType { result.dataType }
  package var isKnownToQTools: Bool { true }
  package var statisticsType: DataType { .fixedPoint(bits: bits, integerBits: result.integer) }

  package func featureMap(at location: Diagnostic.Location) throws -> FeatureMapQuantizer {
    try result.featureMap(
      after: [.hardSwish(shift: Rational(shift), upper: Rational(upperBound))], at: location)
  }

  package func quantize(_ values: [Float], shape: [Int], at location: Diagnostic.Location) throws -> QuantizedTensor {
    let swished = values.map { $0 * min(max($0 + shift, 0), upperBound) / upperBound }
    return try result.quantize(swished, shape: shape, at: location)
  }

  package var description: String {
    let inside = result.description.dropFirst("quantized_bits(".count).dropLast()
    return "quantized_hswish(\(inside),relu_shift=\(shift),relu_upper_bound=\(upperBound))"
  }
}
