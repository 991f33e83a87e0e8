import Diagnostics
import Targets

extension TilingProblem {
  /// Judges any plan: that every multiplication of the layer happens exactly once and that every tile fits the engine's
  /// memories. It looks at the rows that outputs and taps really read, and shares nothing with the solver.
  /// - Throws: `Diagnostics` with everything that is wrong with the plan; `layer` names it in them.
  package func verify(_ plan: TilePlan, layer: String? = nil) throws(Diagnostics) {
    try check(layer: layer)
    var verifier = PlanVerifier(problem: self, layer: layer)
    verifier.run(plan)
    try verifier.problems.throwIfErrors()
  }
}

private struct PlanVerifier {
  let problem: TilingProblem
  let layer: String?
  var problems = Diagnostics()

  private var shape: LinearLayerShape { problem.shape }
  private var engine: Engine { problem.engine }

  init(problem: TilingProblem, layer: String?) {
    self.problem = problem
    self.layer = layer
  }

  mutating func run(_ plan: TilePlan) {
    expectEqual(plan.inputLimbs, shape.inputLimbs, "input limbs")
    expectEqual(plan.weightLimbs, shape.weightLimbs, "weight limbs")
    coversTaps(plan.kernelRows, shape.kernel.rows, memory: engine.weightMemory.kernelRows, "kernel rows")
    coversTaps(plan.kernelColumns, shape.kernel.columns, memory: engine.weightMemory.kernelColumns, "kernel columns")
    run(plan.channels)
    // The windows below are those of taps that exist.
    if problems.hasErrors { return }
    switch plan.spatial {
    case .grid(let rows, let columns):
      covers(rows, shape.output.rows, limit: engine.outputMemory.rows, "output rows")
      covers(columns, shape.output.columns, limit: engine.outputMemory.columns, "output columns")
      fits(
        rows, plan.kernelRows, stride: shape.stride.rows, dilation: shape.dilation.rows,
        memory: engine.inputMemory.rows,
        "input rows")
      fits(
        columns, plan.kernelColumns, stride: shape.stride.columns, dilation: shape.dilation.columns,
        memory: engine.inputMemory.columns, "input columns")
    case .pixels(let ranges, let width):
      run(ranges, width: width)
    }
  }

  private mutating func run(_ channels: TilePlan.Channels) {
    switch (channels, shape.engine.reduction) {
    case (.dense(let groups, let inputs, let outputs), .group):
      expectEqual(groups, shape.groups, "groups")
      let inputLimit = min(engine.inputMemory.channels, engine.weightMemory.inputChannels)
      let outputLimit = min(engine.outputMemory.channels, engine.weightMemory.outputChannels)
      covers(inputs, shape.input.channels / shape.groups, limit: inputLimit, "input channels")
      covers(outputs, shape.output.channels / shape.groups, limit: outputLimit, "output channels")
    case (.depthwise(let ranges, let multiplier), .ownChannel):
      expectEqual(multiplier, shape.channelMultiplier, "channel multiplier")
      let limit = min(engine.inputMemory.channels, engine.outputMemory.channels, engine.weightMemory.inputChannels)
      covers(ranges, shape.input.channels, limit: limit, "channels")
    case (.dense, .ownChannel), (.depthwise, .group):
      report("channels are cut for another engine than \(shape.engine.name)")
    }
  }

  private mutating func run(_ ranges: [Range<Int>], width: Int) {
    guard shape.engine.takesRuns, shape.isPointwise else {
      return report("runs of pixels", supported: "pointwise convolutions without padding")
    }
    let columns = min(engine.inputMemory.columns, engine.outputMemory.columns)
    let rows = min(engine.inputMemory.rows, engine.outputMemory.rows)
    guard (1...columns).contains(width) else {
      return report("rows of \(width) pixels", supported: "1 to \(columns)")
    }
    covers(ranges, shape.output.pixels, limit: rows * width, "pixels")
  }

  /// Whether the ranges, in any order, hold every index below `extent` exactly once, and none holds more than `limit`.
  private mutating func covers(_ ranges: [Range<Int>], _ extent: Int, limit: Int, _ what: String) {
    var next = 0
    for range in ranges.sorted(by: { ($0.lowerBound, $0.upperBound) < ($1.lowerBound, $1.upperBound) }) {
      if range.isEmpty { report("\(what): an empty range at \(range.lowerBound)") }
      if range.lowerBound > next { report("\(what): \(next)..<\(range.lowerBound) are in no tile") }
      if range.lowerBound < next { report("\(what): \(range.lowerBound)..<\(next) are in two tiles") }
      if range.count > limit { report("\(what): \(range.count) in a tile", supported: "at most \(limit)") }
      next = max(next, range.upperBound)
    }
    if next != extent { report("\(what): tiles end at \(next) of \(extent)") }
  }

  private mutating func coversTaps(_ parts: [TileSlice], _ extent: Int, memory: Int, _ what: String) {
    var uses = [Int](repeating: 0, count: extent)
    for part in parts {
      guard part.count >= 1, part.step >= 1, part.start >= 0, part.count <= extent, part.step <= extent,
        part.start < extent, part.last < extent
      else {
        report("\(what): start \(part.start), step \(part.step), count \(part.count) leaves the kernel of \(extent)")
        continue
      }
      if part.count > memory { report("\(what): \(part.count) in a tile", supported: "at most \(memory)") }
      for tap in part.taps { uses[tap] += 1 }
    }
    for (tap, count) in uses.enumerated() where count != 1 { report("\(what): tap \(tap) is in \(count) parts") }
  }

  /// Whether the rows that every range of outputs reads for every part of the kernel fit the input memory: all those
  /// between the first and the last one at the distance that divides all of theirs.
  private mutating func fits(
    _ ranges: [Range<Int>], _ parts: [TileSlice], stride: Int, dilation: Int, memory: Int, _ what: String
  ) {
    var judged: Set<Int> = []
    for range in ranges where !range.isEmpty && judged.insert(range.count).inserted {
      for part in parts {
        var distance = 0
        for output in 0..<range.count { distance = greatestCommonDivisor(distance, output * stride) }
        for tap in 0..<part.count { distance = greatestCommonDivisor(distance, tap * part.step * dilation) }
        let extent = (range.count - 1) * stride + (part.count - 1) * part.step * dilation
        let loaded = extent / max(distance, 1) + 1
        if loaded > memory {
          report("\(what): \(loaded) for outputs \(range) and taps \(part)", supported: "at most \(memory)")
        }
      }
    }
  }

  private mutating func expectEqual(_ found: Int, _ expected: Int, _ what: String) {
    if found != expected { report("\(what): \(found) in the plan, \(expected) in the layer") }
  }

  private mutating func report(_ found: String, supported: String? = nil) {
    problems.report("tile plan: \(found)", at: .init(layer: layer), supported: supported)
  }
}
