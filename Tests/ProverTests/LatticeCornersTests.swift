import Numbers
import Testing

@testable import Prover

@Suite struct LatticeCornersTests {
  /// A linear function is largest over all points at a corner: checked against every point there is.
  @Test func cornersDecideEveryLinearFunction() {
    var random = SplitMix(seed: 1)
    for _ in 0..<800 {
      let fraction = Int(random.next() % 12) + 1
      let one = Int128(1) << Int128(fraction)
      let line = FixedPointLine(
        slope: Int128(random.next() % 3000) % (one * 3), intercept: Int128(random.next() % 9000) - 3000,
        fraction: fraction, length: Int128(random.next() % 90))
      let below = (0...line.length).map { LatticePoint(x: $0, y: line.floor(at: $0)) }
      let above = below.map { LatticePoint(x: $0.x, y: $0.y + 1) }
      #expect(line.cornersBelow.allSatisfy(below.contains), "\(line)")
      #expect(line.cornersAbove.allSatisfy(above.contains), "\(line)")
      for _ in 0..<40 {
        let a = Int128(random.next() % 500) + 1
        let b = Int128(random.next() % 3000) - 300
        #expect(
          line.cornersBelow.map { a * $0.y - b * $0.x }.max() == below.map { a * $0.y - b * $0.x }.max(), "\(line)")
        #expect(
          line.cornersAbove.map { a * $0.y - b * $0.x }.min() == above.map { a * $0.y - b * $0.x }.min(), "\(line)")
      }
    }
  }
}
