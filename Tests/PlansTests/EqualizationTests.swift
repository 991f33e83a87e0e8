import Diagnostics
import FloatReference
import Plans
import QIR
import Testing

/// Channels of maps that a layer divides and layers multiply again.
@Suite struct EqualizationTests {
  /// A convolution, grouped and depthwise ones, pooling and dense layers behind one another, a sum at the end.
  private static let text = """
    graph chain
    x = input shape=[4, 4, 2]
    a = conv2d x kernel=float[1, 1, 2, 4](seeded(1)) bias=float[4](0.5, -1, 2, 0.25)
    r = elementwise a functions=[relu]
    b = depthwise_conv2d r kernel=float[2, 2, 4, 2](seeded(2))
    s = elementwise b functions=[relu]
    c = conv2d s kernel=float[1, 1, 4, 4](seeded(3)) groups=2
    t = elementwise c functions=[relu]
    p = average_pool t size=[3, 3] stride=[3, 3]
    f = reshape p shape=[4]
    d = dense f kernel=float[4, 3](seeded(4))
    e = dense f kernel=float[4, 3](seeded(5))
    u = add d e
    output u
    """

  private func network(_ text: String = text) throws -> FloatNetwork {
    try FloatNetwork(GraphParser.graph(from: text))
  }

  @Test func edgesAreFound() throws {
    let network = try network()
    func names(_ ids: [NodeID]) -> [String] { ids.map { network.graph[$0].name } }
    var found: [String: [[String]]] = [:]
    for map in network.maps {
      guard let edge = network.edge(of: map) else { continue }
      found[network.graph[map].name] = [names(edge.producers), names(edge.carriers), names(edge.readers)]
    }
    #expect(
      found == [
        "r": [["a"], ["r"], ["b"]], "s": [["b"], ["s"], ["c"]], "t": [["c"], ["t", "p", "f"], ["d", "e"]],
      ])
  }

  /// What a sum and a layer read, narrowed for the layer; two layers make what is divided there.
  private static let residual = """
    graph residual
    x = input shape=[3, 3, 2]
    a = conv2d x kernel=float[1, 1, 2, 4](seeded(1)) bias=float[4](0.5, -1, 2, 0.25)
    r = elementwise a functions=[relu]
    b = conv2d r kernel=float[1, 1, 4, 4](seeded(2))
    s = add r b
    t = elementwise s functions=[relu]
    p = average_pool t size=[3, 3]
    f = reshape p shape=[4]
    d = dense f kernel=float[4, 3](seeded(4))
    output d
    """

  @Test func whatMeetsInSumsHasOneDivisor() throws {
    var widths = PlanWidths(flat: 4)
    widths.sumMaps = 8
    let network = try network(Self.residual).narrowed(to: widths)
    func names(_ ids: [NodeID]) -> [String] { ids.map { network.graph[$0].name } }
    let edges = network.edges.map { [names($0.producers), names($0.carriers), names($0.readers)] }
    #expect(
      edges == [
        [["a", "b"], ["r", "s", "t", "p", "f"], ["r/narrowed", "d"]], [["r/narrowed"], [], ["b"]],
      ])
    #expect(network.edges.map(\.isJoined) == [true, false])
    var plan = QuantizationPlan(widths, for: network)
    plan.maps["r"]?.factors = [0.5, 1, 0.125, 0.3]
    plan.maps["r/narrowed"]?.factors = [1, 0.7, 0.1, 0.01]
    #expect(plan.widthProblems(in: network).all.isEmpty)
    let equalized = try network.equalized(by: plan)
    let maps = ["a": "r", "r": "r", "b": "r", "s": "r", "t": "r", "p": "r", "f": "r", "r/narrowed": "r/narrowed"]
    compare(network, equalized, plan, maps)
  }

  @Test func anEqualizedNetworkComputesTheSame() throws {
    let network = try network()
    var plan = QuantizationPlan(PlanWidths(), for: network)
    plan.maps["r"]?.factors = [0.5, 1, 0.125, 0.3]
    plan.maps["s"]?.factors = (1...8).map { Float($0) / 8 }
    plan.maps["t"]?.factors = [1, 0.7, 0.1, 0.01]
    #expect(plan.widthProblems(in: network).all.isEmpty)
    let equalized = try network.equalized(by: plan)
    compare(
      network, equalized, plan, ["a": "r", "r": "r", "b": "s", "s": "s", "c": "t", "t": "t", "p": "t", "f": "t"])
  }

  /// Every tensor, divided as the plan says.
  /// - Parameter maps: by node the map whose factors it has.
  private func compare(
    _ network: FloatNetwork, _ equalized: FloatNetwork, _ plan: QuantizationPlan, _ maps: [String: String]
  ) {
    let input = network.graph.inputs[0]
    let sample = (0..<network.graph[input].shape.elements).map { Double($0 * 37 % 17) / 5 - 1 }
    let before = FloatReference(network.graph).run([input: sample])
    let after = FloatReference(equalized.graph).run([input: sample])
    for id in network.graph.ids {
      let name = network.graph[id].name
      let factors = maps[name].flatMap { plan.maps[$0]?.factors } ?? [1]
      for (index, value) in before[id.index].enumerated() {
        let expected = value / Double(factors[index % factors.count])
        #expect(abs(after[id.index][index] - expected) <= 1e-5 * (1 + abs(expected)), "\(name)")
      }
    }
  }

  @Test func whatCannotBeEqualizedIsSaid() throws {
    let network = try network()
    var plan = QuantizationPlan(PlanWidths(), for: network)
    plan.maps["x"]?.factors = [1, 2]
    plan.maps["r"]?.factors = [1, 2]
    plan.maps["t"]?.factors = [1, 2, 0, 4]
    #expect(plan.widthProblems(in: network).all.map(\.found) == ["2 factors", "2 factors", "a factor of 0.0"])
  }

  /// A bounded ReLU's bound would have to be another one in every channel.
  @Test func boundedFunctionsStayAsTheyAre() throws {
    let network = try network(
      """
      graph bounded
      x = input shape=[2]
      a = dense x kernel=float[2, 2](seeded(1))
      r = elementwise a functions=[clip(0, 6)]
      d = dense r kernel=float[2, 2](seeded(2))
      output d
      """)
    #expect(network.maps.allSatisfy { network.edge(of: $0) == nil })
  }
}
