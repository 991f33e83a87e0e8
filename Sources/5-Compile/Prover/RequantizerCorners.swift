import IntegerProgram
import Numbers

/// All that an affine requantizer asks of another line through accumulators that is to give the same codes: at least the code
/// at every corner `below`, less than the code at every corner `above`. A rounded line that does so equals the requantizer on
/// all of them, and one that misses a corner differs from it at that very accumulator.
package struct RequantizerCorners: Sendable {
  package struct Corner: Hashable, Sendable {
    package var accumulator: Int64
    /// After rounding and offset, as the requantizer hands it out.
    package var code: Int64
  }

  package private(set) var below: [Corner] = []
  package private(set) var above: [Corner] = []

  private let clamp: CodeRange
  /// The accumulator with the least value, the step with which values rise from there, and how many steps there are.
  private let origin: Int64
  private let step: Int64
  private let length: Int128
  private let graph: RoundedGraph
  /// The code of the graph's zero.
  private let base: Int128

  /// nil where numbers are too large to tell.
  ///
  /// - Parameters:
  ///   - stride: from one accumulator to the next; the range begins and ends with one.
  ///   - tiesToEven: whether the other line rounds ties to the even code, and not up.
  package init?(
    _ requantizer: AffineRequantizer, clamp: CodeRange, accumulators: CodeRange, stride: Int64 = 1, tiesToEven: Bool
  ) {
    self.clamp = clamp
    step = requantizer.multiplier < 0 ? -stride : stride
    origin = step < 0 ? accumulators.upperBound : accumulators.lowerBound
    length = (Int128(accumulators.upperBound) - Int128(accumulators.lowerBound)) / Int128(stride)
    // Counted from an even code near the clamp: numbers stay small, and even codes even.
    let zero = (Int128(clamp.lowerBound) - Int128(requantizer.offset)) & ~1
    base = zero + Int128(requantizer.offset)
    guard requantizer.shift <= 100, let codes = zero.shiftedLeft(by: requantizer.shift), codes.magnitude < 1 << 120
    else { return nil }
    let (start, overflows) = (Int128(origin) * Int128(requantizer.multiplier)).addingReportingOverflow(
      requantizer.addend)
    guard !overflows, start.magnitude < 1 << 120 else { return nil }
    graph = RoundedGraph(
      slope: Int128(requantizer.multiplier.magnitude) * Int128(stride), intercept: start - codes,
      shift: requantizer.shift,
      rounding: requantizer.rounding)
    guard graph.slope == 0 || length < (1 << 120) / graph.slope else { return nil }
    collect(tiesToEven: tiesToEven || requantizer.rounding == .halfEven)
  }

  private mutating func collect(tiesToEven: Bool) {
    let least = Int128(clamp.lowerBound)
    let most = Int128(clamp.upperBound)
    guard graph.slope > 0, least < most else {
      let code = least < most ? (graph.code(at: 0) + base).clamped(to: least...most) : least
      for step in [0, length] {
        if code > least { below.append(corner(step, code)) }
        if code < most { above.append(corner(step, code + 1)) }
      }
      return
    }
    // Steps at which the code leaves its least, and at which it becomes its most. Beyond them a line has to be right at both ends.
    let leaves = graph.firstStep(reaching: least + 1 - base)
    let arrives = graph.firstStep(reaching: most - base)
    if leaves > 0 {
      for step in [0, min(leaves - 1, length)] { above.append(corner(step, least + 1)) }
    }
    if arrives <= length {
      for step in [max(arrives, 0), length] { below.append(corner(step, most)) }
    }
    let first = max(leaves, 0)
    let last = min(arrives - 1, length)
    guard first <= last else { return }
    // A line that rounds ties to even treats even and odd codes differently.
    for codes in tiesToEven ? graph.evenAndOdd : [graph.all] {
      let line = codes.line(from: first, length: last - first)
      below += line.cornersBelow.map { corner(first + $0.x, codes.code(at: $0.y) + base) }
      above += line.cornersAbove.map { corner(first + $0.x, codes.code(at: $0.y) + base) }
    }
  }

  private func corner(_ step: Int128, _ code: Int128) -> Corner {
    Corner(accumulator: Int64(Int128(origin) + Int128(self.step) * step), code: Int64(clamping: code))
  }
}

/// The rounded line round((slope x + intercept) / 2^shift).
private struct RoundedGraph {
  var slope: Int128
  var intercept: Int128
  var shift: Int
  var rounding: AffineRequantizer.Rounding

  func code(at x: Int128) -> Int128 {
    let value = slope * x + intercept
    let floor = value >> Int128(shift)
    guard rounding == .halfEven, shift > 0 else { return floor }
    let rest = value - (floor << Int128(shift))
    let half = Int128(1) << Int128(shift - 1)
    return rest > half || rest == half && floor & 1 == 1 ? floor + 1 : floor
  }

  /// The first x, below zero perhaps, with at least this code.
  func firstStep(reaching code: Int128) -> Int128 {
    // slope x + intercept >= code 2^shift, or twice that >= (2 code - 1) 2^shift, a tie being enough for even codes.
    let wanted: Int128 =
      switch rounding {
      case .floor: (code << Int128(shift)) - intercept
      case .halfEven: ((((2 * code - 1) << Int128(shift)) + (code & 1 == 0 ? 0 : 1)) - 2 * intercept + 1) >> 1
      }
    let (quotient, remainder) = wanted.quotientAndRemainder(dividingBy: slope)
    return remainder > 0 ? quotient + 1 : quotient
  }

  /// Codes step x j + first, j being the floor of a line.
  struct Codes {
    var slope: Int128
    var intercept: Int128
    var fraction: Int
    var step: Int128
    var first: Int128

    func code(at j: Int128) -> Int128 { step * j + first }

    func line(from x: Int128, length: Int128) -> FixedPointLine {
      FixedPointLine(slope: slope, intercept: intercept + slope * x, fraction: fraction, length: length)
    }
  }

  /// Of a graph whose rounding is a floor.
  var all: Codes { Codes(slope: slope, intercept: intercept, fraction: shift, step: 1, first: 0) }

  /// Even codes and odd ones: those of a graph that rounds ties to even begin at the tie or right behind it.
  var evenAndOdd: [Codes] {
    let one = Int128(1) << Int128(shift)
    switch rounding {
    case .floor:
      return [
        Codes(slope: slope, intercept: intercept, fraction: shift + 1, step: 2, first: 0),
        Codes(slope: slope, intercept: intercept - one, fraction: shift + 1, step: 2, first: 1),
      ]
    case .halfEven:
      return [
        Codes(slope: 2 * slope, intercept: 2 * intercept + one, fraction: shift + 2, step: 2, first: 0),
        Codes(slope: 2 * slope, intercept: 2 * intercept - one - 1, fraction: shift + 2, step: 2, first: 1),
      ]
    }
  }
}
