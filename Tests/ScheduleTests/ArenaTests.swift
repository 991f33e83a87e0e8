import IntegerProgramTestSupport
import Numbers
import Schedule
import Testing

@Suite struct ArenaTests {
  /// Buffers that live at once lie apart, and no memory is smaller than what lives at a moment.
  @Test(arguments: 0..<40 as Range<UInt64>)
  func buffersThatLiveAtOnceLieApart(seed: UInt64) {
    var random = SplitMix(seed: seed)
    let buffers = (0..<Int.random(in: 1...40, using: &random)).map { _ in
      let birth = Int.random(in: 0...50, using: &random)
      return Arena.Buffer(
        size: Int.random(in: 1...100, using: &random), life: birth...birth + Int.random(in: 0...10, using: &random))
    }
    let arena = Arena(buffers)
    let places = zip(arena.offsets, buffers).map { $0..<$0 + $1.size }
    for (first, place) in places.enumerated() {
      #expect(place.lowerBound >= 0 && place.upperBound <= arena.size)
      for second in places.indices where second > first && buffers[first].life.overlaps(buffers[second].life) {
        #expect(!place.overlaps(places[second]))
      }
    }
    let most = (0...60).map { step in buffers.filter { $0.life.contains(step) }.reduce(0) { $0 + $1.size } }.max()
    #expect(arena.size >= most ?? 0)
  }

  /// In the order of life the third buffer lies above the second: 200 elements where 150 do.
  @Test func largeBuffersAreNotPushedUp() {
    let arena = Arena([
      .init(size: 50, life: 0...1), .init(size: 50, life: 1...2), .init(size: 100, life: 2...3),
    ])
    #expect(arena.size == 150)
  }

  /// What lives at once, instruction by instruction.
  @Test(arguments: 0..<20 as Range<UInt64>)
  func noPlacementNeedsLess(seed: UInt64) throws {
    let program = try RandomProgram.mixed(seed: seed).0.program
    let storage = Storage(program)
    let lifetimes = Lifetimes(program)
    let live = program.instructions.indices.map { step in
      program.instructions.map(\.output).filter { lifetimes[$0]?.contains(step) ?? false }
        .reduce(0) { $0 + program[$1].shape.elements * storage[$1].type.bytes }
    }
    // Outputs live on behind the last instruction, where nothing else comes to life.
    #expect(storage.leastBytes(of: program) == live.max())
    #expect(storage.leastBytes(of: program) <= storage.bytes)
  }
}
