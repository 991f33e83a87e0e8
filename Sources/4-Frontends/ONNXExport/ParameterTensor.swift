import Numbers
import QIR
import Quantization

/// A parameter on its way into the order of axes that ONNX has it in.
struct ParameterTensor {
  enum Numbers {
    case real([Float])
    /// Codes times scales, which differ along `axis`; there is one scale where it is nil.
    case codes(IntegerArray, scales: [Rational], axis: Int?, of: QuantizedTensor)
  }

  var shape: [Int]
  var numbers: Numbers

  init(_ parameter: Parameter) {
    shape = parameter.shape
    switch parameter {
    case .real(let floats, _): numbers = .real(floats)
    case .quantized(let tensor):
      numbers = .codes(
        tensor.codes, scales: tensor.scales, axis: tensor.scales.count > 1 ? tensor.scaleAxis : nil, of: tensor)
    }
  }

  private init(shape: [Int], numbers: Numbers) {
    self.shape = shape
    self.numbers = numbers
  }

  /// Axis k of the result is axis permutation[k].
  func permuted(by permutation: [Int]) -> ParameterTensor {
    let extents = Shape(shape)
    let permuted = extents.permuted(by: permutation).extents
    switch numbers {
    case .real(let floats):
      return ParameterTensor(shape: permuted, numbers: .real(extents.permute(floats, by: permutation)))
    case .codes(let codes, let scales, let axis, let tensor):
      let moved = IntegerArray(extents.permute(codes.widened, by: permutation))
      return ParameterTensor(
        shape: permuted,
        numbers: .codes(moved, scales: scales, axis: axis.flatMap { permutation.firstIndex(of: $0) }, of: tensor))
    }
  }

  /// The first two axes as one.
  func mergingFirstAxes() -> ParameterTensor {
    let (outer, inner) = (shape[0], shape[1])
    let merged = [outer * inner, 1] + shape[2...]
    switch numbers {
    case .real: return ParameterTensor(shape: merged, numbers: numbers)
    case .codes(let codes, let scales, let axis, let tensor):
      let spread =
        switch axis {
        case 0: (0..<outer * inner).map { scales[$0 / inner] }
        case 1: (0..<outer * inner).map { scales[$0 % inner] }
        default: scales
        }
      return ParameterTensor(
        shape: merged, numbers: .codes(codes, scales: spread, axis: axis.map { $0 < 2 ? 0 : $0 }, of: tensor))
    }
  }
}
