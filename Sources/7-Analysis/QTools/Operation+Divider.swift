import Quantization

extension Operation {
  /// What divides two numbers (divider_factory.py, divider_impl.py). By anything that is neither a power of two nor floating
  /// point it is a division in float32; QTools refuses to divide by binary and ternary numbers.
  package static func divider(_ numerator: DataType, by denominator: DataType) -> Operation {
    let floats = [numerator, denominator].filter(\.isFloatingPoint)
    if let widest = floats.map(\.bits).max() { return Operation(.mul, .floatingPoint(bits: widest)) }
    guard denominator.isPowerOfTwo else { return Operation(.mul, .floatingPoint(bits: 32)) }
    switch numerator.mode {
    case .powerOfTwo: return differenceOfExponents(numerator, denominator)
    case .binary, .zeroOne:
      var shifter = shifter(denominator, numerator, isDivision: true)
      shifter.output.kind = .powerOfTwo
      return shifter
    case .fixedPoint, .ternary, .floatingPoint: return shifter(denominator, numerator, isDivision: true)
    }
  }

  private static func differenceOfExponents(_ numerator: DataType, _ denominator: DataType) -> Operation {
    let hasLargest = numerator.largest != -1 && denominator.largest != -1 && denominator.largest != 0
    return Operation(
      .add,
      .powerOfTwo(
        bits: max(numerator.bits, denominator.bits) + 1,
        integerBits: max(numerator.integerBits, denominator.integerBits) + 1, isSigned: true,
        largest: hasLargest ? numerator.largest / denominator.largest : -1))
  }
}
