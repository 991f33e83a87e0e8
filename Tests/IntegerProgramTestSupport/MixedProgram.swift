import IntegerProgram
import Numbers
import Targets

extension RandomProgram {
  /// Small memories, so that small layers are cut along every axis.
  private static func smallAccelerator(_ random: inout Sizes) throws -> Accelerator {
    var accelerator = try TargetFile.load("stmac")
    accelerator[.conv2D].inputMemory = MapExtents(
      rows: random.next(5...9), columns: random.next(5...9), channels: random.next(2...5))
    accelerator[.conv2D].outputMemory = MapExtents(
      rows: random.next(2...7), columns: random.next(2...7), channels: random.next(2...5))
    accelerator[.conv2D].weightMemory = WeightExtents(
      kernelRows: random.next(2...4), kernelColumns: random.next(2...4), inputChannels: random.next(2...5),
      outputChannels: random.next(2...5))
    accelerator[.depthwise].inputMemory = MapExtents(
      rows: random.next(5...9), columns: random.next(5...9), channels: random.next(2...5))
    accelerator[.depthwise].outputMemory = MapExtents(
      rows: random.next(2...7), columns: random.next(2...7), channels: random.next(2...5))
    accelerator[.depthwise].weightMemory = WeightExtents(
      kernelRows: random.next(2...4), kernelColumns: random.next(2...4), inputChannels: random.next(2...5),
      outputChannels: 1)
    accelerator[.fullyConnected].inputMemory.channels = random.next(3...40)
    accelerator[.fullyConnected].weightMemory.inputChannels = accelerator[.fullyConnected].inputMemory.channels
    return accelerator
  }

  /// A program with every kind of instruction.
  package static func mixed(seed: UInt64) throws -> (RandomProgram, Accelerator) {
    var sizes = RandomProgram.Sizes(seed: seed &+ 1000)
    let accelerator = seed.isMultiple(of: 3) ? try TargetFile.load("stmac") : try smallAccelerator(&sizes)
    var random = RandomProgram(seed: seed, name: "random \(seed)")
    let shape = MapShape(rows: random.integer(4...11), columns: random.integer(4...11), channels: random.integer(1...7))
    let first = random.input(shape, bits: random.pick([4, 8, 8, 12, 16]))
    let second = random.input(shape, bits: 4)
    var maps: [TensorID] = [first, second]
    var vectors: [TensorID] = []
    for _ in 0..<14 {
      let source = random.pick(maps)
      // What has grown wide comes back to few bits now and then.
      let bits: Int? = random.integer(0...2) == 0 ? nil : random.pick([4, 4, 8, 8, 16])
      switch random.integer(0...12) {
      case 0...2: maps.append(random.linear(source, engine: .conv2D, bits: bits))
      case 3, 4: maps.append(random.linear(source, engine: .depthwise, bits: bits))
      case 5: maps.append(random.combine([source, source]))
      case 6: maps.append(random.pool(source, maximum: random.integer(0...1) == 0, padded: random.integer(0...1) == 0))
      case 7: maps.append(random.pad(source))
      case 8: maps.append(random.requantize(source))
      case 9: maps.append(random.transpose(source))
      case 10: maps.append(random.select(source))
      case 11: maps.append(random.matrixProduct(source))
      default: maps.append(random.concatenate([source, source], axis: random.integer(0...2)))
      }
      let grown = random.program[maps[maps.count - 1]]
      if grown.shape.elements > 2500 || grown.type.bits > 44 { maps.removeLast() }
    }
    let sum = random.combine([first, second])
    let flat = random.flatten(random.pick(maps))
    vectors.append(random.linear(flat, engine: .fullyConnected))
    vectors.append(random.linear(random.flatten(sum), engine: .fullyConnected, bits: 8))
    random.markOutputs([vectors[0], vectors[1], maps[maps.count - 1], first, flat])
    return (random, accelerator)
  }

  /// Sizes of memories.
  private struct Sizes {
    private var generator: SplitMix
    init(seed: UInt64) { generator = SplitMix(seed: seed) }
    mutating func next(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }
  }
}
