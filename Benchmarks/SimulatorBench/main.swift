import IntegerProgram
import Simulator
import Targets
import Threads
import TilingTestSupport

// Simulated values of the four MLPerf Tiny networks with the bit widths of the thesis, and what it takes to get there.

func seconds(_ body: () throws -> Void) rethrows -> Double {
  let time = try ContinuousClock().measure(body)
  return Double(time.components.seconds) + Double(time.components.attoseconds) * 1e-18
}

/// The best of several runs: other programs only ever make it slower.
func best(_ runs: Int, _ body: () throws -> Void) rethrows -> Double {
  var fastest = Double.infinity
  for _ in 0..<runs { fastest = min(fastest, try seconds(body)) }
  return fastest
}

func column(_ value: Double, decimals: Int = 1) -> String {
  let power = decimals == 0 ? 1.0 : 10.0
  let rounded = (value * power).rounded(.toNearestOrEven)
  let text = decimals == 0 ? "\(Int(rounded))" : "\(Int(rounded) / 10).\(Int(rounded) % 10)"
  return String(repeating: " ", count: max(0, 12 - text.count)) + text
}

print("network            verify ms  prepare ms  GMAC/s x 1   samples/s x 1 samples/s x \(processorCount)")
for network in ReferenceNetwork.all {
  var network = NetworkProgram(network)
  let program = network.program
  let verify = try best(3) { try program.verify() }
  let prepare = try best(3) { _ = try PreparedProgram(program) }
  let prepared = try PreparedProgram(program)
  let samples = max(64, 200_000_000 / network.macs)
  let input = [CodeArray.int16(network.input(samples: samples))]
  let one = try best(5) { _ = try prepared.run(input, samples: samples, threads: 1) }
  let all = try best(5) { _ = try prepared.run(input, samples: samples) }
  let name = program.name + String(repeating: " ", count: max(0, 16 - program.name.count))
  print(
    name + column(verify * 1000) + column(prepare * 1000)
      + column(Double(network.macs) * Double(samples) / one / 1e9) + "    "
      + column(Double(samples) / one, decimals: 0) + "    " + column(Double(samples) / all, decimals: 0))
}
