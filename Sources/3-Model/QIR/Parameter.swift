import Diagnostics
import Numbers
import Quantization

/// A constant tensor of a layer.
package enum Parameter: Sendable {
  case quantized(QuantizedTensor)
  /// float32 numbers that no quantizer touches.
  case real([Float], shape: [Int])

  /// float32 numbers through a quantizer.
  /// - Throws: `Diagnostic` where it makes no codes of them.
  package init(_ values: [Float], shape: [Int], through quantizer: Quantizer, at location: Diagnostic.Location) throws {
    var tensor = try quantizer.kind.quantize(values, shape: shape, at: location).flushed
    if quantizer.kind.isStraightThrough { tensor = tensor.carried(by: values) }
    tensor.quantizer = quantizer
    self = .quantized(tensor)
  }

  package var shape: [Int] {
    switch self {
    case .quantized(let tensor): tensor.shape
    case .real(_, let shape): shape
    }
  }

  package var elements: Int { shape.reduce(1, *) }

  package var isQuantized: Bool {
    if case .quantized = self { true } else { false }
  }

  /// The numbers it stands for, last axis fastest, each the nearest double.
  package var values: [Double] {
    switch self {
    case .quantized(let tensor): tensor.values
    case .real(let numbers, _): numbers.map(Double.init)
    }
  }

  /// The number at an index, last axis fastest, exactly.
  package func fraction(at index: Int) -> Rational {
    switch self {
    case .quantized(let tensor): tensor.fraction(at: index)
    case .real(let numbers, _): Rational(numbers[index])
    }
  }

  /// See `QuantizedTensor`.
  package var farthest: Double {
    if case .quantized(let tensor) = self { tensor.farthest } else { 0 }
  }

  /// The declared width in bits; 32 for float32.
  package var bits: Int {
    switch self {
    case .quantized(let tensor): tensor.bits
    case .real: 32
    }
  }
}
