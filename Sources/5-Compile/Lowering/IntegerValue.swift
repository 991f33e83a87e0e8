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
  /// Set where windows of a pool hang over the edge: the sum's scale by the number of pixels that lie inside.
  var windowScales: [Int: Rational]?
  /// Where the integers are a quantizer's codes, moved perhaps.
  var quantization: LoweredNetwork.Quantization?

  init(tensor: TensorID, scales: PerChannel<Rational>, shifts: PerChannel<Rational>, isQuantized: Bool) {
    terms = [Term(tensor: tensor, scales: scales)]
    self.shifts = shifts
    self.isQuantized = isQuantized
  }

  /// Whether the value is an affine function of one integer and nothing waits.
  var isPlain: Bool { terms.count == 1 && functions.allSatisfy(\.isEmpty) && windowScales == nil }

  var tensor: TensorID { terms[0].tensor }
  var scales: PerChannel<Rational> { terms[0].scales }

  /// How many channels have a formula of their own: 1 where all share one.
  var channelFormulas: Int {
    max(shifts.count, functions.count, terms.map(\.scales.count).max() ?? 1)
  }

  /// The zero point of the integers, where they have one scale and one integer zero.
  var zeroPoint: Int64? {
    guard isPlain, let scale = scales.uniform, let shift = shifts.uniform, scale.sign != 0 else { return nil }
    let zero = -shift / scale
    return zero.isInteger ? Int64(exactly: zero.floor) : nil
  }

  mutating func append(_ more: PerChannel<[RealFunction]>) {
    functions = functions.combined(with: more, +)
  }
}

extension IntegerValue {
  /// The same with affine functions at the front worked into scales and shifts.
  var foldingAffines: IntegerValue {
    guard functions.allSatisfy({ if case .affine = $0.first { true } else { false } }) else { return self }
    var folded = self
    let channels = channelFormulas
    func affine(_ channel: Int) -> (scale: Rational, shift: Rational) {
      guard case .affine(let scale, let shift) = functions[channel][0] else { return (.one, .zero) }
      return (scale, shift)
    }
    folded.terms = terms.map { term in
      Term(tensor: term.tensor, scales: PerChannel(channels: channels) { affine($0).scale * term.scales[$0] })
    }
    folded.shifts = PerChannel(channels: channels) { affine($0).scale * shifts[$0] + affine($0).shift }
    if let windowScales {
      // Windows differ in scale, channels then may not.
      guard channels == 1 else { return self }
      folded.windowScales = windowScales.mapValues { affine(0).scale * $0 }
    }
    folded.functions = functions.map { Array($0.dropFirst()) }
    if folded.functions.allSatisfy(\.isEmpty) { folded.functions = [[]] }
    return folded.foldingAffines
  }
}
