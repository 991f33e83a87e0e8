import IntegerProgram
import Numbers

/// Finds and proves the threshold table of a channel whose chain is not affine. Between the chain's turning points the
/// ideal function is monotone, so equal codes at two accumulators are equal in between: halving finds every step.
struct TableProof {
  let ideal: IdealFunction
  let accumulators: ClosedRange<Int64>

  /// More steps than any 16-bit code needs.
  private static let maximumSteps = 1 << 17

  /// The table that equals the ideal function for every accumulator in the range, or nil where a code cannot be decided.
  var table: ThresholdTable? { affineTable ?? searchedTable }

  /// Of an affine function that rises: where its line reaches each code.
  private var affineTable: ThresholdTable? {
    // Ties to even, of which a function rounded in another way has none, are left to the search.
    guard let affine = ideal.affine, affine.rounding != .halfEven, affine.scale.sign > 0,
      affine.clamp.count <= Self.maximumSteps
    else { return nil }
    var thresholds: [Int64] = []
    var codes: [Int64] = []
    for piece in affine.pieces(over: accumulators) {
      let steps = AffineSteps(piece)
      if codes.isEmpty { codes.append(steps.first) }
      let first = codes[codes.count - 1] + 1
      guard first <= steps.last else { continue }
      guard let starts = steps.starts(of: first...steps.last) else { return nil }
      for (start, code) in zip(starts, first...steps.last) {
        // A steep line leaves codes out.
        if thresholds.last == start {
          codes[codes.count - 1] = code
        } else {
          thresholds.append(start)
          codes.append(code)
        }
      }
    }
    return ThresholdTable(thresholds: thresholds, codes: codes)
  }

  private var searchedTable: ThresholdTable? {
    guard let monotonePieces else { return nil }
    let evaluator = CertifiedEvaluator(ideal)
    var thresholds: [Int64] = []
    var codes: [Int64] = []
    for piece in monotonePieces {
      guard let first = evaluator.code(of: piece.lowerBound), let last = evaluator.code(of: piece.upperBound) else {
        return nil
      }
      if codes.isEmpty {
        codes.append(first)
      } else if codes[codes.count - 1] != first {
        thresholds.append(piece.lowerBound)
        codes.append(first)
      }
      // Stretches whose steps are still to be found, the leftmost last.
      var open = [(lower: piece.lowerBound, lowerCode: first, upper: piece.upperBound, upperCode: last)]
      while let stretch = open.popLast() {
        if stretch.lowerCode == stretch.upperCode { continue }
        if stretch.upper - stretch.lower == 1 {
          thresholds.append(stretch.upper)
          codes.append(stretch.upperCode)
          if codes.count > Self.maximumSteps { return nil }
          continue
        }
        let middle = stretch.lower + (stretch.upper - stretch.lower) / 2
        guard let code = evaluator.code(of: middle) else { return nil }
        open.append((middle, code, stretch.upper, stretch.upperCode))
        open.append((stretch.lower, stretch.lowerCode, middle, code))
      }
    }
    return ThresholdTable(thresholds: thresholds, codes: codes)
  }

  /// The range cut where the chain may turn; nil where that cannot be traced back to accumulators.
  private var monotonePieces: [ClosedRange<Int64>]? {
    var cuts: Set<Int64> = []
    // value = scale x accumulator + shift ahead of each function, where no clip holds it (and where one does, the chain is
    // flat); nil behind a function that bends.
    var line: (scale: Rational, shift: Rational)? = (ideal.scale, ideal.shift)
    func cut(at points: [ClosedRange<Rational>]) -> Bool {
      guard let line else { return points.isEmpty }
      guard line.scale.sign != 0 else { return true }
      for point in points {
        let ends = [point.lowerBound, point.upperBound].map { (($0 - line.shift) / line.scale).floor }.sorted()
        // What turns between two accumulators, or at one, does not matter; more than these must not lie where it may turn.
        guard ends[1] - ends[0] <= 1 else { return false }
        for cut in [ends[0], ends[0] + 1, ends[1] + 1] {
          if let cut = cut.int64, accumulators.contains(cut) { cuts.insert(cut) }
        }
      }
      return true
    }
    for function in ideal.tail.functions {
      guard cut(at: function.turningPoints) else { return nil }
      switch function {
      case .affine(let gain, let bias): line = line.map { (gain * $0.scale, gain * $0.shift + bias) }
      case .clip: break
      case .leakyReLU, .thresholdedReLU, .hardSwish, .curve: line = nil
      }
    }
    // Levels may turn too: powers of two that are twice a rounded exponent are larger at 0 than right above it.
    if case .levels(let steps) = ideal.tail.quantizer.steps {
      guard cut(at: steps.turningPoints) else { return nil }
    }
    let starts = [accumulators.lowerBound] + cuts.sorted().filter { $0 > accumulators.lowerBound }
    return starts.indices.map { index in
      starts[index]...(index + 1 < starts.count ? starts[index + 1] - 1 : accumulators.upperBound)
    }
  }
}

/// The steps of a rising line that meets no ties, over a range of accumulators.
private struct AffineSteps {
  private let piece: IdealFunction.Affine.Piece
  private let positions: RisingPositions
  /// The codes of the range's ends.
  let first: Int64
  let last: Int64

  init(_ piece: IdealFunction.Affine.Piece) {
    self.piece = piece
    let (ideal, range) = (piece.ideal, piece.accumulators)
    positions = RisingPositions(of: ideal, over: range)
    func code(_ accumulator: Int64) -> Int64 {
      let position =
        (ideal.scale * Rational(accumulator) + ideal.shift).roundedHalfEven + BigInteger(word: ideal.offset)
      let bounds = BigInteger(word: ideal.clamp.lowerBound)...BigInteger(word: ideal.clamp.upperBound)
      return position.clamped(to: bounds).int64 ?? ideal.clamp.lowerBound
    }
    first = code(range.lowerBound)
    last = code(range.upperBound)
  }

  /// The first accumulator with at least each of some codes that the range reaches; nil where numbers are too large.
  func starts(of codes: ClosedRange<Int64>) -> [Int64]? {
    let double = 2 * (codes.lowerBound - piece.ideal.offset) - 1
    return positions.firstSteps(atDouble: double, every: 2, count: codes.count)?.map {
      piece.accumulators.lowerBound + max($0, 0)
    }
  }
}
