import IntegerProgram
import Numbers
import Threads

/// Finds and proves the requantization of a sum of integers whose scales have no common unit:
/// code = clamp(floor((P a + Q b + … + B) / 2^S) + offset) equals the ideal function of each channel for every tuple.
package struct SumProof: Sendable {
  /// Of the sums as real numbers, of all channels or one by one: their own scale is 1.
  let ideals: [IdealFunction]
  /// By term.
  let scales: [PerChannel<Rational>]
  let ranges: [CodeRange]

  package init(ideals: [IdealFunction], scales: [PerChannel<Rational>], ranges: [CodeRange]) {
    self.ideals = ideals
    self.scales = scales
    self.ranges = ranges
  }

  package struct Result {
    /// P, Q, …, in the order of the terms.
    package var coefficients: [PerChannel<Int64>]
    /// Of P a + Q b + ….
    package var requantization: Requantization
  }

  /// nil where none is found.
  package var result: Result? {
    let affines = ideals.compactMap { $0.affine?.roundingHalfEven }
    guard affines.count == ideals.count, affines.allSatisfy({ $0.clamp == affines[0].clamp }) else { return nil }
    let found = concurrently(affines.count, threads: min(processorCount, affines.count / 32)) { channel in
      plane(affines[channel], gains: scales.map { $0[channel] * affines[channel].scale })
    }
    let planes = found.compactMap(\.self)
    guard planes.count == found.count else { return nil }
    return Result(
      coefficients: ranges.indices.map { term in PerChannel(planes.map { $0.coefficients[term] }).merged },
      requantization: Requantization(
        channels: PerChannel(planes.map { .affine($0.requantizer) }), clamp: affines[0].clamp))
  }

  /// The smallest where one function is all there is.
  private func plane(_ affine: IdealFunction.Affine, gains: [Rational]) -> SumPlane? {
    let smallest = ideals.count > 1 ? nil : PairProof(ideal: affine, gains: gains, ranges: ranges).plane
    let plane = smallest ?? SumPositions(affine, gains: gains)?.plane(over: ranges)
    return plane.flatMap { $0.fits(ranges) ? $0 : nil }
  }
}

/// floor((P a + Q b + … + addend) / 2^shift), the offset in it.
struct SumPlane {
  var coefficients: [Int64]
  var addend: Int128
  var shift: Int

  var requantizer: AffineRequantizer { AffineRequantizer(multiplier: 1, addend: addend, shift: shift) }

  /// Whether sums of products need no more than 62 bits on their way.
  func fits(_ ranges: [CodeRange]) -> Bool {
    let reach = zip(coefficients, ranges).reduce(Int128(0)...0) { $0 + $1.1.wide.scaled(by: Int128($1.0)).including(0) }
    guard max(reach.lowerBound.magnitude, reach.upperBound.magnitude) < 1 << 61 else { return false }
    return if case .success = requantizer.codes(of: reach.clampedTo64Bits) { true } else { false }
  }
}
