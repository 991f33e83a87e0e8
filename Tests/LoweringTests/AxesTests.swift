import Diagnostics
import FloatReference
import Lowering
import Numbers
import QIR
import Simulator
import Targets
import Testing

/// Tensors of more axes than feature maps have, of fewer, and in another order.
@Suite struct AxesTests {
  private static let head = """
    x = input shape=[2, 3, 2, 2, 4]
    q = quantize x by=quantized_bits(4,0,1)

    """

  /// Whatever its axes, a tensor's codes lie in memory as the reference's values do.
  @Test(arguments: [
    "r = quantize q by=quantized_bits(3,0,1)\noutput r",
    "d = dense q kernel=int4[4, 3](seeded(1))*0.125 bias=int4[3](1, -2, 3)*0.125\noutput d",
    "c = concatenate q q axis=3\nd = dense c kernel=int4[4, 3](seeded(1))*0.125\noutput d",
    "c = concatenate q q axis=4\nd = dense c kernel=int4[8, 3](seeded(1))*0.125\noutput d",
    "p = reshape q shape=[1, 1, 2, 3, 2, 8]\nc = concatenate p p axis=2\noutput c",
    "p = reshape q shape=[1, 1, 2, 3, 2, 8]\nc = concatenate p p axis=1\noutput c",
    "c = concatenate q q axis=1\noutput c",
    "t = transpose q permutation=[0, 4, 2, 3, 1]\nd = dense t kernel=int4[3, 1](seeded(1))*0.125\noutput d",
    "s = select q axes=[[1], [2, 0, 0, 1], all, [0, 0, 1, 1], [3, 1]]\noutput s",
    "s = select q axes=[all, all, [1, 0], all, 1..3]\nd = dense s kernel=int4[3, 2](seeded(1))*0.125\noutput d",
    """
    d = dense q kernel=int4[4, 3](seeded(1))*[0.125, 0.5, 0.25]
    s = select d axes=[all, [2, 1], all, [0, 1, 0, 1], [2, 0, 2, 1]]
    t = transpose s permutation=[3, 1, 0, 2, 4]
    output t
    """,
    """
    f = reshape q shape=[96]
    d = dense f kernel=int4[96, 1](seeded(1))*0.125
    s = reshape d shape=[]
    e = elementwise s functions=[relu, affine(0.5, 0.25)]
    n = batch_normalization e mean=[0.5] scale=[1.5] beta=[1]
    r = quantize n by=quantized_bits(4,2,1)
    a = add r r
    output a
    """,
  ])
  func codesAreTheReferences(text: String) throws {
    let graph = try GraphParser.graph(from: Self.head + text)
    let network = try lower(graph)
    try network.program.verify()
    var random = SplitMix(seed: 1)
    let numbers = (0..<96).map { _ in Double.random(in: -1.1...1.1, using: &random) }
    let input = try #require(graph.inputs.first)
    let expected = FloatReference(graph).run([input: numbers])
    let codes = network.inputs[0].quantization.quantizers[0]
    let simulated = try PreparedProgram(network.program).run(
      [.int64(numbers.map { codes.code(of: $0) - network.inputs[0].quantization.codeShift })], samples: 1,
      keeping: .all, threads: 1)
    for meaning in network.meanings {
      let found = meaning.encoding.values(of: simulated.codes(of: meaning.tensor, sample: 0))
      #expect(found == expected[meaning.node.index], "\(network.graph[meaning.node].name)")
    }
    #expect(network.outputNodes == graph.outputs)
  }
}
