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
  var quantization: LoweredNetwork.Quantization?
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
