import Diagnostics
import IntegerProgram
import IntegerProgramTestSupport
import Schedule
import Targets
import Testing
import Tiling

@Suite struct ScheduleVerifierTests {
  @Test(arguments: 0..<60 as Range<UInt64>)
  func schedulesOfRandomProgramsAreSound(seed: UInt64) throws {
    let (random, accelerator) = try RandomProgram.mixed(seed: seed)
    try Schedule(random.program, for: accelerator).verify()
  }

  /// A change that makes a sound schedule unsound, and what the verifier says of it.
  struct Fault: CustomTestStringConvertible, Sendable {
    var said: String
    var make: @Sendable (inout Schedule) -> Void
    var testDescription: String { said }

    init(_ said: String, _ make: @escaping @Sendable (inout Schedule) -> Void) {
      self.said = said
      self.make = make
    }

    static func tiles(_ said: String, _ change: @escaping @Sendable (inout TiledLayer) -> Void) -> Fault {
      Fault(said) { schedule in
        for (index, step) in schedule.steps.enumerated() {
          guard case .engine(var tiles) = step else { continue }
          change(&tiles)
          schedule.steps[index] = .engine(tiles)
        }
      }
    }
  }

  static let faults: [Fault] = [
    Fault("1 steps") { $0.steps.removeLast() },
    Fault("runs in the wrong place") { $0.steps.swapAt(0, 1) },
    Fault("writes over what it reads") { $0.storage.buffers[2].place = .arena(offset: 2) },
    Fault("where it does not stand") { $0.storage.buffers[0].place = .arena(offset: 0) },
    Fault("its output does not fit the arena") { $0.storage.buffers[1].place = .arena(offset: 1 << 20) },
    Fault("codes of 16 bits in 8") { $0.storage.buffers[1].type = $0.storage.buffers[0].type },
    Fault("multiplies unsigned codes") { $0.storage.buffers[0].type = CodeType(narrowest: 0...255) },
    Fault("does not begin with a code's place") { $0.storage.buffers[1].place = .arena(offset: 1) },
    .tiles("tiles of another layer") { $0.shape.output.rows = 3 },
    .tiles("tile plan: output rows: tiles end at 1 of 4") {
      $0.nest = $0.nest.changing(.rows) { $0.slices = [TileSlice(start: 0, count: 1)] }
    },
    .tiles("output codes of 16 bits stored as 4 bits") { $0.shape.outputBits = 4 },
    .tiles("8-bit codes times 12-bit weights in multiplier mode 4x4") {
      $0.mode = MultiplierMode(name: "4x4", wideBits: 4, narrowBits: 4, products: 4, idealFactor: 0.25)
    },
    .tiles("multiplier mode 32x32") {
      $0.mode = MultiplierMode(name: "32x32", wideBits: 32, narrowBits: 32, products: 1, idealFactor: 1)
    },
  ]

  @Test(arguments: faults)
  func faultsAreFound(_ fault: Fault) throws {
    var random = RandomProgram(seed: 3)
    let input = random.input(MapShape(rows: 4, columns: 4, channels: 3), bits: 8)
    let map = random.linear(input, engine: .conv2D, bits: 16, weightBits: 12)
    random.markOutputs([random.requantize(map)])
    var schedule = try Schedule(random.program, for: TargetFile.load("stmac"))
    try schedule.verify()
    fault.make(&schedule)
    let problems = #expect(throws: Diagnostics.self) { try schedule.verify() }
    #expect(problems?.description.contains(fault.said) == true, "\(problems?.description ?? "")")
  }

  /// Every layer that cannot be scheduled is named at once.
  @Test func layersWithoutAModeAreNamed() throws {
    var random = RandomProgram(seed: 3)
    let input = random.input(MapShape(rows: 4, columns: 4, channels: 3), bits: 8)
    let map = random.linear(input, engine: .conv2D, bits: 8, weightBits: 12)
    random.markOutputs([random.linear(map, engine: .depthwise, bits: 8, weightBits: 12)])
    var accelerator = try TargetFile.load("stmac")
    accelerator.modes.removeAll { $0.wideBits > 8 }
    let problems = #expect(throws: Diagnostics.self) { try Schedule(random.program, for: accelerator) }
    #expect(problems?.all.count == 2, "\(problems?.description ?? "")")
  }
}
