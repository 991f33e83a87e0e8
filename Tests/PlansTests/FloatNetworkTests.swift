import Diagnostics
import Plans
import QIR
import Testing

/// Where quantizers stand.
@Suite struct FloatNetworkTests {
  private func maps(_ text: String) throws -> [String] {
    let network = try FloatNetwork(GraphParser.graph(from: text))
    return network.maps.map { network.graph[$0].name }
  }

  @Test func quantizersStandInFrontOfLayersAndBehindTheLast() throws {
    let found = try maps(
      """
      graph chain
      x = input shape=[4, 4, 1]
      a = conv2d x kernel=float[1, 1, 1, 2](1, 2)
      r = elementwise a functions=[relu]
      p = max_pool r size=[2, 2] stride=[2, 2]
      f = reshape p shape=[8]
      d = dense f kernel=float[8, 3](seeded(1))
      s = softmax d
      output s
      """)
    // The ReLU is inside its map's quantizer; pool and reshape hand on codes; the softmax is the host's.
    #expect(found == ["x", "r", "d"])
  }

  @Test func quantizersStandAroundSumsAndAveragePools() throws {
    let network = try FloatNetwork(
      GraphParser.graph(
        from: """
          graph residual
          x = input shape=[4, 4, 2]
          a = conv2d x kernel=float[1, 1, 2, 2](1, 2, 3, 4)
          r = elementwise a functions=[relu]
          b = conv2d r kernel=float[1, 1, 2, 2](1, 2, 3, 4)
          s = add r b
          t = elementwise s functions=[relu]
          p = average_pool t size=[4, 4] stride=[4, 4]
          f = reshape p shape=[2]
          d = dense f kernel=float[2, 3](seeded(1))
          output d
          """))
    func names(_ ids: [NodeID]) -> [String] { ids.map { network.graph[$0].name } }
    #expect(names(network.maps) == ["x", "r", "b", "t", "p", "d"])
    #expect(names(network.layers) == ["a", "b", "d"])
    #expect(network.ties.map { names($0.maps) } == [["r", "b"]])
    #expect(network.ties.map(\.sharesScale) == [false])
    #expect(names(network.mapsRead(by: network.layers[2])) == ["p"])
  }

  @Test func mapsOfAConcatenationShareTheirScale() throws {
    let network = try FloatNetwork(
      GraphParser.graph(
        from: """
          graph branches
          x = input shape=[2, 2, 1]
          a = conv2d x kernel=float[1, 1, 1, 1](1)
          b = conv2d x kernel=float[1, 1, 1, 1](2)
          c = concatenate a b axis=2
          d = conv2d c kernel=float[1, 1, 2, 1](1, 2)
          output d
          """))
    func names(_ ids: [NodeID]) -> [String] { ids.map { network.graph[$0].name } }
    #expect(names(network.maps) == ["x", "a", "b", "d"])
    #expect(network.ties.map { names($0.maps) } == [["a", "b"]])
    #expect(network.ties.map(\.sharesScale) == [true])
    #expect(names(network.mapsRead(by: network.layers[2])) == ["a", "b"])
  }

  @Test func aQuantizedNetworkIsRefused() throws {
    let graph = try GraphParser.graph(
      from: """
        graph quantized
        x = input shape=[2]
        q = quantize x by="quantized_bits(8,0,1)"
        d = dense q kernel=int4[2, 1](1, -2)*0.25
        output d
        """)
    let problem = #expect(throws: Diagnostics.self) { try FloatNetwork(graph) }
    #expect(problem?.all.map(\.found) == ["the network is quantized already: 'q', 'd'"])
  }
}
