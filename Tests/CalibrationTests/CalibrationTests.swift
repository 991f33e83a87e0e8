import FloatEngine
import Plans
import QIR
import Testing

@testable import Calibration

/// Ranges, least squares and rounding against NumPy.
@Suite struct CalibrationTests {
  @Test func rangesAreNumPys() throws {
    for map in try Oracle.read().maps {
      let batch = Batch(shape: Shape([1]), values: map.values)
      let plan = MapPlan(bits: 8)
      #expect(plan.calibrated(on: batch, by: .minMax) == plan.holding(map.minMax[0]...map.minMax[1]))
      let percentile = plan.calibrated(on: batch, by: .percentile(outside: 0.01))
      #expect(percentile == plan.holding(map.percentile[0]...map.percentile[1]), "\(map.name)")
    }
  }

  /// As good as any of thousands of ranges.
  @Test func leastErrorIsTheLeast() throws {
    for map in try Oracle.read().maps {
      for (bits, least) in zip([2, 4, 8], map.leastError) {
        let plan = MapPlan(bits: bits).calibrated(on: Batch(shape: Shape([1]), values: map.values), by: .leastError)
        #expect(plan.squaredError(on: map.values) <= 1.02 * least, "\(map.name), \(bits) bits")
      }
    }
  }

  @Test(arguments: MapPlan.Scheme.allCases, [RangeMethod.leastError, .entropy, .movingAverage(decay: 0.9)])
  func zeroIsExactAndOutliersAreWeighed(_ scheme: MapPlan.Scheme, _ method: RangeMethod) throws {
    let map = try #require(try Oracle.read().maps.first { $0.name == "outliers" })
    let plan = MapPlan(bits: 6, isSigned: scheme != .affine, scheme: scheme)
    let batch = Batch(shape: Shape([2]), values: map.values)
    let calibrated = plan.calibrated(on: batch, by: method)
    #expect(calibrated.quantized(Batch(shape: Shape([1]), values: [0])).values == [0])
    let widest = plan.calibrated(on: batch, by: .minMax)
    if method == .leastError {
      // Which may be to keep them: an outlier's error counts as its square.
      #expect(calibrated.squaredError(on: map.values) <= widest.squaredError(on: map.values))
    } else {
      #expect(try #require(calibrated.scale) < #require(widest.scale))
    }
  }

  @Test func valuesThatNeverChange() {
    for value: Float in [0, 1, -2] {
      for method in [RangeMethod.minMax, .leastError, .entropy, .percentile(outside: 0.001)] {
        let batch = Batch(shape: Shape([1]), values: [Float](repeating: value, count: 10))
        let plan = MapPlan(bits: 8).calibrated(on: batch, by: method)
        #expect(plan.scale.map { $0 > 0 && $0.isFinite } == true)
        #expect(abs(plan.quantized(batch).values[0] - value) < 0.02 * abs(value) + 1e-9, "\(value), \(method)")
      }
    }
  }

  @Test func leastSquaresAndFeedbackAreNumPys() throws {
    let oracle = try Oracle.read().layer
    let moments = try moments(oracle)[0]
    let solved = Problem(moments, weights: oracle.weights, .leastSquares(damping: 0.1)).weights
    for (found, expected) in zip(solved, oracle.leastSquares) { #expect(abs(found - expected) < 1e-5) }
    let problem = Problem(moments, weights: oracle.weights, .feedback)
    let codes = problem.codes(oracle.scales, top: oracle.top)
    #expect(codes == oracle.codes)
    let values = codes.indices.map { codes[$0] * oracle.scales[$0 % oracle.outputs] }
    let products = moments.products(of: values)
    for (output, correction) in problem.corrections(of: values, mayScale: true).enumerated() {
      #expect(abs(correction.gain - oracle.gain[output]) < 1e-5)
      #expect(abs(correction.bias - oracle.bias[output]) < 1e-4)
      let error = moments.error(output, products[output], gain: correction.gain, bias: correction.bias)
      #expect(abs(error - oracle.errors[output]) < 1e-3 * oracle.errors[output])
    }
  }

  @Test func descentIsNumPys() throws {
    let oracle = try Oracle.read().layer
    let problem = Problem(try moments(oracle)[0], weights: oracle.weights, .feedback)
    for (mayScale, descent) in zip([false, true], oracle.descents) {
      let found = problem.rounded(oracle.scales, top: oracle.top, mayScale: mayScale)
      #expect(found.codes == descent.codes)
      for output in 0..<oracle.outputs {
        #expect(abs(found.scales[output] / descent.scales[output] - 1) < 1e-5)
        #expect(abs(found.errors[output] / descent.errors[output] - 1) < 1e-4)
      }
    }
  }

  @Test func roundingsAreNumPys() throws {
    let oracle = try Oracle.read()
    let (layer, expected) = (oracle.layer, oracle.roundings)
    let moments = try moments(layer)[0]
    let methods: [(FitMethod, [Double])] = [
      (.nearest, expected.nearest), (.stochastic(seed: expected.seed), expected.stochastic),
      (.midrise, expected.midrise),
    ]
    for (method, codes) in methods {
      let problem = Problem(moments, weights: layer.weights, method)
      #expect(problem.codes(expected.scales, top: layer.top) == codes, "\(method)")
    }
  }

  /// Which weights are pruned, and with error feedback what becomes of the others.
  @Test func prunedWeightsAreNumPys() throws {
    let oracle = try Oracle.read()
    let (layer, expected) = (oracle.layer, oracle.roundings)
    var problem = Problem(try moments(layer)[0], weights: layer.weights, .feedback)
    for (criterion, isPruned) in [(Pruning.Criterion.magnitude, expected.magnitude), (.saliency, expected.saliency)] {
      let pruning = Pruning(share: expected.share, criterion: criterion)
      #expect(pruning.least(of: problem.scores(of: layer.weights, by: criterion)) == isPruned, "\(criterion)")
    }
    problem.isPruned = expected.saliency
    #expect(problem.codes(expected.scales, top: layer.top) == expected.feedback)
    // Descent leaves them 0.
    let rounding = problem.rounded(expected.scales, top: layer.top, mayScale: true)
    #expect(zip(rounding.codes, expected.saliency).allSatisfy { $0 == 0 || !$1 })
  }

  @Test(arguments: Pruning.Criterion.allCases, Pruning.Stage.allCases)
  func asManyWeightsAreZeroAsAreToBe(_ criterion: Pruning.Criterion, _ stage: Pruning.Stage) throws {
    let oracle = try Oracle.read().layer
    let moments = try moments(oracle)
    var solver = LayerSolver(
      layer: moments.layer, weights: oracle.weights, biases: oracle.bias, bits: 8, sharing: .none)
    let whole = solver.fit(moments, by: .feedback)
    solver.pruning = Pruning(share: 0.5, criterion: criterion, stage: stage)
    let fit = solver.fit(moments, by: .feedback)
    let zeros = { (codes: [Int16]) in codes.count { $0 == 0 } }
    #expect((30...(30 + zeros(whole.codes))).contains(zeros(fit.codes)), "\(zeros(whole.codes))")
    #expect(solver.error(of: fit, on: moments) > solver.error(of: whole, on: moments))
    if stage == .after { #expect(zip(fit.codes, whole.codes).allSatisfy { $0 == 0 || $0 == $1 }) }
  }

  /// What changes more comes nearer, on the inputs that it was fitted to.
  @Test func methodsAreInOrder() throws {
    let oracle = try Oracle.read().layer
    let moments = try moments(oracle)
    let solver = LayerSolver(
      layer: moments.layer, weights: oracle.weights, biases: oracle.bias, bits: 4, sharing: .none)
    let errors = FitMethod.all.map { solver.error(of: solver.fit(moments, by: $0), on: moments) }
    #expect(errors[3] < errors[4])
    #expect(errors[4] < errors[5])
  }

  private func moments(_ oracle: Oracle.Layer) throws -> Moments {
    let zeros = Parameter.real(Array(repeating: 0, count: oracle.weights.count), shape: [oracle.terms, oracle.outputs])
    let (input, output) = (Shape([oracle.terms]), Shape([oracle.outputs]))
    let layer = try #require(LinearLayer(DenseOp(kernel: zeros, bias: nil), from: input, to: output))
    let inputs = Batch(shape: input, values: oracle.inputs)
    return Moments(
      layer, inputs: inputs, wanted: Batch(shape: output, values: oracle.wanted), samples: 0..<inputs.samples, step: 1)
  }
}
