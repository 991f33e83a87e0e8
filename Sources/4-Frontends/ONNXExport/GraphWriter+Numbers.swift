import Diagnostics
import Numbers
import ONNX
import Quantizers

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
        "its scale \(scales[missing].double) is no float32 number", at: location,
        supported: "float32 scales in --style qdq",
        fix: "use --style qonnx, or round the scale to float32 before training")
    }
    return constant(floats.map { $0 ?? 0 }, shape: isSingle ? [] : [scales.count], named: name)
  }

  private mutating func reportNumber(_ number: Rational, _ name: String, at location: Diagnostic.Location) {
    problems.report(
      "the number \(number.double) of '\(name)' is no float32 number", at: location,
      supported: "numbers that ONNX' float32 tensors hold exactly")
  }

  /// The shape in which one number per channel spreads over a tensor.
  func perChannelShape(_ tensor: Tensor, count: Int) -> [Int] {
    guard count > 1 else { return [] }
    return [1] + tensor.order.map { $0 == tensor.order.count - 1 ? count : 1 }
  }
}

/// The range of a `Quant`'s codes as the operator says it.
struct QuantWidth: Equatable {
  var bits: Int
  var isSigned: Bool
  var isNarrow: Bool

  var range: ClosedRange<Int64> {
    QONNXQuant(scale: 1, bitWidth: Double(bits), isSigned: isSigned, isNarrow: isNarrow, roundingMode: .round).range
  }

  /// One signed bit is no range to QONNX' executor, but the sign.
  func holds(_ codes: ClosedRange<Int64>) -> Bool { range.contains(codes) && !(isSigned && bits == 1) }

  /// The one that holds exactly these codes, or else the narrowest that holds them and others; nil beyond 32 bits.
  static func holding(_ codes: ClosedRange<Int64>) -> QuantWidth? {
    let narrowest = IntegerType.narrowest(holding: codes)
    let bits = max(narrowest.bits, narrowest.isSigned ? 2 : 1)
    guard Double(bits) <= QONNXQuant.bitWidths.upperBound else { return nil }
    let wide = QuantWidth(bits: bits, isSigned: narrowest.isSigned, isNarrow: false)
    let narrow = QuantWidth(bits: bits, isSigned: narrowest.isSigned, isNarrow: true)
    return narrow.range == codes ? narrow : wide
  }
}

/// An operator of the model without the tensors that it reads and makes.
struct Step {
  var operatorType: String
  var domain = ""
  /// Inputs behind the first.
  var constants: [String] = []
  var attributes: [(name: String, value: ONNXAttribute)] = []
  /// Takes the tensor that entered this many steps before it as well.
  var joins: Int?
  /// Of its result.
  var type = ONNXElementType.float
  /// What its result is called where another step follows.
  var suffix = "step"
  /// The first operator set that has it in this form.
  var opset = 13

  init(
    _ operatorType: String, domain: String = "", constants: [String] = [],
    attributes: [(name: String, value: ONNXAttribute)] = [], joins: Int? = nil, type: ONNXElementType = .float,
    suffix: String = "step", opset: Int = 13
  ) {
    self.operatorType = operatorType
    self.domain = domain
    self.constants = constants
    self.attributes = attributes
    self.joins = joins
    self.type = type
    self.suffix = suffix
    self.opset = opset
  }
}

/// Numbers that float32 does not hold as two that it does: constants that a model has as codes times scales.
enum FloatPairs {
  /// Numbers as float32 numbers times one of them all; nil where float32 holds them as they are, or there is no such pair.
  static func factors(of numbers: [Rational]) -> (first: [Rational], second: Rational)? {
    guard numbers.contains(where: { $0.float == nil }) else { return nil }
    // The largest odd integer that divides the digits of them all.
    var common: UInt64 = 0
    for number in numbers where number.sign != 0 {
      let value = number.double
      guard Rational(value) == number else { return nil }
      let digits = value.significandBitPattern | 1 << 52
      common = greatestDivisor(common, digits >> UInt64(digits.trailingZeroBitCount))
    }
    let second = Rational(Int64(common))
    let first = numbers.map { $0 / second }
    guard common > 1, second.float != nil, first.allSatisfy({ $0.float != nil }) else { return nil }
    return (first, second)
  }

  /// One list of float32 numbers, or two that add up to the numbers; one that is not float32 where there are no such two.
  static func summands(of numbers: [Rational]) -> [[Rational]] {
    let floats = numbers.map { Float($0.double) }
    guard floats.allSatisfy(\.isFinite) else { return [numbers] }
    let first = floats.map { Rational($0) }
    let second = zip(numbers, first).map { $0 - $1 }
    guard second.contains(where: { $0.sign != 0 }), second.allSatisfy({ $0.float != nil }) else { return [numbers] }
    return [first, second]
  }

  private static func greatestDivisor(_ first: UInt64, _ second: UInt64) -> UInt64 {
    var (first, second) = (first, second)
    while second != 0 { (first, second) = (second, first % second) }
    return first
  }
}
