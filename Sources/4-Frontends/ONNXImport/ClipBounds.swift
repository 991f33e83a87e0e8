import Numbers
import ONNX
import Quantization

/// The bounds of a Clip: attributes before opset 11, constant inputs since.
struct ClipBounds {
  private var lower: Rational?
  private var upper: Rational?

  init(_ reader: inout NodeReader) throws {
    lower = try Self.bound(&reader, "min", input: 1) { $0 <= -.greatestFiniteMagnitude }
    upper = try Self.bound(&reader, "max", input: 2) { $0 >= .greatestFiniteMagnitude }
    // ONNX: where min is above max, every element is max.
    if let upper, let lower, lower > upper { self.lower = upper }
  }

  /// - Parameter isNone: whether a number bounds nothing.
  private static func bound(
    _ reader: inout NodeReader, _ name: String, input: Int, isNone: (Double) -> Bool
  ) throws -> Rational? {
    var bound: Double?
    if case .float(let float)? = reader.take(name) { bound = Double(float) }
    if let constant = try reader.constantIfPresent(input) {
      try reader.require(constant.count == 1, "\(name) of shape \(constant.shape)", supported: "one number")
      if let integers = constant.integers { return Rational(integers[0]) }
      bound = constant.values[0]
    }
    guard let bound, !isNone(bound) else { return nil }
    guard bound.isFinite else { throw reader.problem("\(name) is \(bound)", supported: "a number") }
    return Rational(bound)
  }

  var isEmpty: Bool { lower == nil && upper == nil }
  var function: RealFunction { .clip(lower: lower, upper: upper) }

  func callAsFunction(_ number: Rational) -> Rational { function(number) ?? number }

  /// What is left of a range of integers.
  func within(_ range: ClosedRange<Int64>) -> ClosedRange<Int64> {
    func clipped(_ integer: Int64) -> Int64 { Int64(self(Rational(integer)).floor) }
    return clipped(range.lowerBound)...clipped(range.upperBound)
  }
}
