import Diagnostics
import IntegerProgram
import Targets
import Tiling

/// How a program runs on an accelerator: which engine, multiplier mode and tiles each of its layers has, and
/// where its tensors lie.
package struct Schedule: Hashable, Sendable {
  package var program: IntegerProgram
  package var accelerator: Accelerator
  /// One per instruction of the program, in its order.
  package var steps: [ScheduleStep]
  package var storage: Storage

  /// Picks the cheapest mode and the fewest tiles for every layer; without engines all runs on the processor.
  /// - Throws: `Diagnostics`, every layer that has no mode or no tiles.
  package init(_ program: IntegerProgram, for accelerator: Accelerator) throws(Diagnostics) {
    self.program = program
    self.accelerator = accelerator
    storage = Storage(program)
    var problems = Diagnostics()
    steps = program.instructions.map { instruction in
      guard case .linear(let linear) = instruction, !accelerator.isProcessor else { return .cpu }
      let tiles = problems.collecting {
        try TiledLayer(linear, output: program[linear.output], on: accelerator)
      }
      return tiles.map(ScheduleStep.engine) ?? .cpu
    }
    try problems.throwIfErrors()
  }

  package init(program: IntegerProgram, accelerator: Accelerator, steps: [ScheduleStep], storage: Storage) {
    self.program = program
    self.accelerator = accelerator
    self.steps = steps
    self.storage = storage
  }

  /// The layers that run on no engine.
  package var directLayers: [LinearInstruction] {
    zip(program.instructions, steps).compactMap { instruction, step in
      guard case .linear(let linear) = instruction, case .cpu = step else { return nil }
      return linear
    }
  }

  /// The layers that run on engines, in the program's order.
  package var layers: [ScheduledLayer] {
    zip(program.instructions, steps).compactMap { instruction, step in
      guard case .linear(let linear) = instruction, case .engine(let tiles) = step else { return nil }
      return ScheduledLayer(instruction: linear, tiles: tiles)
    }
  }
}

/// How one instruction runs.
package enum ScheduleStep: Hashable, Sendable {
  /// Tile by tile on an engine.
  case engine(TiledLayer)
  /// Element by element, outside the engines.
  case cpu
}
