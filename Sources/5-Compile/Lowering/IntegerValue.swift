import IntegerProgram
import Numbers
import Quantization

/// What a node of the graph is while it is lowered: an affine function of integers that the program holds, per channel, and
/// the element-wise functions that still wait for a quantizer to turn all of it into one requantization.
struct IntegerValue {
  /// scale x integer summed over the terms, plus shift.
  struct Term {
    var tensor: TensorID
    var scales: PerChannel<Rational>
  }

  /// One term, as a rule; several where a sum's scales have no common unit.
  var terms: [Term]
  var shifts: PerChannel<Rational>
  /// What is applied to the sum, in order.
  var functions: PerChannel<[RealFunction]> = [[]]
  /// Whether the integers are codes that quantizers made, or exact sums of such codes, and no accumulators.
  var isQuantized: Bool
  /// Set where windows of a pool hang over the edge: the sum's scales by the number of pixels that lie inside.
  var windowScales: [Int: PerChannel<Rational>]?
  /// Where the integers are a quantizer's codes, moved perhaps.
  var quantization: ProgramQuantization?
  /// Where one quantizer alone reads the integers: the program does not hold them yet, and will hold its codes instead.
  var pending: PendingSums?

  init(tensor: TensorID, _ coding: Coding, isQuantized: Bool) {
    terms = [Term(tensor: tensor, scales: coding.scales)]
    shifts = coding.shifts
    self.isQuantized = isQuantized
  }

  /// Whether the value is an affine function of one integer and nothing waits.
  var isPlain: Bool { isOneTerm && functions.allSatisfy(\.isEmpty) }

  /// Whether what waits is applied to an affine function of one integer, the same in all windows.
  var isOneTerm: Bool { terms.count == 1 && windowScales == nil }

  var tensor: TensorID { terms[0].tensor }
  var scales: PerChannel<Rational> { terms[0].scales }

  /// What the integers mean, before what waits.
  var coding: Coding { Coding(scales: scales, shifts: shifts) }

  /// How many channels have a formula of their own: 1 where all share one.
  var channelFormulas: Int {
    max(shifts.count, functions.count, terms.map(\.scales.count).max() ?? 1)
  }

  /// The zero point of the integers, where they have one scale and one integer zero.
  var zeroPoint: Int64? {
    guard isPlain, let scale = scales.uniform, shifts.isUniform, scale.sign != 0 else { return nil }
    return coding.zeroPoint
  }

  mutating func append(_ more: PerChannel<[RealFunction]>) {
    functions = functions.combined(with: more, +)
  }

  /// The same with affine functions at the front worked into scales and shifts.
  var foldingAffines: IntegerValue {
    guard functions.allSatisfy({ if case .affine = $0.first { true } else { false } }) else { return self }
    let affines = functions.map { functions -> (scale: Rational, shift: Rational) in
      guard case .affine(let scale, let shift) = functions[0] else { return (.one, .zero) }
      return (scale, shift)
    }
    func folded(_ scales: PerChannel<Rational>) -> PerChannel<Rational> {
      affines.combined(with: scales) { $0.scale * $1 }
    }
    var value = self
    value.terms = terms.map { Term(tensor: $0.tensor, scales: folded($0.scales)) }
    value.windowScales = windowScales?.mapValues(folded)
    value.shifts = affines.combined(with: shifts) { $0.scale * $1 + $0.shift }
    value.functions = functions.map { Array($0.dropFirst()) }
    if value.functions.allSatisfy(\.isEmpty) { value.functions = [[]] }
    return value.foldingAffines
  }
}

/// What integers mean, exactly: value = scale x integer + shift.
struct Coding: Equatable {
  var scales: PerChannel<Rational>
  var shifts: PerChannel<Rational>

  /// The integer that means zero, where all channels have the same.
  var zeroPoint: Int64? {
    let zeros = scales.combined(with: shifts) { scale, shift -> Int64? in
      guard scale.sign != 0 else { return shift.sign == 0 ? 0 : nil }
      return (-shift / scale).int64.flatMap { $0.magnitude < 1 << 61 ? $0 : nil }
    }
    return zeros.merged.uniform ?? nil
  }

  /// For the host, in doubles; the shift is a zero point where it can be.
  var encoding: Encoding {
    let scales = scales.map(\.double)
    return zeroPoint.map { Encoding(scales: scales, zeroPoint: $0) }
      ?? Encoding(scales: scales, offsets: shifts.map(\.double))
  }
}

/// One unit that scales are whole multiples of.
struct CommonUnit {
  var unit: Rational
  var multiples: [Int64]

  /// Three 16-bit limbs: what codes may have after they are multiplied.
  static let maximumBits = 46

  /// The smallest scale where it divides all of them, else the power of two that does; nil where codes as large as `largest`
  /// would get more than `maximumBits` bits.
  init?(of scales: [Rational], largest: PerChannel<UInt64>) {
    let magnitudes = scales.map(\.magnitude)
    guard let smallest = magnitudes.filter({ $0.sign > 0 }).min() else { return nil }
    let powerOfTwo = Rational(1, over: magnitudes.map(\.denominator).max() ?? 1)
    for unit in [smallest, powerOfTwo] {
      let multiples = scales.indices.compactMap { index -> Int64? in
        guard let multiple = (scales[index] / unit).int64 else { return nil }
        let (most, overflows) = multiple.magnitude.multipliedReportingOverflow(by: max(largest[index], 1))
        return overflows || most >= 1 << (Self.maximumBits - 1) ? nil : multiple
      }
      if multiples.count == scales.count {
        self.unit = unit
        self.multiples = multiples
        return
      }
    }
    return nil
  }
}
