import Diagnostics
import IntegerProgram
import Targets
import Tiling

extension Schedule {
  /// Judges a schedule, whoever made it, for a program that `IntegerProgram.verify` has passed: that every layer's tiles
  /// cover it and fit the engine's memories, that its mode is the accelerator's and holds the operands, and that every
  /// tensor is still where it was written when it is read.
  /// - Throws: `Diagnostics` with everything that is wrong.
  package func verify() throws(Diagnostics) {
    var verifier = ScheduleVerifier(schedule: self)
    verifier.run()
    try verifier.problems.throwIfErrors()
  }
}

struct ScheduleVerifier {
  let schedule: Schedule
  var problems = Diagnostics()

  init(schedule: Schedule) {
    self.schedule = schedule
  }

  mutating func run() {
    let instructions = schedule.program.instructions
    guard schedule.steps.count == instructions.count else {
      problems.report(
        Diagnostic("\(schedule.steps.count) steps", supported: "one per instruction (\(instructions.count))"))
      return
    }
    for (instruction, step) in zip(instructions, schedule.steps) {
      switch (instruction, step) {
      case (.linear(let linear), .engine(let tiles)): verify(linear, tiles)
      case (.linear, .cpu) where schedule.accelerator.isProcessor: break
      case (.linear, .cpu), (_, .engine):
        problems.report(
          Diagnostic("runs in the wrong place", at: .init(layer: instruction.name), supported: "layers on engines"))
      case (_, .cpu): break
      }
    }
    verifyStorage()
  }

  private mutating func verify(_ layer: LinearInstruction, _ tiles: TiledLayer) {
    let input = schedule.program[layer.input]
    let output = schedule.program[layer.output]
    var shape = layer.shape
    shape.outputBits = tiles.shape.outputBits
    require(tiles.shape == shape, "tiles of another layer", layer.name)
    require(
      output.type.bits <= LinearLayerShape.storedBits(shape.outputBits),
      "output codes of \(output.type.bits) bits stored as \(shape.outputBits) bits", layer.name,
      supported: "a width that holds every code")
    _ = problems.collecting {
      try TilingProblem(shape: tiles.shape, accelerator: schedule.accelerator).verify(tiles.nest, layer: layer.name)
    }
    let modes = schedule.accelerator.modes
    let weights = layer.weightType
    let limbBits = LinearLayerShape.limbBits
    require(
      tiles.mode.holds(
        input.limbs > 1 ? limbBits : input.type.bits, layer.shape.weightLimbs > 1 ? limbBits : weights.bits),
      "\(input.type.bits)-bit codes times \(weights.bits)-bit weights in multiplier mode \(tiles.mode)", layer.name)
    require(
      modes.contains(tiles.mode), "multiplier mode \(tiles.mode)", layer.name,
      supported: modes.map(\.name).joined(separator: ", "))
  }

  mutating func require(
    _ condition: Bool, _ found: @autoclosure () -> String, _ layer: String?, supported: String? = nil
  ) {
    if !condition { problems.report(Diagnostic(found(), at: .init(layer: layer), supported: supported)) }
  }
}
