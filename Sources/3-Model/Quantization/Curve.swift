import Numbers

/// A function of one number without constants of its own that bends everywhere; others are these between affine functions:
/// ELU of any alpha is `elu`, then a leaky ReLU. A new one is a case here, and what is asked of each below; in C it is a line in
/// `DequantizeWriter`, for export a line in `GraphWriter+Elementwise`.
package enum Curve: String, Sendable, CaseIterable {
  /// 1 / (1 + e^-v)
  case sigmoid
  case tanh
  /// e^v
  case exp
  /// v where v >= 0, e^v - 1 below
  case elu
  /// log(1 + e^v)
  case softplus
  /// v / (1 + |v|)
  case softsign
  /// v sigmoid(v), also called SiLU
  case swish
  /// v (1 + erf(k v)) / 2, with the float32 number next to the root of 2 as 1 / k
  case gelu
  /// v (1 + tanh(a (v + b v^3))) / 2, with the float32 numbers next to 0.7978845608 (the root of 2 / pi) and 0.044715
  case geluTanh = "gelu_tanh"
  /// v tanh(softplus(v))
  case mish
  /// The integral of 2 / sqrt(pi) e^(-t^2) from 0 to v
  case erf

  /// 1 / k in `gelu`.
  package static let geluDivisor = Rational(Float(1.4142135623730951))
  private static let geluFactor = 1 / geluDivisor.double
  /// a and b in `geluTanh`.
  package static let geluTanhFactors = (linear: Double(Float(0.7978845608028654)), cubic: Double(Float(0.044715)))

  /// In double precision, within a few units in the last place of max(1, |v|), or of e^v.
  package func callAsFunction(_ v: Double) -> Double {
    switch self {
    case .sigmoid: return ElementaryMath.logistic(v)
    case .tanh: return ElementaryMath.hyperbolicTangent(v)
    case .exp: return ElementaryMath.exponential(v)
    case .elu: return v < 0 ? ElementaryMath.exponentialMinusOne(v) : v
    case .softplus: return ElementaryMath.softplus(v)
    case .softsign: return v / (1 + abs(v))
    case .swish: return v * ElementaryMath.logistic(v)
    case .gelu: return v * ElementaryMath.complementaryErrorFunction(-v * Self.geluFactor) / 2
    case .geluTanh:
      let (linear, cubic) = Self.geluTanhFactors
      return v * ElementaryMath.logistic(2 * linear * (v + cubic * v * v * v))
    case .mish: return v * ElementaryMath.hyperbolicTangent(ElementaryMath.softplus(v))
    case .erf: return ElementaryMath.errorFunction(v)
    }
  }

  /// The exact value where a fraction's is a fraction; nil elsewhere.
  package func callAsFunction(_ v: Rational) -> Rational? {
    switch self {
    case .softsign: v / (.one + v.magnitude)
    case .elu where v.sign > 0: v
    case .tanh, .elu, .swish, .gelu, .geluTanh, .mish, .erf: v.sign == 0 ? .zero : nil
    case .sigmoid: v.sign == 0 ? .powerOfTwo(-1) : nil
    case .exp: v.sign == 0 ? .one : nil
    case .softplus: nil
    }
  }

  /// Whether fractions have fractions as values, all of them.
  package var isRational: Bool { self == .softsign }

  /// Fractions about 2^-bits apart between which the value lies; nil where it is too large to be enclosed.
  package func enclosure(of v: Rational, bits: Int) -> ClosedRange<Rational>? {
    if let exact = self(v) { return exact...exact }
    /// scale x gate
    func gated(_ gate: ClosedRange<Rational>, by scale: Rational) -> ClosedRange<Rational> {
      let (lower, upper) = (scale * gate.lowerBound, scale * gate.upperBound)
      return scale.sign < 0 ? upper...lower : lower...upper
    }
    func between(_ value: Enclosure, scale: Rational = .one, shift: Rational = .zero) -> ClosedRange<Rational> {
      scale * value.lower + shift...scale * value.upper + shift
    }
    switch self {
    case .sigmoid: return between(.logistic(v, bits: bits))
    case .tanh: return between(.logistic(v * 2, bits: bits), scale: 2, shift: -.one)
    case .exp: return v > 4096 ? nil : between(.exponential(v, bits: bits))
    case .elu: return between(.exponential(v, bits: bits), shift: -.one)
    case .softplus: return between(.softplus(v, bits: bits))
    case .softsign: return nil
    case .swish: return gated(between(.logistic(v, bits: bits)), by: v)
    case .gelu:
      let gate = between(.errorFunction(v / Self.geluDivisor, bits: bits), shift: .one)
      return gated(gate, by: v * .powerOfTwo(-1))
    case .geluTanh:
      let (linear, cubic) = (Rational(Self.geluTanhFactors.linear), Rational(Self.geluTanhFactors.cubic))
      return gated(between(.logistic(2 * linear * (v + cubic * v * v * v), bits: bits)), by: v)
    case .mish: return gated(between(.tanhOfSoftplus(v, bits: bits)), by: v)
    case .erf: return between(.errorFunction(v, bits: bits))
    }
  }

  /// Where the function turns, between two neighbouring doubles: it falls before them and rises behind them. Elsewhere it rises.
  ///
  /// Each has one such place, where its derivative's sign is that of a function that rises below zero, and positive above:
  /// e^v + 1 + v for swish; 1 + 2 v u' (1 - sigmoid(2 u)) for gelu_tanh, u being its cubic polynomial;
  /// 1 + 4 v (p + 1) / ((p + 2) (p^2 + 2 p + 2)) for mish, p being e^v. That of gelu rises between -1 / k and 1 / k, is negative
  /// before and positive behind.
  package var turningPoint: ClosedRange<Rational>? {
    func from(_ double: Double) -> ClosedRange<Rational> { Rational(double)...Rational(double.nextUp) }
    return switch self {
    case .sigmoid, .tanh, .exp, .elu, .softplus, .softsign, .erf: nil
    case .swish: from(-0x1.474973c84120cp+0)
    case .gelu: from(-0x1.80ead1296a9c5p-1)
    case .geluTanh: from(-0x1.81429f06e0197p-1)
    case .mish: from(-0x1.31432c0d12d85p+0)
    }
  }

  /// No less than the slope of the function's graph anywhere up to `v`.
  package func steepest(upTo v: Double) -> Double {
    switch self {
    case .exp: self(v) * (1 + 0x1p-20)
    case .sigmoid, .tanh, .elu, .softplus, .softsign: 1
    case .swish, .gelu, .geluTanh, .mish, .erf: 1.25
    }
  }

  /// What roundings are relative to: a size of the value where the argument's is no more than `magnitude`.
  /// - Parameter result: the size of the value itself.
  package func size(below magnitude: Double, of result: Double) -> Double {
    switch self {
    case .exp: result * (1 + magnitude)
    case .sigmoid, .tanh, .softsign, .erf: 1
    case .elu, .softplus, .swish, .gelu, .geluTanh, .mish: 1 + magnitude
    }
  }

  /// For people.
  package var word: String {
    switch self {
    case .sigmoid, .tanh, .exp, .softplus, .softsign, .swish, .mish, .erf: rawValue
    case .elu: "ELU"
    case .gelu: "GELU"
    case .geluTanh: "GELU (tanh)"
    }
  }
}
