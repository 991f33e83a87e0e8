import IntegerProgram
import IntegerProgramTestSupport
import Schedule
import Targets
import Testing
import Tiling

/// The random programs reach everything that the emitter can write.
@Suite struct CoverageTests {
  @Test func everyFeatureOccurs() throws {
    var found = Set<String>()
    for seed in RandomProgramTests.seeds {
      let (random, accelerator) = try RandomProgram.mixed(seed: seed)
      let program = random.program
      for tensor in program.tensors { found.insert("\(tensor.limbs) limbs in") }
      for instruction in program.instructions { found.formUnion(features(of: instruction)) }
      for layer in try Schedule(program, for: accelerator).layers { found.formUnion(features(of: layer)) }
    }
    let expected: Set<String> = [
      "16x16", "16x8", "8x8", "8x4", "4x4", "conv2D", "depthwise", "fullyConnected", "pixel runs", "grid",
      "blocksOutermost", "channelsOutermost", "kernel parts", "input parts", "output parts", "stride", "dilation",
      "padding", "groups", "multiplier", "2 limbs in", "3 limbs in", "2 weight limbs", "wide accumulator",
      "accumulator",
      "table", "floor", "half even", "two words", "quotient", "one for all channels", "sum of maps", "product of maps",
      "maximum of maps", "minimum of maps",
      "matrices", "maximum", "average",
      "counted average",
      "requantize", "reshape", "move", "fill", "parts", "factors", "positions", "repeats", "backwards",
    ]
    #expect(expected.subtracting(found).isEmpty, "not reached: \(expected.subtracting(found).sorted())")
  }

  private func features(of instruction: Instruction) -> Set<String> {
    switch instruction {
    case .linear(let layer): features(of: layer.stage)
    case .combine(let step): features(of: step.stage).union(["\(step.operation) of maps"])
    case .matrixProduct(let step): features(of: step.stage).union(["matrices"])
    case .pool(let pool):
      switch pool.kind {
      case .maximum: ["maximum"]
      case .sum(let stages): [stages.count > 1 ? "counted average" : "average"]
      }
    case .requantize(let step): features(of: .requantize(step.requantization)).union(["requantize"])
    case .move(let move): features(of: move)
    case .reshape: ["reshape"]
    }
  }

  private func features(of move: MoveInstruction) -> Set<String> {
    let axes = move.parts.flatMap(\.box.axes)
    let conditions = [
      ("fill", move.fill != nil), ("parts", move.parts.count > 1), ("factors", !move.parts.allSatisfy(\.isPlain)),
      ("positions", axes.contains { $0.positions != nil }), ("repeats", axes.contains { $0.sourceStride == 0 }),
      ("backwards", axes.contains { $0.sourceStride < 0 }),
    ]
    return Set(conditions.filter(\.1).map(\.0)).union(["move"])
  }

  private func features(of layer: ScheduledLayer) -> Set<String> {
    let shape = layer.shape
    guard let plan = TilePlan(cutsOf: layer.nest) else { return [] }
    var found: Set<String> = [layer.mode.name, shape.engine.name, "\(shape.weightLimbs) weight limbs"]
    if plan.blockCount > 1 || plan.reductionCount > 1 { found.insert(plan.order.rawValue) }
    switch plan.spatial {
    case .grid: found.insert("grid")
    case .pixels: found.insert("pixel runs")
    }
    if case .dense(_, let inputs, let outputs) = plan.channels {
      if inputs.count > 1 { found.insert("input parts") }
      if outputs.count > 1 { found.insert("output parts") }
    }
    let conditions = [
      ("kernel parts", plan.kernelRows.count > 1 && plan.kernelColumns.count > 1),
      ("stride", shape.stride != .one), ("dilation", shape.dilation != .one), ("padding", shape.padding != .none),
      ("groups", shape.groups > 1), ("multiplier", shape.channelMultiplier > 1),
      ("wide accumulator", layer.instruction.accumulatorRange.upperBound > Int64(Int32.max)),
    ]
    return found.union(conditions.filter(\.1).map(\.0))
  }

  private func features(of stage: OutputStage) -> Set<String> {
    guard case .requantize(let requantization) = stage else { return ["accumulator"] }
    var found: Set<String> = requantization.channels.count == 1 ? ["one for all channels"] : []
    for requantizer in requantization.channels {
      switch requantizer {
      case .table: found.insert("table")
      case .quotient: found.insert("quotient")
      case .affine(let affine):
        found.insert(affine.rounding == .floor ? "floor" : "half even")
        if affine.shift > 62 { found.insert("two words") }
      }
    }
    return found
  }
}
