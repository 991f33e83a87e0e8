// Times the target file, the tiling solver and the cycle simulator on the reference networks (best of 20 runs), and
// prints what the networks cost.
import CycleSimulator
import Targets
import Tiling
import TilingTestSupport

let clock = ContinuousClock()

func milliseconds(_ duration: Duration) -> Double {
  let microseconds = duration / .microseconds(1)
  return microseconds.rounded() / 1000
}

func best(of body: () throws -> Void) rethrows -> Double {
  var best = Duration.seconds(3600)
  for _ in 0..<20 { best = min(best, try clock.measure(body)) }
  return milliseconds(best)
}

let start = clock.now
let accelerator = try TargetFile.load("stmac")
print("target file: first \(milliseconds(clock.now - start)) ms,", terminator: " ")
print("again \(try best { _ = try TargetFile.load("stmac") }) ms")

let simulator = CycleSimulator(accelerator: accelerator)
for network in ReferenceNetwork.all {
  let problems = network.layers.map { TilingProblem(shape: $0, accelerator: accelerator) }
  let plans = try problems.map { try $0.solve() }
  let layers = Array(zip(problems, plans))
  let solving = try best { for problem in problems { _ = try problem.solve() } }
  let verifying = try best { for (problem, plan) in layers { try problem.verify(plan) } }
  let simulating = try best {
    for (problem, plan) in layers {
      _ = try simulator.simulate(plan.nest, of: problem.shape, multipliers: .reconfigurable, doubleBuffered: true)
    }
  }
  print("\(network.name): solve \(solving) ms, verify \(verifying) ms, one cycle simulation \(simulating) ms")
  let costs = try layers.map { try LayerCost(of: $0.shape, nest: $1.nest, on: accelerator, model: .stated) }
  let cycles = (costs.map(\.standard.total).reduce(0, +), costs.map(\.reconfigurable.total).reduce(0, +))
  let moved = costs.map(\.traffic.total).reduce(0, +)
  print("  \(plans.map(\.tileCount).reduce(0, +)) tiles, \(moved) bytes, cycles \(cycles.0) -> \(cycles.1)")
}
