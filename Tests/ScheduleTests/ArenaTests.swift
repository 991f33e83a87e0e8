import IntegerProgram
import IntegerProgramTestSupport
import Numbers
import Schedule
import Targets
import Testing

@Suite struct ArenaTests {
  /// Buffers that live at once lie apart, and no memory is smaller than what lives at a moment.
  @Test(arguments: 0..<40 as Range<UInt64>)
  func buffersThatLiveAtOnceLieApart(seed: UInt64) {
    var random = SplitMix(seed: seed)
    let buffers = (0..<Int.random(in: 1...40, using: &random)).map { _ in
      let birth = Int.random(in: 0...50, using: &random)
      return Arena.Buffer(
        size: Int.random(in: 1...100, using: &random), alignment: [1, 1, 2, 4, 8].randomElement(using: &random) ?? 1,
        life: birth...birth + Int.random(in: 0...10, using: &random))
    }
    let arena = Arena(buffers)
    let places = zip(arena.offsets, buffers).map { $0..<$0 + $1.size }
    for (first, place) in places.enumerated() {
      #expect(place.lowerBound >= 0 && place.upperBound <= arena.size)
      #expect(place.lowerBound.isMultiple(of: buffers[first].alignment))
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

  /// What lives at once, instruction by instruction: an elementwise instruction's output takes the place of an input that is read
  /// for the last time and is as wide.
  @Test(arguments: 0..<40 as Range<UInt64>)
  func noPlacementNeedsLess(seed: UInt64) throws {
    let program = try RandomProgram.mixed(seed: seed).0.program
    let storage = Storage(program)
    var source = Array(program.tensors.indices)
    for case .reshape(let reshape) in program.instructions {
      source[reshape.output.index] = source[reshape.input.index]
    }
    var lastRead = [Int](repeating: -1, count: program.tensors.count)
    for (step, instruction) in program.instructions.enumerated() {
      for tensor in instruction.inputs + [instruction.output] { lastRead[source[tensor.index]] = step }
    }
    for output in program.outputs { lastRead[source[output.tensor.index]] = .max }
    func bytes(_ tensor: TensorID) -> Int { program[tensor].shape.elements * storage[tensor].type.bytes }
    var most = 0
    var made: [TensorID] = []
    for (step, instruction) in program.instructions.enumerated() {
      if case .reshape = instruction { continue }
      made.append(instruction.output)
      let living = made.filter { lastRead[$0.index] >= step }
      let isElementwise =
        switch instruction {
        case .combine, .requantize: true
        case .linear, .matrixProduct, .pool, .move, .reshape: false
        }
      let takesAPlace =
        isElementwise
        && instruction.inputs.contains { input in
          let source = TensorID(source[input.index])
          return made.contains(source) && lastRead[source.index] == step && bytes(source) == bytes(instruction.output)
        }
      most = max(most, living.reduce(0) { $0 + bytes($1) } - (takesAPlace ? bytes(instruction.output) : 0))
    }
    #expect(storage.leastBytes(of: program) == most)
    #expect(storage.leastBytes(of: program) <= storage.bytes)
  }

  /// A sum takes the place of the term that is read for the last time, where it is as wide; a code of 0 to 255 takes a byte.
  @Test func sumsAreMadeInPlace() throws {
    func storage(_ range: String) throws -> Storage {
      let program = try ProgramParser.program(
        from: """
          program p
          x = input -> [1, 1, 100] -8..7 scale=1
          a = requantize x by=clamp(-8..7, floor((1 acc + 0) / 2^0)) -> [1, 1, 100] -8..7 scale=1
          b = requantize a by=clamp(-8..7, floor((1 acc + 0) / 2^0)) -> [1, 1, 100] -8..7 scale=1
          s = sum a b coefficients=[1, 1] accumulator=-300..300 by=clamp(\(range), floor((1 acc + 0) / 2^0)) \
          -> [1, 1, 100] \(range) scale=1
          output s
          """)
      try program.verify()
      let schedule = try Schedule(program, for: TargetFile.load("cpu"))
      try schedule.verify()
      return schedule.storage
    }
    #expect(try storage("0..255").bytes == 200)
    #expect(try storage("-1..255").bytes == 400)
  }
}
