import Quantization

extension Operation {
  /// The sum of as many products as there are taps, and of a bias (accumulator_impl.py).
  /// - Parameter kernel: its extents; the last one, outputs, does not count.
  package static func accumulator(of product: DataType, kernel: [Int], hasBias: Bool) -> Operation {
    if product.isFloatingPoint { return Operation(.add, product.floatingPointOfSameWidth) }
    let terms = kernel.dropLast().reduce(1, *) + (hasBias ? 1 : 0)
    let carry = terms < 2 ? 0 : Int.bitWidth - (terms - 1).leadingZeroBitCount
    let term = product.asFixedPoint
    return Operation(
      .add,
      .fixedPoint(bits: term.bits + carry, integerBits: term.integerBits + carry, isSigned: term.isSigned))
  }

  /// The sum of two numbers (adder_factory.py).
  package static func adder(_ first: DataType, _ second: DataType) -> Operation {
    if first.isFloatingPoint || second.isFloatingPoint {
      return Operation(.add, .floatingPoint(bits: max(first.bits, second.bits)))
    }
    var first = first
    // QTools' table takes a power of two as it is where 0 or 1 is added to it.
    if second.mode != .zeroOne { first = first.asFixedPoint }
    let second = second.asFixedPoint
    return Operation(
      .add,
      .fixedPoint(
        bits: max(first.bits, second.bits) + 1, integerBits: max(first.integerBits, second.integerBits) + 1,
        isSigned: first.isSigned || second.isSigned))
  }
}

extension DataType {
  fileprivate var floatingPointOfSameWidth: DataType { .floatingPoint(bits: bits) }
}
