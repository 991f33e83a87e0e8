import IntegerProgram
import Numbers
import Quantization

/// What a node of the graph is while it is lowered: an affine function of integers that the program holds, per channel, and
/// the element-wise functions that still wait for a quantizer to turn all of it into one requantization.
struct IntegerValue {
  /// scale x integer summed over the terms, plus shift.
  struct Term {
    var tensor: TensorID
    /// One, or one per channel.
    var scales: [Rational]
  }

  /// One term, as a rule; several where a sum's scales have no common unit.
  var terms: [Term]
  /// One, or one per channel.
  var shifts: [Rational]
  /// What is applied to the sum, in order; one list, or one per channel.
  var functions: [[RealFunction]] = [[]]
  /// Whether the integers are codes that quantizers made, or exact sums of such codes, and no accumulators.
  var isQuantized: Bool
  /// Set where windows of a pool hang over the edge: the sum's scale by the number of pixels that lie inside.
  var windowScales: [Int: Rational]?
  /// Where the integers are a quantizer's codes, moved perhaps.
  var quantization: LoweredNetwork.Quantization?

  init(tensor: TensorID, scales: [Rational], shifts: [Rational], isQuantized: Bool) {
    terms = [Term(tensor: tensor, scales: scales)]
    self.shifts = shifts
    self.isQuantized = isQuantized
  }

  /// Whether the value is an affine function of one integer and nothing waits.
  var isPlain: Bool { terms.count == 1 && functions.allSatisfy(\.isEmpty) && windowScales == nil }

  var tensor: TensorID { terms[0].tensor }
  var scales: [Rational] { terms[0].scales }

  func shift(ofChannel channel: Int) -> Rational { shifts.count == 1 ? shifts[0] : shifts[channel] }
  func functions(ofChannel channel: Int) -> [RealFunction] { functions.count == 1 ? functions[0] : functions[channel] }

  /// How many channels have a formula of their own: 1 where all share one.
  var channelFormulas: Int {
    max(shifts.count, functions.count, terms.map(\.scales.count).max() ?? 1)
  }

  /// The zero point of the integers, where they have one scale and one integer zero.
  var zeroPoint: Int64? {
    guard isPlain, scales.count == 1, shifts.count == 1, scales[0].sign != 0 else { return nil }
    let zero = -shifts[0] / scales[0]
    return zero.isInteger ? Int64(exactly: zero.floor) : nil
  }

  mutating func append(_ more: [[RealFunction]]) {
    if functions.count == 1, more.count == 1 {
      functions[0] += more[0]
    } else {
      let channels = max(functions.count, more.count)
      functions = (0..<channels).map { channel in
        (functions.count == 1 ? functions[0] : functions[channel]) + (more.count == 1 ? more[0] : more[channel])
      }
    }
  }
}

extension IntegerValue.Term {
  func scale(ofChannel channel: Int) -> Rational { scales.count == 1 ? scales[0] : scales[channel] }
}

extension IntegerValue {
  /// The same with affine functions at the front worked into scales and shifts.
  var foldingAffines: IntegerValue {
    guard functions.allSatisfy({ if case .affine = $0.first { true } else { false } }) else { return self }
    var folded = self
    let channels = channelFormulas
    func affine(_ channel: Int) -> (scale: Rational, shift: Rational) {
      guard case .affine(let scale, let shift) = functions(ofChannel: channel)[0] else { return (.one, .zero) }
      return (scale, shift)
    }
    folded.terms = terms.map { term in
      Term(tensor: term.tensor, scales: (0..<channels).map { affine($0).scale * term.scale(ofChannel: $0) })
    }
    folded.shifts = (0..<channels).map { affine($0).scale * shift(ofChannel: $0) + affine($0).shift }
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
