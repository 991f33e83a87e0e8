import Libc
import Quantization

extension Operation {
  /// What multiplies a weight with an input (multiplier_factory.py has the table, multiplier_impl.py the types):
  ///
  ///     weight \ input   fixed    2^n      -1 0 1  -1 1  0 1  float
  ///     fixed            mul      shifter  mux     mux   and  mul
  ///     2^n              shifter  add      mux     mux   and  mul
  ///     -1 0 1           mux      mux      mux     mux   and  mul
  ///     -1 1             mux      mux      mux     xor   and  mul
  ///     0 1              and      and      and     and   and  mul
  ///     float            mul      mul      mul     mul   mul  mul
  package static func multiplier(_ weight: DataType, _ input: DataType) -> Operation {
    switch (weight.mode, input.mode) {
    case (.floatingPoint, _), (_, .floatingPoint):
      Operation(.mul, .floatingPoint(bits: max(weight.floatBits, input.floatBits)))
    case (.zeroOne, _), (_, .zeroOne): and(weight, input)
    case (.fixedPoint, .fixedPoint): product(weight, input)
    case (.fixedPoint, .powerOfTwo): shifter(input, weight)
    case (.powerOfTwo, .fixedPoint): shifter(weight, input)
    case (.powerOfTwo, .powerOfTwo): sumOfExponents(weight, input)
    case (.binary, .binary): xor(weight, input)
    case (.fixedPoint, _), (.powerOfTwo, _), (.ternary, _), (.binary, _): mux(weight, input)
    }
  }

  private static func product(_ weight: DataType, _ input: DataType) -> Operation {
    Operation(
      .mul,
      .fixedPoint(
        bits: weight.bits + input.bits, integerBits: weight.integerBits + input.integerBits,
        isSigned: weight.isSigned || input.isSigned),
      gateBits: (Double(weight.bits) * Double(input.bits)).squareRoot())
  }

  private static func sumOfExponents(_ weight: DataType, _ input: DataType) -> Operation {
    let hasLargest = weight.largest != -1 && input.largest != -1
    return Operation(
      .add,
      .powerOfTwo(
        bits: max(weight.bits, input.bits) + 1, integerBits: max(weight.integerBits, input.integerBits) + 1,
        isSigned: weight.isSigned || input.isSigned, largest: hasLargest ? input.largest * weight.largest : -1))
  }

  private static func xor(_ weight: DataType, _ input: DataType) -> Operation {
    Operation(
      .xor,
      DataType(
        .binary, bits: max(weight.bits, input.bits), integerBits: max(weight.integerBits, input.integerBits),
        isSigned: weight.isSigned || input.isSigned),
      gateFactor: 0.3, gateBits: 1)
  }

  /// One operand picks the other, its negative or zero.
  private static func mux(_ weight: DataType, _ input: DataType) -> Operation {
    let isPickedByWeight = weight.mode == .binary || weight.mode == .ternary
    let (picking, picked) = isPickedByWeight ? (weight, input) : (input, weight)
    let isSigned = weight.isSigned || input.isSigned
    let bits = picked.bits + (picking.isSigned && !picked.isSigned ? 1 : 0)
    // As QTools tells them apart by name: stochastic_binary is a binary weight, but no binary input.
    let isBinary = isPickedByWeight ? picking.mode == .binary : picking.kind == .binary
    return Operation(
      .mux, output(of: weight, input, bits: bits, integerBits: picked.integerBits, isSigned, mux: true),
      gateFactor: isBinary ? 0.3 : 2 * 0.3, gateBits: Double(picked.bits))
  }

  /// One operand lets the other through or not.
  private static func and(_ weight: DataType, _ input: DataType) -> Operation {
    if weight.mode == .zeroOne && input.mode == .zeroOne {
      let output = DataType(
        .zeroOneBinary, bits: max(weight.bits, input.bits),
        integerBits: weight.kind == .zeroOneBinary ? input.integerBits : weight.integerBits,
        isSigned: weight.isSigned || input.isSigned)
      return Operation(.and, output, gateFactor: 0.1)
    }
    let output = output(
      of: weight, input, bits: max(weight.bits, input.bits),
      integerBits: weight.kind == .zeroOneBinary ? input.integerBits : weight.integerBits,
      weight.isSigned || input.isSigned, mux: false)
    return Operation(.and, output, gateFactor: 0.1)
  }

  /// The result of two operands of which one is not more than a sign and zero.
  private static func output(
    of weight: DataType, _ input: DataType, bits: Int, integerBits: Int, _ isSigned: Bool, mux: Bool
  ) -> DataType {
    if weight.mode == .fixedPoint || input.mode == .fixedPoint {
      return .fixedPoint(bits: bits, integerBits: integerBits, isSigned: isSigned)
    }
    if weight.isPowerOfTwo || input.isPowerOfTwo {
      return .powerOfTwo(
        bits: bits, integerBits: mux ? bits : integerBits, isSigned: isSigned,
        largest: weight.isPowerOfTwo ? weight.largest : input.largest)
    }
    guard mux else { return .ternary }
    return DataType(.ternary, bits: bits, integerBits: integerBits, isSigned: isSigned)
  }

  /// A power of two moves the binary point of the other operand.
  static func shifter(_ power: DataType, _ shifted: DataType, isDivision: Bool = false) -> Operation {
    let (below, above) = power.exponents
    let left = isDivision ? below : above
    let output = DataType.fixedPoint(
      bits: Int(Double(shifted.bits) + above + below) + (power.isSigned && !shifted.isSigned ? 1 : 0),
      integerBits: Int(Double(shifted.integerBits) + left), isSigned: power.isSigned || shifted.isSigned)
    if power.valueCount > 0 {
      return Operation(
        .shifter, output, gateFactor: Double(power.valueCount) * 0.3, gateBits: Double(shifted.bits))
    }
    let gates = (Double(sign: .plus, exponent: min(power.bits, 512), significand: 1) * Double(shifted.bits))
      .squareRoot()
    return Operation(.shifter, output, gateBits: gates * log10(gates))
  }
}

extension DataType {
  /// 0 where it is not floating point.
  fileprivate var floatBits: Int { isFloatingPoint ? bits : 0 }
}
