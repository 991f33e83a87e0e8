import Diagnostics
import FloatReference
import Numbers
import Plans
import QIR
import Quantization
import Testing

@Suite struct QuantizationPlanTests {
  private static let dense = """
    graph one
    x = input shape=[2]
    d = dense x kernel=float[2, 2](0.5, -1, 0.25, 3) bias=float[2](0.125, -4)
    output d
    """

  private static func network(_ text: String) throws -> FloatNetwork { try FloatNetwork(GraphParser.graph(from: text)) }

  private static let plan = QuantizationPlan(
    maps: ["x": MapPlan(bits: 4, scale: 0.5, zeroPoint: 3), "d": MapPlan(bits: 8, isSigned: true, scale: 0.25)],
    weights: ["d": WeightPlan(bits: 3)], biases: ["d": BiasPlan(bits: 32)])

  /// By hand: scales of the largest magnitudes, 0.5 / 3 (in float32 a little more than a sixth) and 3 / 3, codes
  /// (3, -1, 1.4999999, 3); biases in units of the accumulators, 0.5 x scale.
  @Test func weightsAreNearestCodesWhereNothingElseIsSaid() throws {
    let graph = try Self.plan.applied(to: Self.network(Self.dense))
    let layer = try #require(graph.nodes.lazy.compactMap { $0.op as? DenseOp }.first)
    guard case .quantized(let kernel) = layer.kernel, case .quantized(let bias)? = layer.bias else {
      Issue.record("kernel and bias are codes")
      return
    }
    let third = Rational(Float(0.5) / 3)
    #expect(kernel.scales == [third, 1])
    #expect(Array(kernel.codes) == [3, -1, 1, 3])
    #expect(bias.scales == [third / 2, Rational(0.5)])
    #expect(Array(bias.codes) == [1, -8])
    #expect([kernel.bits, bias.bits] == [3, 32])
  }

  /// Only where no map that meets them there is read by a layer too: `r` is, `p` and `q` are not.
  @Test func whatSumsAloneReadHasAWidthOfItsOwn() throws {
    let network = try Self.network(
      """
      graph sums
      x = input shape=[2]
      a = dense x kernel=float[2, 2](seeded(1))
      r = elementwise a functions=[relu]
      b = dense r kernel=float[2, 2](seeded(2))
      s = add r b
      p = dense s kernel=float[2, 2](seeded(3))
      q = dense s kernel=float[2, 2](seeded(4))
      t = add p q
      d = dense t kernel=float[2, 2](seeded(5))
      output d
      """)
    var widths = PlanWidths(flat: 4)
    widths.sumMaps = 8
    let plan = QuantizationPlan(widths, for: network)
    #expect(plan.maps.mapValues(\.bits) == ["x": 4, "r": 4, "b": 4, "s": 4, "p": 8, "q": 8, "t": 4, "d": 4])
    #expect(plan.problems(in: network).all.allSatisfy { $0.found == "no scale" })
  }

  /// `r`, which a layer reads too, is quantized once more for it, and what meets it in the sum is wide as well; `m` cannot be,
  /// as it is handed out.
  @Test func layersReadWhatSumsReadOnceMore() throws {
    let network = try Self.network(
      """
      graph sums
      x = input shape=[2]
      a = dense x kernel=float[2, 2](seeded(1))
      r = elementwise a functions=[relu]
      b = dense r kernel=float[2, 2](seeded(2))
      s = add r b
      m = dense s kernel=float[2, 2](seeded(3))
      n = dense m kernel=float[2, 2](seeded(4))
      t = add m n
      d = dense t kernel=float[2, 2](seeded(5))
      output m d
      """)
    var widths = PlanWidths(flat: 4)
    #expect(try network.narrowed(to: widths).maps == network.maps)
    widths.sumMaps = 8
    let narrowed = try network.narrowed(to: widths)
    let plan = QuantizationPlan(widths, for: narrowed)
    #expect(
      plan.maps.mapValues(\.bits) == [
        "x": 4, "r": 8, "r/narrowed": 4, "b": 8, "s": 4, "m": 4, "n": 4, "t": 4, "d": 4,
      ])
    #expect(try network.split(by: plan).graph.nodes.map(\.name) == narrowed.graph.nodes.map(\.name))
    #expect(!plan.widthProblems(in: network).all.isEmpty)
  }

  @Test func outputsKeepTheirNames() throws {
    let graph = try Self.plan.applied(to: Self.network(Self.dense))
    #expect(graph.nodes.map(\.name) == ["x", "x/quantized", "d/linear", "d"])
    #expect(graph.outputs.map { graph[$0].name } == ["d"])
    #expect(GraphVerifier(graph).problems.all.isEmpty)
  }

  /// x = (0.7, 9): codes 3 + round(1.4) = 4 and the largest, 15: values 0.5 and 6.
  @Test func mapsAreRoundedAndClamped() throws {
    let graph = try Self.plan.applied(to: Self.network(Self.dense))
    let values = FloatReference(graph).run([graph.inputs[0]: [0.7, 9]])
    #expect(values[1] == [0.5, 6])
    let third = Double(Float(0.5) / 3)
    // Weights of 3 scales and 1, a bias of one unit; then 1.33 / 0.25 is 5.
    let sum = 1.5 * third + 6 * third + 0.5 * third
    #expect(abs(values[2][0] - sum) < 1e-12)
    #expect(values[2][1] == 13.5)
    #expect(values[3] == [1.25, 13.5])
  }

  @Test func givenScalesAndCodesAreTaken() throws {
    var plan = Self.plan
    plan.weights["d"] = WeightPlan(bits: 4, isPerChannel: false, scales: [0.75], codes: [1, -8, 7, 0])
    plan.biases["d"] = BiasPlan(bits: 16, scales: [0.5, 2], codes: [-3, 9])
    let graph = try plan.applied(to: Self.network(Self.dense))
    let layer = try #require(graph.nodes.lazy.compactMap { $0.op as? DenseOp }.first)
    #expect(layer.kernel.values == [0.75, -6, 5.25, 0])
    #expect(layer.bias?.values == [-1.5, 18])
  }

  @Test func depthwiseScalesAreThoseOfTheChannels() throws {
    let network = try Self.network(
      """
      graph depthwise
      x = input shape=[1, 1, 2]
      d = depthwise_conv2d x kernel=float[1, 2, 2, 1](1, -4, 0.5, 2) padding=[0, 0, 0, 1]
      output d
      """)
    let plan = QuantizationPlan(
      maps: ["x": MapPlan(bits: 8, scale: 1), "d": MapPlan(bits: 8, scale: 1)], weights: ["d": WeightPlan(bits: 2)])
    let layer = try #require(
      plan.applied(to: network).nodes.lazy.compactMap { $0.op as? DepthwiseConvolutionOp }.first)
    // Scales 1 and 4; 0.5 and 2 / 4 lie in the middle and go to the even code.
    #expect(layer.kernel.values == [1, -4, 0, 0])
  }

  @Test func allThatDoesNotFitIsSaidAtOnce() throws {
    let plan = QuantizationPlan(
      maps: [
        "x": MapPlan(bits: 17, scale: 1), "y": MapPlan(bits: 4), "d": MapPlan(bits: 4, scale: nil, zeroPoint: 16),
      ],
      weights: ["d": WeightPlan(bits: 2, scales: [1, 1, 1], codes: [1, 2, 3])],
      biases: ["d": BiasPlan(bits: 40), "e": BiasPlan(bits: 16)])
    let problems = #expect(throws: Diagnostics.self) { try plan.applied(to: Self.network(Self.dense)) }
    #expect(
      problems?.all.map(\.found) == [
        "the plan has a map 'y', which the network has not",
        "the plan has a bias of layer 'e', which the network has not",
        "17 bits", "40 bits", "a zero point of 16", "3 scales", "3 codes", "codes from 1 to 3", "no scale",
      ])
  }

  @Test func mapsThatMeetHaveOneWidth() throws {
    let network = try Self.network(
      """
      graph sum
      x = input shape=[2]
      d = dense x kernel=float[2, 2](1, 2, 3, 4)
      s = add x d
      output s
      """)
    let plan = QuantizationPlan(
      maps: ["x": MapPlan(bits: 8), "d": MapPlan(bits: 4), "s": MapPlan(bits: 4)], weights: ["d": WeightPlan(bits: 4)])
    #expect(
      plan.widthProblems(in: network).all.map(\.found) == [
        "maps that meet have different widths: x: 8 bits, d: 4 bits"
      ])
  }
}
