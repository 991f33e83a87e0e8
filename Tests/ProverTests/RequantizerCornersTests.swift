import IntegerProgram
import Numbers
import Testing

@testable import Prover

@Suite struct RequantizerCornersTests {
  /// round((multiplier x accumulator + addend) / 2^shift) in ordinary integers.
  private struct Line {
    var multiplier: Int
    var addend: Int
    var shift: Int
    var tiesToEven: Bool

    func code(_ accumulator: Int64) -> Int64 {
      let value = multiplier * Int(accumulator) + addend
      let unit = 1 << shift
      let floor = value >= 0 ? value / unit : -((-value + unit - 1) / unit)
      let twice = 2 * (value - floor * unit)
      if twice == unit, tiesToEven { return Int64(floor % 2 == 0 ? floor : floor + 1) }
      return Int64(twice >= unit ? floor + 1 : floor)
    }
  }

  /// Corners say that a line is right if and only if it is right everywhere, and what they say of it is so.
  @Test(arguments: [false, true]) func cornersAreAllThereIs(_ tiesToEven: Bool) throws {
    var random = SplitMix(seed: 17)
    var exact = 0
    for _ in 0..<8_000 {
      let isEven = tiesToEven && Bool.random(using: &random)
      let shift = Int.random(in: 0...7, using: &random)
      let requantizer = AffineRequantizer(
        multiplier: Int64.random(in: -40...40, using: &random),
        addend: Int128(Int64.random(in: -600...600, using: &random)),
        shift: shift, rounding: isEven ? .halfEven : .floor,
        offset: isEven ? Int64.random(in: -3...3, using: &random) : 0)
      let least = Int64.random(in: -9...5, using: &random)
      let clamp = least...(least + Int64.random(in: 0...12, using: &random))
      let stride = Int64.random(in: 1...3, using: &random)
      let first = Int64.random(in: -60...40, using: &random)
      let accumulators = first...(first + stride * Int64.random(in: 0...40, using: &random))
      let corners = try #require(
        RequantizerCorners(
          requantizer, clamp: clamp, accumulators: accumulators, stride: stride, tiesToEven: tiesToEven))
      // Lines near the requantizer's own, and some that are not.
      let finer = Int.random(in: 0...3, using: &random)
      let line = Line(
        multiplier: Int(requantizer.multiplier) << finer + Int.random(in: -2...2, using: &random),
        addend: (Int(requantizer.addend) + Int(requantizer.offset) << shift) << finer
          - (isEven ? 0 : 1 << (shift + finer) / 2) + Int.random(in: -9...9, using: &random),
        shift: shift + finer, tiesToEven: tiesToEven)
      func wanted(_ accumulator: Int64) -> Int64 { requantizer(accumulator).clamped(to: clamp) }
      func got(_ accumulator: Int64) -> Int64 { line.code(accumulator).clamped(to: clamp) }
      let isRight = Swift.stride(from: accumulators.lowerBound, through: accumulators.upperBound, by: Int(stride))
        .allSatisfy { wanted($0) == got($0) }
      let missed =
        corners.below.filter { line.code($0.accumulator) < $0.code }
        + corners.above.filter { line.code($0.accumulator) >= $0.code }
      #expect(missed.isEmpty == isRight, "\(requantizer) \(clamp) \(accumulators) by \(stride): \(line)")
      for corner in missed {
        #expect(wanted(corner.accumulator) != got(corner.accumulator), "\(requantizer) \(clamp) \(corner) \(line)")
        #expect((corner.accumulator - first) % stride == 0 && accumulators.contains(corner.accumulator))
      }
      if isRight { exact += 1 }
    }
    #expect((800...7_200).contains(exact), "\(exact)")
  }
}
