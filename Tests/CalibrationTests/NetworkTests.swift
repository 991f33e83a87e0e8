import Arrays
import Diagnostics
import FloatEngine
import FloatReference
import Frontends
import Passes
import Plans
import QIR
import TestSupport
import Testing

@testable import Calibration

/// Whole networks: real ones where they are, with inputs that calibration did not see.
@Suite struct CalibratedNetworkTests {
  /// Shares of energy that a network's outputs may lose: its weights' and maps' bits, and the most.
  static let limits = [(8, 8, 0.002), (4, 8, 0.02), (4, 4, 0.08)]

  @Test(
    .enabled(if: Repository.models != nil, "no reference models"),
    arguments: [("dscnn_kws", "kws"), ("mobilenet_fashion", "fashion"), ("fcae_fashion", "fcae")])
  func losesLittle(_ name: String, _ data: String) throws {
    let models = try #require(Repository.models)
    let network = try network("\(models)/float/\(name).h5")
    let calibrator = Calibrator(network)
    let inputs = try read("\(models)/labelled/\(data)_calibration_x.npy", network, 0..<120)
    let others = try read("\(models)/labelled/\(data)_calibration_x.npy", network, 120..<200)
    for (weights, maps, most) in Self.limits {
      var widths = PlanWidths()
      (widths.weights, widths.maps, widths.inputMaps, widths.outputMaps) = (weights, maps, 8, 8)
      let plan = QuantizationPlan(widths, for: network)
      let calibration = calibrator.calibrate(plan, on: inputs)
      #expect(!calibration.plan.problems(in: network).hasErrors)
      #expect(calibrator.calibrate(plan, on: inputs).plan == calibration.plan)
      // A plan in which nothing is open is simulated.
      let judged = calibrator.calibrate(calibration.plan, on: others)
      #expect(judged.plan == calibration.plan)
      let (float, quantized) = (judged.results[0].float, judged.results[0].quantized)
      let lost = energy(float.values, without: quantized.values)
      let signal = energy(float.values)
      #expect(lost <= most * signal, "\(weights), \(maps): \(lost / signal)")
      // The network that the plan makes is the one that was simulated, but for float32's roundings.
      let reference = FloatReference(try calibration.plan.applied(to: network))
      let input = try #require(reference.graph.inputs.first)
      let sample = try #require(others.values.first)[0..<1].values.map { Double($0) }
      let last = try #require(reference.graph.node(named: network.graph[network.results[0]].name))
      let exact = reference.run([input: sample])[last.index].map { Float($0) }
      let found = quantized[0..<1].values
      let distance = energy(exact, without: found)
      #expect(distance <= 1e-3 * energy(exact))
    }
  }

  private func network(_ file: String) throws -> FloatNetwork {
    var problems = Diagnostics()
    return try FloatNetwork(
      PassManager(Pipeline.toFloatNetwork).run(on: Frontends.read(file).graph, reporting: &problems))
  }

  private func read(_ file: String, _ network: FloatNetwork, _ samples: Range<Int>) throws -> [NodeID: Batch] {
    let input = network.graph.inputs[0]
    let all = Batch(shape: network.graph[input].shape, values: try ArrayFile.load(file).values.map { Float($0) })
    return [input: all[samples]]
  }
}

/// The sum of the squares of numbers, or of their differences from others.
private func energy(_ numbers: [Float], without others: [Float]? = nil) -> Double {
  var sum = 0.0
  for (index, number) in numbers.enumerated() {
    let rest = Double(number) - Double(others?[index] ?? 0)
    sum += rest * rest
  }
  return sum
}
