import Quantization

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

extension Operation {
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
