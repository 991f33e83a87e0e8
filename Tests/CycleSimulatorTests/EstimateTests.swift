import CycleSimulator
import Numbers
import Targets
import Testing
import Tiling
import TilingTestSupport

/// The simulated events against the formulas.
@Suite struct EstimateTests {
  let accelerator: Accelerator
  let simulator: CycleSimulator

  init() throws {
    accelerator = try TargetFile.load("stmac")
    simulator = CycleSimulator(accelerator: accelerator)
  }

  func compare(_ work: [TileWork], _ simulator: CycleSimulator) {
    let estimate = CycleEstimate(work: work, costs: simulator.accelerator.cycles)
    let sequential = simulator.simulate(work, doubleBuffered: false)
    #expect(sequential.total == estimate.sequential)
    let overlapped = simulator.simulate(work, doubleBuffered: true)
    #expect(overlapped.total == estimate.overlapped)
    #expect(estimate.busiest <= overlapped.total)
    #expect(overlapped.total <= estimate.lockstep)
    #expect(estimate.lockstep <= estimate.sequential)
    for cycles in [sequential, overlapped] {
      #expect(cycles.load.busy == estimate.load)
      #expect(cycles.compute.busy == estimate.compute)
      #expect(cycles.store.busy == estimate.store)
      for unit in [cycles.load, cycles.compute, cycles.store] {
        #expect(unit.busy + unit.stalled + unit.idle == cycles.total)
      }
    }
  }

  @Test(arguments: ReferenceNetwork.all)
  func referenceNetworks(network: ReferenceNetwork) throws {
    for shape in network.layers {
      let problem = TilingProblem(shape: shape, accelerator: accelerator)
      let plan = try problem.solve()
      for multipliers in CycleSimulator.Multipliers.allCases {
        compare(problem.work(of: plan.nest, products: try simulator.products(of: shape, on: multipliers)), simulator)
      }
    }
  }

  @Test func randomWork() {
    var generator = SplitMix(seed: 5)
    for _ in 0..<300 {
      var target = accelerator
      target.cycles.transferSetup = Int.random(in: 0...20, using: &generator)
      target.cycles.pipelineFill = Int.random(in: 0...9, using: &generator)
      let scale = (load: draw(), compute: draw(), store: draw())
      func draw() -> Int { [4, 40, 400].randomElement(using: &generator) ?? 4 }
      var work: [TileWork] = []
      for _ in 0..<Int.random(in: 1...12, using: &generator) {
        let reductions = Int.random(in: 1...4, using: &generator)
        for step in 0..<reductions {
          let outputs = step == reductions - 1 ? Int.random(in: 1...scale.store, using: &generator) : 0
          work.append(
            TileWork(
              inputBytes: Int.random(in: 0...scale.load, using: &generator),
              weightBytes: Bool.random(using: &generator) ? 0 : scale.load, outputBytes: 2 * outputs,
              requantized: outputs, macCycles: Int.random(in: 1...scale.compute, using: &generator),
              startsAccumulation: step == 0))
        }
      }
      compare(work, CycleSimulator(accelerator: target))
    }
  }
}
