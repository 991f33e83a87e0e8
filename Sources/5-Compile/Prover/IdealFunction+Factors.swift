import Numbers

extension IdealFunction {
  /// An affine chain as a datapath with two factors computes it:
  /// code = clamp(round((sum x accumulator + shift) x output) + offset), halves to even, all constants exact.
  package struct Factors: Sendable {
    /// The step of the accumulator: the product of the scales of feature map and weights, batch normalization worked in.
    package var sum: Rational
    package var shift: Rational
    /// One over the step of the code.
    package var output: Rational
    /// The zero point.
    package var offset: Int64
  }

  /// nil where the chain has another form.
  package var factors: Factors? {
    guard let whole = affine?.roundingHalfEven,
      let behind = IdealFunction(scale: .one, shift: .zero, tail: tail).affine, behind.scale.sign != 0
    else { return nil }
    return Factors(
      sum: whole.scale / behind.scale, shift: whole.shift / behind.scale, output: behind.scale, offset: whole.offset)
  }
}
