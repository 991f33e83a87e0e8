// calibration-bench model.h5 calibration.npy judging.npy WEIGHTS MAPS INPUT-MAPS [OUTPUT-MAPS]: what calibration takes, and how
// near its network comes to the float one on inputs that it did not see, simulated in float32.
import Arrays
import Calibration
import Diagnostics
import FloatEngine
import Frontends
import Passes
import Plans
import QIR

let arguments = CommandLine.arguments
var graph = try Frontends.read(arguments[1]).graph
var problems = Diagnostics()
graph = try PassManager(Pipeline.toFloatNetwork).run(on: graph, reporting: &problems)
let network = try FloatNetwork(graph)
let input = network.graph.inputs[0]

func batch(_ file: String) throws -> Batch {
  Batch(shape: network.graph[input].shape, values: try ArrayFile.load(file).values.map { Float($0) })
}

var widths = PlanWidths()
widths.weights = Int(arguments[4]) ?? 8
widths.maps = Int(arguments[5]) ?? 8
widths.inputMaps = Int(arguments[6]) ?? 8
widths.outputMaps = arguments.count > 7 ? Int(arguments[7]) : max(widths.maps, 8)
let plan = QuantizationPlan(widths, for: network)
let calibrator = Calibrator(network)
let (seen, unseen) = (try batch(arguments[2]), try batch(arguments[3]))
var calibration: Calibration?
let time = ContinuousClock().measure { calibration = calibrator.calibrate(plan, on: [input: seen]) }
guard let calibration else { preconditionFailure() }
for layer in calibration.layers { print("  \(layer.name): \(layer.method), gap \(layer.gap)") }
for (name, data) in [("seen", seen), ("unseen", unseen)] {
  let judged = calibrator.calibrate(calibration.plan, on: [input: data]).results[0]
  var (signal, noise, agreed) = (0.0, 0.0, 0)
  for sample in 0..<judged.float.samples {
    let (float, quantized) = (
      judged.float[sample..<(sample + 1)].values, judged.quantized[sample..<(sample + 1)].values
    )
    for (x, y) in zip(float, quantized) {
      signal += Double(x * x)
      noise += Double((x - y) * (x - y))
    }
    let best = float.indices.max { float[$0] < float[$1] }
    if best == quantized.indices.max(by: { quantized[$0] < quantized[$1] }) { agreed += 1 }
  }
  print("\(name): agreement \(100 * Double(agreed) / Double(judged.float.samples)) %, noise \(noise / signal)")
}
print("\(time / .seconds(1)) s")
