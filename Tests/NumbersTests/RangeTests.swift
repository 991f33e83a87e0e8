import Numbers
import Testing

@Suite struct RangeTests {
  @Test func hulls() {
    #expect([3, -1, 2].hull() == -1...3)
    #expect([Int64]().hull() == nil)
    #expect([0...1, 5...6, -2...(-2)].hull() == -2...6)
    #expect((0...1).hull(with: 4...5) == 0...5)
    #expect((0...1).including(-3) == -3...1)
    #expect((1...2).including(2) == 1...2)
  }

  @Test func sums() {
    let codes: CodeRange = -3...5
    #expect(codes.shifted(by: -2) == -5...3)
    #expect(codes.scaled(by: -2) == -10...6)
    #expect(codes.scaled(by: 0) == 0...0)
    #expect(codes + (1...2) == -2...7)
  }

  @Test func clamps() {
    #expect(Int64(7).clamped(to: 0...5) == 5)
    #expect(Int64(-7).clamped(to: 0...5) == 0)
    #expect(2.5.clamped(to: 0...5) == 2.5)
  }

  @Test func widths() {
    let codes: CodeRange = .min...3
    #expect(codes.largestMagnitude == 1 << 63)
    #expect(codes.wide.scaled(by: 4).clampedTo64Bits == .min...12)
  }
}
