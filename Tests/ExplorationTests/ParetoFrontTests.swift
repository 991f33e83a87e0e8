import Numbers
import Testing

@testable import Exploration

@Suite struct ParetoFrontTests {
  @Test func byHand() {
    let front = ParetoFront(
      [("a", 3.0, 3.0), ("b", 1, 5), ("c", 3, 2), ("d", 2, 5), ("e", 4, 2), ("f", 3, 2), ("g", 5, 0)],
      cost: { $0.1 }, loss: { $0.2 })
    #expect(front.map { $0.0 } == ["b", "c", "g"])
  }

  @Test func empty() {
    #expect(ParetoFront([Double](), cost: { $0 }, loss: { $0 }).elements.isEmpty)
    #expect(hypervolume([], corner: (1, 1)) == 0)
  }

  /// Points with integers for numbers dominate whole cells of a grid: these are counted.
  @Test(arguments: 1...20 as ClosedRange<UInt64>) func hypervolumeIsWhatAGridCounts(seed: UInt64) {
    var random = SplitMix(seed: seed)
    let points = (0..<Int.random(in: 1...12, using: &random)).map { _ in
      (cost: Double(Int.random(in: 0...20, using: &random)), loss: Double(Int.random(in: 0...20, using: &random)))
    }
    let cells = (0..<16).flatMap { cost in (0..<15).map { (Double(cost), Double($0)) } }
    let dominated = cells.count { cell in points.contains { $0.cost <= cell.0 && $0.loss <= cell.1 } }
    #expect(hypervolume(points, corner: (16, 15)) == Double(dominated))
  }
}
