import CycleSimulator
import Targets
import Testing
import Tiling
import TilingTestSupport

@Suite struct CycleSimulatorTests {
  let accelerator: Accelerator
  let simulator: CycleSimulator

  init() throws {
    accelerator = try TargetFile.load("stmac")
    simulator = CycleSimulator(accelerator: accelerator)
  }

  /// Costs that make hand calculation easy.
  func tiny() -> CycleSimulator {
    var accelerator = accelerator
    accelerator.cycles = CycleCosts(
      busBytesPerCycle: 1, transferSetup: 0, pipelineFill: 0, requantizedPerCycle: 1, layerSetup: 0)
    return CycleSimulator(accelerator: accelerator)
  }

  func tile(_ load: Int, _ compute: Int, _ store: Int, starts: Bool = true) -> TileWork {
    TileWork(
      inputBytes: load, weightBytes: 0, outputBytes: store, requantized: store, macCycles: compute,
      startsAccumulation: starts)
  }

  /// Three output tiles of load 2, compute 5, store 3, by hand: computes end at 7, 12, 17, the last store at 20.
  @Test func overlapsLoadComputeAndStore() {
    let cycles = tiny().simulate([tile(2, 5, 3), tile(2, 5, 3), tile(2, 5, 3)], doubleBuffered: true)
    #expect(cycles.total == 20)
    // Loads at 0-2, 2-4 and, when the first compute has left its half, 7-9.
    #expect(cycles.load == .init(busy: 6, starved: 0, blocked: 3, idle: 11))
    #expect(cycles.compute == .init(busy: 15, starved: 2, blocked: 0, idle: 3))
    #expect(cycles.store == .init(busy: 9, starved: 11, blocked: 0, idle: 0))
  }

  /// Stores of 9 hold the third compute back until the first one has emptied its accumulators: stores at 2-11, 11-20,
  /// 20-29; the third compute at 11-12.
  @Test func slowStoresBlockTheMultipliers() {
    let cycles = tiny().simulate([tile(1, 1, 9), tile(1, 1, 9), tile(1, 1, 9)], doubleBuffered: true)
    #expect(cycles.total == 29)
    #expect(cycles.compute == .init(busy: 3, starved: 1, blocked: 8, idle: 17))
  }

  /// A reduction over two tiles stores once.
  @Test func withoutDoubleBufferingNothingOverlaps() {
    let cycles = tiny().simulate([tile(2, 5, 0), tile(3, 5, 4, starts: false)], doubleBuffered: false)
    #expect(cycles.total == 2 + 5 + 3 + 5 + 4)
    #expect(cycles.load == .init(busy: 5, starved: 0, blocked: 5, idle: 9))
    #expect(cycles.store == .init(busy: 4, starved: 15, blocked: 0, idle: 0))
  }

  @Test func aDenseLayerByHand() throws {
    // 4-bit 640 -> 128: three input blocks of 256, 256, 128, eight output blocks of 16.
    let shape = try #require(ReferenceNetwork.fcAutoEncoder.layers.first)
    let problem = TilingProblem(shape: shape, accelerator: accelerator)
    let plan = try problem.solve()
    let work = problem.work(of: plan.nest, products: 4)
    #expect(work.map(\.macCycles).reduce(0, +) == 8 * (640 / 4))
    #expect(work.map(\.weightBytes).reduce(0, +) == 640 * 128 / 2)
    #expect(work.map(\.outputBytes).reduce(0, +) == 128 * 2)
    // The input block at a turn of the reduction stays.
    #expect(work.filter { $0.inputBytes > 0 }.count == 24 - 7)
    #expect(problem.work(of: plan.nest, products: 1).map(\.macCycles).reduce(0, +) == 8 * 640)
  }

  @Test func depthwiseTapsFillTheProducts() throws {
    // 9 taps in steps of 2: 5 cycles a pixel.
    let shape = LinearLayerShape.same(.depthwise, 12, 16, 16, 3, 1, (8, 8))
    let problem = TilingProblem(shape: shape, accelerator: accelerator)
    let plan = try problem.solve()
    #expect(problem.work(of: plan.nest, products: 2).map(\.macCycles) == [12 * 12 * 5])
    let cycles = try simulator.simulate(plan.nest, of: shape, multipliers: .reconfigurable, doubleBuffered: false)
    // 64 set-up; input 2304 bytes and weights 144 bytes read; 8 to fill; 2304 outputs at 4 a cycle written (4608 bytes).
    #expect(cycles.total == 64 + (16 + 288) + (16 + 18) + (8 + 720) + (16 + 576))
    let utilization = cycles.utilization(macs: shape.macs, multipliers: 16, products: 2)
    #expect(abs(utilization - Double(12 * 12 * 9 * 16) / Double(cycles.total * 32)) < 1e-12)
  }

  @Test(arguments: ReferenceNetwork.all)
  func reconfigurableMultipliersAreNeverSlower(network: ReferenceNetwork) throws {
    for shape in network.layers {
      let plan = try TilingProblem(shape: shape, accelerator: accelerator).solve()
      let cost = try LayerCost(of: shape, nest: plan.nest, on: accelerator, model: .stated)
      #expect(cost.reconfigurable.total <= cost.standard.total)
      #expect(cost.reconfigurable.total <= cost.reconfigurableSequential.total)
      #expect(cost.standard.total <= cost.standardSequential.total)
      #expect((0...1).contains(cost.utilization) && cost.utilization > 0)
      #expect(cost.tiles == plan.tileCount && cost.ideal.standard == Double(plan.tileCount))
    }
  }
}
