// simulator-bench [MODEL …]: simulated values per second, on one thread in batches of 64, of networks from files, or of the four of
// MLPerf Tiny with the bit widths of the thesis where none is named, beside what the processor's dot product instruction does at
// most.

import IntegerProgram
import Simulator
import Threads
import TilingTestSupport

let batch = 64
let peaks = [8, 16].compactMap { bits in peak(bits: bits).map { (bits: bits, peak: $0) } }
for (bits, peak) in peaks { print("\(bits) bits: \(peak.instruction)\(column(peak.speed)) GMAC/s at most") }

func line(_ name: String, _ columns: [String]) {
  print(name + String(repeating: " ", count: max(1, 44 - name.count)) + columns.joined())
}

/// One network's line.
func report(_ name: String, _ program: IntegerProgram, macs: Int, _ inputs: [CodeArray]) throws {
  let prepare = try best(3) { _ = try PreparedProgram(program) }
  let prepared = try PreparedProgram(program)
  let repeats = max(1, 2_000_000_000 / macs / batch)
  let one = try best(15) {
    for _ in 0..<repeats { _ = try prepared.run(inputs, samples: batch, threads: 1) }
  }
  let all = try best(5) {
    for _ in 0..<repeats { _ = try prepared.run(inputs, samples: batch) }
  }
  let samples = Double(batch * repeats)
  let speed = Double(macs) * samples / one / 1e9
  let ofPeak = peaks.first.map { column(speed / $0.peak.speed, decimals: 2) } ?? ""
  line(
    name,
    [
      column(prepare * 1000), column(speed), ofPeak, column(samples / one, decimals: 0),
      column(samples / all, decimals: 0),
    ])
}

line("", ["  prepare ms", "  GMAC/s x 1", "     of peak", " samples/s x 1", "  x \(processorCount)"])
let models = CommandLine.arguments.dropFirst()
for path in models {
  var model = try ModelFile(path)
  let inputs = model.inputs(samples: batch)
  try report(String(path.split(separator: "/").last ?? ""), model.program, macs: model.macs, inputs)
}
for network in models.isEmpty ? ReferenceNetwork.all : [] {
  var network = NetworkProgram(network)
  let inputs = [CodeArray.int16(network.input(samples: batch))]
  try report("\(network.program.name), widths of the thesis", network.program, macs: network.macs, inputs)
}
