import Numbers
import Testing

@Suite struct PerChannelTests {
  private let shared: PerChannel = [7]
  private let own: PerChannel = [1, 2, 3]

  @Test func everyChannelHasAValue() {
    #expect((0..<3).map { shared[$0] } == [7, 7, 7])
    #expect((0..<3).map { own[$0] } == [1, 2, 3])
    #expect(shared.uniform == 7 && own.uniform == nil)
  }

  @Test func oneAndMany() {
    #expect(shared.combined(with: own, -) == [6, 5, 4])
    #expect(own.combined(with: shared, -) == [-6, -5, -4])
    #expect(shared.combined(with: [2], +) == [9])
    #expect(own.map { $0 * 2 } == PerChannel([2, 4, 6]))
    #expect(PerChannel(channels: 2) { own[$0] } == [1, 2])
  }

  @Test func equalValuesMerge() {
    #expect(PerChannel([4, 4, 4]).merged == [4])
    #expect(own.merged == own)
  }

  @Test func rangesHaveAHull() {
    let ranges: PerChannel<CodeRange> = [0...1, -4...0]
    #expect(ranges.hull() == -4...1)
  }
}
