import Diagnostics
import Numbers
import ONNX
import QIR
import Quantization

/// Numbers of the model, which a file holds exactly or not at all.
extension GraphWriter {
  /// float32 numbers.
  mutating func numbers(
    _ numbers: [Rational], shape: [Int] = [], _ name: String, at location: Diagnostic.Location
  ) -> String {
    let floats = numbers.map(\.float)
    if let missing = floats.firstIndex(of: nil) { reportNumber(numbers[missing], name, at: location) }
    return constant(floats.map { $0 ?? 0 }, shape: shape, named: name)
  }

  /// The scale of a `Quant`: float32, or float64 where the number needs it.
  mutating func quantScale(
    _ scales: [Rational], shape: [Int], _ name: String, at location: Diagnostic.Location
  ) -> String {
    let doubles = scales.map(\.double)
    if let missing = scales.indices.first(where: { Rational(doubles[$0]) != scales[$0] }) {
      reportNumber(scales[missing], name, at: location)
    }
    let floats = scales.compactMap(\.float)
    if floats.count == scales.count { return constant(floats, shape: shape, named: name) }
    return constant(ONNXTensor(name: unused(name), shape: shape, doubles: doubles))
  }

  /// The scale of a `QuantizeLinear` or `DequantizeLinear`: float32.
  mutating func linearScale(
    _ scales: [Rational], isSingle: Bool, _ name: String, at location: Diagnostic.Location
  ) -> String {
    let floats = scales.map(\.float)
    if let missing = floats.firstIndex(of: nil) {
      problems.report(
        Diagnostic(
          "its scale \(scales[missing].double) is no float32 number", at: location,
          supported: "float32 scales in --style qdq",
          fix: "use --style qonnx, or round the scale to float32 before training"))
    }
    return constant(floats.map { $0 ?? 0 }, shape: isSingle ? [] : [scales.count], named: name)
  }

  private mutating func reportNumber(_ number: Rational, _ name: String, at location: Diagnostic.Location) {
    problems.report(
      Diagnostic(
        "the number \(number.double) of '\(name)' is no float32 number", at: location,
        supported: "numbers that ONNX' float32 tensors hold exactly"))
  }

  /// The shape in which one number per channel spreads over a tensor.
  func perChannelShape(_ tensor: Tensor, count: Int) -> [Int] {
    guard count > 1 else { return [] }
    return [1] + tensor.order.map { $0 == tensor.order.count - 1 ? count : 1 }
  }
}
