import IntegerProgram
import IntegerProgramTestSupport
import Schedule
import Testing

/// Schedules run on a model of the engines compute what the instructions' definitions say.
@Suite struct ExecutionTests {
  @Test(arguments: 0..<24 as Range<UInt64>)
  func loopsLoadsAndPackedWeightsAreRight(seed: UInt64) throws {
    var (random, accelerator) = try RandomProgram.mixed(seed: seed)
    let schedule = try Schedule(random.program, for: accelerator)
    let codes = NaiveProgram(program: random.program).run(random.inputs())
    for layer in schedule.layers {
      var engine = EngineModel(layer, map: codes[layer.instruction.input.index])
      engine.run()
      #expect(engine.stored == codes[layer.instruction.output.index], "\(layer.name)")
    }
  }
}
