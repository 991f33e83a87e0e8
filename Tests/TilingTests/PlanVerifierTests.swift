import Diagnostics
import Numbers
import Targets
import Testing
import Tiling
import TilingTestSupport

/// `verify` against plans that somebody broke.
@Suite struct PlanVerifierTests {
  let problem: TilingProblem
  let plan: TilePlan

  init() throws {
    let accelerator = try TargetFile.load("stmac")
    let shape = LinearLayerShape.same(
      .conv2D, MapExtents(rows: 49, columns: 10, channels: 20), 40, Extents(rows: 10, columns: 4),
      Extents(rows: 2, columns: 2), (8, 8))
    problem = TilingProblem(shape: shape, accelerator: accelerator)
    plan = try problem.solve()
  }

  func problems(_ plan: TilePlan, of problem: TilingProblem? = nil) -> [String] {
    do {
      try (problem ?? self.problem).verify(plan, layer: "conv")
      return []
    } catch {
      return error.errors.map(\.found)
    }
  }

  @Test func acceptsTheSolversPlan() {
    #expect(problems(plan).isEmpty)
  }

  @Test func rejectsAGap() {
    var broken = plan
    broken.spatial = .grid(rows: [0..<9, 10..<17, 17..<25], columns: [0..<5])
    #expect(problems(broken) == ["tile plan: output rows: 9..<10 are in no tile"])
    broken.spatial = .grid(rows: [0..<9, 9..<17], columns: [0..<5])
    #expect(problems(broken) == ["tile plan: output rows: tiles end at 17 of 25"])
  }

  @Test func rejectsAnOverlap() {
    var broken = plan
    broken.spatial = .grid(rows: [0..<10, 9..<17, 17..<25], columns: [0..<5])
    #expect(problems(broken) == ["tile plan: output rows: 9..<10 are in two tiles"])
    broken = plan
    broken.channels = .dense(groups: 1, inputs: [0..<16, 15..<20], outputs: [0..<16, 16..<32, 32..<40])
    #expect(problems(broken) == ["tile plan: input channels: 15..<16 are in two tiles"])
  }

  @Test func rejectsWhatDoesNotFit() {
    var broken = plan
    broken.channels = .dense(groups: 1, inputs: [0..<20], outputs: [0..<20, 20..<40])
    #expect(problems(broken).count == 3)
    broken = plan
    broken.spatial = .grid(rows: [0..<15, 15..<25], columns: [0..<5])
    let tooMany = "tile plan: input rows: 19 for outputs 0..<15 and taps "
    #expect(problems(broken) == [tooMany + "0,2..8", tooMany + "1,3..9"])
    broken = plan
    broken.kernelRows = [TileSlice(start: 0, count: 8), TileSlice(start: 8, count: 2)]
    #expect(problems(broken) == ["tile plan: kernel rows: 8 in a tile"])
  }

  @Test func rejectsWrongTaps() {
    var broken = plan
    broken.kernelRows = [TileSlice(start: 0, count: 5), TileSlice(start: 4, count: 5)]
    #expect(problems(broken) == [(4, 2), (9, 0)].map { "tile plan: kernel rows: tap \($0) is in \($1) parts" })
    broken.kernelRows = [TileSlice(start: 0, step: 3, count: 5)]
    #expect(problems(broken).first == "tile plan: kernel rows: start 0, step 3, count 5 leaves the kernel of 10")
  }

  @Test func rejectsCutsForOtherLayers() {
    var broken = plan
    broken.channels = .depthwise(channels: [0..<16, 16..<20], multiplier: 2)
    #expect(problems(broken) == ["tile plan: channels are cut for another engine than conv2D"])
    broken = plan
    broken.spatial = .pixels([0..<125], width: 18)
    #expect(problems(broken) == ["tile plan: runs of pixels"])
    broken = plan
    broken.inputLimbs = 2
    #expect(problems(broken) == ["tile plan: input limbs: 2 in the plan, 1 in the layer"])
  }

  @Test func refusesWhatWouldTakeForever() {
    var shape = problem.shape
    shape.kernel.rows = 1 << 20
    #expect(problems(plan, of: TilingProblem(shape: shape, engine: problem.engine)) == ["kernel rows: 1048576"])
    shape = problem.shape
    shape.input.rows = 1 << 20
    shape.input.columns = 1 << 20
    #expect(
      problems(plan, of: TilingProblem(shape: shape, engine: problem.engine))
        == ["input feature map: 21990232555520 elements"])
    shape = problem.shape
    shape.output = MapExtents(rows: 1 << 14, columns: 1 << 14, channels: 1)
    let crowded = TilingProblem(shape: shape, engine: problem.engine)
    #expect(throws: Diagnostics.self) { try crowded.solve() }
  }

  @Test func saysWhatIsWrongWithAShape() {
    var shape = problem.shape
    shape.output.channels = 0
    shape.stride.rows = -1
    #expect(
      problems(plan, of: TilingProblem(shape: shape, engine: problem.engine))
        == ["output channels: 0", "row stride: -1"])
    shape = problem.shape
    shape.groups = 3
    #expect(
      problems(plan, of: TilingProblem(shape: shape, engine: problem.engine))
        == ["3 groups do not divide 20 input and 40 output channels"])
  }
}
