import Quantization

/// An arithmetic unit: what hardware it is made of, and the type of its results.
package struct Operation: Hashable, Sendable {
  package enum Implementation: String, Hashable, Sendable {
    case add, mul, shifter, mux, xor, and
  }

  package var implementation: Implementation
  package var output: DataType
  /// Energy relative to the unit in `energy`, of `gateBits` bits.
  package var gateFactor: Double
  package var gateBits: Double

  package init(_ implementation: Implementation, _ output: DataType, gateFactor: Double = 1, gateBits: Double? = nil) {
    self.implementation = implementation
    self.output = output
    self.gateFactor = gateFactor
    self.gateBits = gateBits ?? Double(output.bits)
  }

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

  /// `Subtract` and `Dot`, on which QTools fails, are taken for the additions and multiplications that they are.
  static func merge(_ kind: MergeKind, of inputs: [DataType]) -> Operation {
    switch kind {
    case .add, .subtract:
      var sum = common(inputs, grows: true)
      if kind == .subtract && !sum.isFloatingPoint && !sum.isSigned {
        sum.isSigned = true
        sum.bits += 1
      }
      return Operation(.add, sum)
    case .multiply, .dot:
      guard inputs.count > 1 else { return multiplier(inputs[0], inputs[0]) }
      var product = Operation.multiplier(inputs[0], inputs[1])
      var wasPlain = inputs[0].mode == .fixedPoint && inputs[1].mode == .fixedPoint
      for input in inputs.dropFirst(2) {
        let weight = product.output
        let isPlain = weight.mode == .fixedPoint && input.mode == .fixedPoint
        product = .multiplier(weight, input)
        // QTools writes the result over the operand before it takes the operand's width.
        if wasPlain && isPlain { product.gateBits = (Double(product.output.bits) * Double(input.bits)).squareRoot() }
        wasPlain = isPlain
      }
      return product
    case .maximum, .minimum: return Operation(.add, alike(inputs), gateFactor: 0.2)
    case .average: return Operation(.add, alike(inputs), gateFactor: 1)
    case .concatenate: return Operation(.add, alike(inputs), gateFactor: 0)
    }
  }

  /// The inputs' type where all have the same one.
  private static func alike(_ inputs: [DataType]) -> DataType {
    let first = inputs[0]
    let isSame = inputs.allSatisfy {
      $0.name == first.name && $0.bits == first.bits && $0.integerBits == first.integerBits
        && $0.isSigned == first.isSigned
    }
    return isSame ? first : common(inputs, grows: false)
  }

  /// A type that holds all inputs, and with `grows` the sum of two.
  private static func common(_ inputs: [DataType], grows: Bool) -> DataType {
    if let widest = inputs.filter(\.isFloatingPoint).map(\.bits).max() { return .floatingPoint(bits: widest) }
    let fixed = inputs.map(\.asFixedPoint)
    let growth = grows ? 1 : 0
    return .fixedPoint(
      bits: (fixed.map(\.bits).max() ?? -1) + growth,
      // QTools starts at -1.
      integerBits: max(-1, fixed.map(\.integerBits).max() ?? -1) + growth, isSigned: inputs.contains { $0.isSigned })
  }
}

extension DataType {
  fileprivate var floatingPointOfSameWidth: DataType { .floatingPoint(bits: bits) }
}

/// A layer of several inputs of one shape (merge_factory.py).
package enum MergeKind: String, Hashable, Sendable {
  case add = "Add"
  case multiply = "Multiply"
  case subtract = "Subtract"
  case average = "Average"
  case maximum = "Maximum"
  case minimum = "Minimum"
  case concatenate = "Concatenate"
  case dot = "Dot"
}
