import FloatEngine
import Numbers
import Plans
import QIR
import Testing

@testable import Calibration

/// What a walk makes up for, on networks of a few layers.
@Suite struct WalkTests {
  private func network(_ text: String) throws -> FloatNetwork { try FloatNetwork(GraphParser.graph(from: text)) }

  private func inputs(_ network: FloatNetwork, samples: Int) -> [NodeID: Batch] {
    var random = SplitMix(seed: 3)
    let input = network.graph.inputs[0]
    let shape = network.graph[input].shape
    let values = (0..<(samples * shape.elements)).map { _ in Float.random(in: -1...1, using: &random) }
    return [input: Batch(shape: shape, values: values)]
  }

  /// The share of the results' energy that is lost.
  private func loss(_ calibration: Calibration) -> Double {
    let result = calibration.results[0]
    var (lost, signal) = (0.0, 0.0)
    for (float, quantized) in zip(result.float.values, result.quantized.values) {
      lost += Double(float - quantized) * Double(float - quantized)
      signal += Double(float) * Double(float)
    }
    return lost / signal
  }

  /// Two bits are all that the first layer has; the second one, which stands in the same sum, makes up for what they lose.
  @Test func theLastLayerOfASumMakesUpForTheOthers() throws {
    let network = try network(
      """
      graph sum
      x = input shape=[6]
      a = dense x kernel=float[6, 4](seeded(1))
      b = dense x kernel=float[6, 4](seeded(2))
      s = add a b
      output s
      """)
    var widths = PlanWidths()
    (widths.weights, widths.maps) = (16, 16)
    var plan = QuantizationPlan(widths, for: network)
    plan.weights["a"]?.bits = 2
    #expect(loss(Calibrator(network).calibrate(plan, on: inputs(network, samples: 64))) < 1e-3)
  }

  @Test func threadsChangeNothing() throws {
    let network = try network(
      """
      graph threads
      x = input shape=[5, 5, 3]
      a = conv2d x kernel=float[3, 3, 3, 8](seeded(1))
      r = elementwise a functions=[relu]
      b = depthwise_conv2d r kernel=float[3, 3, 8, 1](seeded(2))
      output b
      """)
    var widths = PlanWidths()
    (widths.weights, widths.maps) = (4, 4)
    let plan = QuantizationPlan(widths, for: network)
    let calibrations = [1, 2, 5].map {
      Calibrator(network, threads: $0).calibrate(plan, on: inputs(network, samples: 33))
    }
    for other in calibrations.dropFirst() {
      #expect(other.plan == calibrations[0].plan)
      #expect(other.results[0].quantized == calibrations[0].results[0].quantized)
    }
  }

  /// Layers behind a change are fitted anew, those in front of it are not, and no plan is decided otherwise than alone. Sums
  /// mix what two branches have lost, and an equalized map divides what was fitted before it.
  @Test func whatIsRememberedChangesNothing() throws {
    let network = try network(
      """
      graph memory
      x = input shape=[5, 5, 3]
      a = conv2d x kernel=float[1, 1, 3, 8](seeded(1))
      r = elementwise a functions=[relu]
      b = depthwise_conv2d r kernel=float[3, 3, 8, 1](seeded(2))
      c = conv2d x kernel=float[3, 3, 3, 8](seeded(3))
      s = add b c
      d = conv2d s kernel=float[1, 1, 8, 4](seeded(4))
      output d
      """)
    let inputs = inputs(network, samples: 33)
    var remembering = Calibrator(network)
    remembering.memory = FitMemory()
    var widths = PlanWidths()
    (widths.weights, widths.maps) = (4, 4)
    let flat = QuantizationPlan(widths, for: network)
    var plans = [flat, flat]
    for layer in ["a", "b", "c", "d"] {
      var plan = flat
      plan.weights[layer]?.bits = 2
      plans += [plan, flat]
      plan.biases[layer]?.bits = 8
      plans.append(plan)
    }
    for map in flat.maps.keys.sorted() {
      var plan = flat
      plan.maps[map]?.bits = 8
      plans.append(plan)
    }
    for plan in plans {
      let (alone, remembered) = (
        Calibrator(network).calibrate(plan, on: inputs), remembering.calibrate(plan, on: inputs)
      )
      #expect(remembered.plan == alone.plan)
      #expect(remembered.results[0].quantized == alone.results[0].quantized)
    }
  }

  /// Each layer beside another makes up for what that one has lost.
  @Test func severalLayersOfTwoBitsAreAsGoodAsOneOfMore() throws {
    let network = try network(
      """
      graph points
      x = input shape=[6]
      a = dense x kernel=float[6, 8](seeded(1))
      r = elementwise a functions=[relu]
      b = dense r kernel=float[8, 4](seeded(2))
      output b
      """)
    var widths = PlanWidths()
    (widths.weights, widths.maps) = (2, 16)
    let plan = QuantizationPlan(widths, for: network)
    let inputs = inputs(network, samples: 128)
    let calibrator = Calibrator(network)
    let (one, several) = (
      calibrator.calibrate(plan, on: inputs), try calibrator.calibrateWithPoints(plan, on: inputs, lost: 0.001)
    )
    #expect(loss(several) < 0.1 * loss(one))
    let split = try network.split(by: several.plan)
    #expect(split.layers.count > 2 && split.layers.count <= 8)
    #expect(!several.plan.problems(in: split).hasErrors)
    #expect(several.plan.weights.values.allSatisfy { $0.bits == 2 })
    // A plan that is read again is for the same network, and with the same seed the same comes out.
    let read = try QuantizationPlan(json: Array(several.plan.json.utf8), file: "plan.json")
    #expect(try network.split(by: read).graph.nodes.map(\.name) == split.graph.nodes.map(\.name))
    #expect(loss(Calibrator(split).calibrate(several.plan, on: inputs)) == loss(several))
    // Where nothing is lost, one is enough.
    let enough = try calibrator.calibrateWithPoints(plan, on: inputs, lost: 0.99)
    #expect(enough.plan == one.plan)
  }

  /// The channels' ranges are far apart; what they mean to the next layer is not.
  @Test(arguments: [
    "d = dense r kernel=float[3, 2](1, -2, 4, 3, 9, 12)",
    "d = depthwise_conv2d r kernel=float[1, 1, 3, 1](1, 4, 12)",
  ])
  func unlikeChannelsAreMadeAlike(_ reader: String) throws {
    let network = try network(
      """
      graph unlike
      x = input shape=[2, 2, 3]
      a = conv2d x kernel=float[1, 1, 3, 3](1, 0.2, 0.1, -0.5, 0.3, 0.06, 0.5, -0.2, 0.08)
      r = elementwise a functions=[relu]
      \(reader)
      output d
      """)
    var widths = PlanWidths()
    (widths.weights, widths.maps, widths.inputMaps, widths.outputMaps) = (8, 4, 16, 16)
    let plan = QuantizationPlan(widths, for: network)
    var calibrator = Calibrator(network)
    let equalized = calibrator.calibrate(plan, on: inputs(network, samples: 256))
    #expect(equalized.plan.maps["r"]?.factors.count == 3)
    calibrator.equalizes = false
    let plain = calibrator.calibrate(plan, on: inputs(network, samples: 256))
    #expect(plain.plan.maps["r"]?.factors == [])
    #expect(loss(equalized) < 0.6 * loss(plain))
    // With everything decided the same comes out.
    #expect(loss(calibrator.calibrate(equalized.plan, on: inputs(network, samples: 256))) == loss(equalized))
  }

  /// Channels of a sum: both layers divide them, and what narrows the map for the layer that reads it divides them once more.
  @Test func unlikeChannelsOfSumsAreMadeAlike() throws {
    var widths = PlanWidths()
    (widths.weights, widths.maps, widths.inputMaps, widths.outputMaps, widths.sumMaps) = (8, 4, 16, 16, 8)
    let network = try network(
      """
      graph unlike
      x = input shape=[2, 2, 3]
      a = conv2d x kernel=float[1, 1, 3, 3](1, 0.2, 0.1, -0.5, 0.3, 0.06, 0.5, -0.2, 0.08)
      r = elementwise a functions=[relu]
      b = conv2d r kernel=float[1, 1, 3, 3](0.5, 0.1, 0.02, -0.4, 0.5, 0.1, 3, -1, 0.3)
      s = add r b
      t = elementwise s functions=[relu]
      d = conv2d t kernel=float[1, 1, 3, 2](1, -2, 4, 3, 9, 12)
      output d
      """
    ).narrowed(to: widths)
    let plan = QuantizationPlan(widths, for: network)
    var calibrator = Calibrator(network)
    let equalized = calibrator.calibrate(plan, on: inputs(network, samples: 256))
    #expect(equalized.plan.maps.filter { $0.value.factors.count == 3 }.keys.sorted() == ["r", "r/narrowed"])
    calibrator.equalizes = false
    let plain = calibrator.calibrate(plan, on: inputs(network, samples: 256))
    #expect(loss(equalized) < 0.6 * loss(plain))
    #expect(loss(calibrator.calibrate(equalized.plan, on: inputs(network, samples: 256))) == loss(equalized))
  }

  /// Four codes for three classes of which one never has a chance: it gets none.
  @Test func resultsWithoutAChanceNeedNoCodes() {
    let shape = Shape([3])
    var random = SplitMix(seed: 1)
    let results = Batch(
      shape: shape,
      values: (0..<300).flatMap { _ in
        [Float.random(in: 0...6, using: &random), Float.random(in: 0...6, using: &random), -40]
      })
    let plan = MapPlan(bits: 3)
    /// Of which samples the first of the two is still below the second.
    func order(_ batch: Batch) -> [Bool] {
      (0..<300).map { (sample: Int) -> Bool in batch.values[3 * sample] < batch.values[3 * sample + 1] }
    }
    func agreement(_ plan: MapPlan) -> Int {
      zip(order(plan.quantized(results)), order(results)).count { $0.0 == $0.1 }
    }
    let best = plan.withLeastDivergence(results, from: results)
    #expect(agreement(best) > 250)
    #expect(agreement(best) > agreement(plan.calibrated(on: results, by: .minMax)))
  }
}
