import Quantization

extension DataType {
  /// The type once a layer has handed it on under its own name: QTools' table of types (quantizer_factory.py) has the wrong
  /// entry for four of them.
  var handedOn: DataType {
    switch kind {
    case .quantizedTanh, .quantizedULaw, .stochasticBinary, .bernoulli:
      DataType(.stochasticTernary, bits: 2, integerBits: 2, isSigned: true)
    case .quantizedBits, .quantizedReLU, .binary, .zeroOneBinary, .ternary, .stochasticTernary, .powerOfTwo,
      .reluPowerOfTwo, .floatingPoint:
      self
    }
  }
}
