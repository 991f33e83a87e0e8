import Diagnostics
import QIR
import Testing

@Suite struct GraphTextTests {
  /// Every operator with every attribute that has no default.
  static let everything = """
    graph everything
    x = input shape=[8, 8, 2]
    "second input" = input shape=[6, 6, 2]
    q = quantize x by=quantized_bits(4,0,1,alpha=1.0) -> [8, 8, 2]
    c = conv2d q kernel=int4[3, 3, 1, 4](seeded(1))*0.25 bias=float[4](0.5, -1, 0, 1e-10) stride=[2, 2] \
    padding=[1, 0, 1, 0] groups=2 -> [4, 4, 4]
    s = conv2d c kernel=int2[1, 1, 4, 3](splat(-1))*[0.5, 1/3, 2] takes=accumulators -> [4, 4, 3]
    w = depthwise_conv2d q kernel=int8[2, 2, 2, 1](3, -4, 5, 127, 0, 1, 2, -127)*[1, 0.5]@2 dilation=[3, 3] -> [5, 5, 2]
    f = depthwise_conv2d w kernel=int2[1, 1, 2, 1](1, -1)*0.5 takes=accumulators -> [5, 5, 2]
    n = batch_normalization f mean=[0.1, 0.2] scale=[-1, 3] beta=[0, -0.0] stored=8 -> [5, 5, 2]
    e = elementwise n functions=[relu, clip(none, 6), clip(-1, 1/3), affine(2, -0.5), leaky_relu(0.125), \
    thresholded_relu(0.5, 0.25), hard_swish(3, 6), sigmoid, tanh, exp, elu, softplus, softsign, swish, gelu, gelu_tanh, \
    mish, erf] -> [5, 5, 2]
    b = prelu e slopes=[0.25, -1/3] -> [5, 5, 2]
    p = pad b padding=[0, 1, 1, 0] -> [6, 6, 2]
    a = add p "second input" -> [6, 6, 2]
    j = multiply a p a -> [6, 6, 2]
    y = maximum j p -> [6, 6, 2]
    g = minimum y p -> [6, 6, 2]
    h = matrix_product g g terms=2 second=transposed -> [6, 6, 6]
    l = matrix_product h g terms=6 -> [6, 6, 2]
    k = concatenate a p axis=2 -> [6, 6, 4]
    m = max_pool k size=[2, 2] stride=[2, 2] -> [3, 3, 4]
    v = average_pool m size=[3, 3] factor=1.125 -> [1, 1, 4]
    r = reshape v shape=[4] -> [4]
    i = identity r -> [4]
    d = dense i kernel=int2[4, 2](0, 1, -1, 1, 1, 0, 0, 1)*1e-3 bias=int8[2](3, -4)*0.125 -> [2]
    o = softmax d -> [2]
    t = transpose m permutation=[2, 0, 1] file_axes=[1, 2, 0] -> [4, 3, 3]
    u = reshape t shape=[2, 1, 2, 1, 3, 3] -> [2, 1, 2, 1, 3, 3]
    z = select m axes=[0..2, [2, 0, 0, 1], all] -> [3, 4, 4]
    output o s u z

    """

  @Test func everyOperatorRoundTrips() throws {
    let graph = try GraphParser.graph(from: Self.everything)
    #expect(GraphVerifier(graph).problems.all.isEmpty)
    let text = GraphPrinter().text(of: graph)
    #expect(text == Self.everything.replacing("1e-3", with: "0.001"))
    #expect(GraphPrinter().text(of: try GraphParser.graph(from: text)) == text)
  }

  @Test func shapesAndCommentsMayBeLeftOut() throws {
    let graph = try GraphParser.graph(
      from: "x = input shape=[2] // two numbers\n\n// nothing\ny = identity x\noutput y")
    #expect(GraphPrinter().text(of: graph) == "graph graph\nx = input shape=[2]\ny = identity x -> [2]\noutput y\n")
  }

  @Test func longConstantsAreElidedOnRequest() throws {
    let text = """
      x = input shape=[3]
      y = dense x kernel=int4[3, 2](1, 2, 3, 4, 5, 6)*[1, 2]
      output y
      """
    let graph = try GraphParser.graph(from: text)
    #expect(GraphPrinter(constants: .elided(above: 4)).text(of: graph).contains("int4[3, 2](6 numbers)*[1, 2] -> [2]"))
  }

  @Test(arguments: [
    "plain", "conv_1/kernel:0", "two words", "quote\"", "back\\slash", "", "->", "//", "a=b", "line\nbreak",
  ])
  func namesRoundTrip(name: String) throws {
    var graph = Graph(name: name)
    graph.outputs = [try graph.append(InputOp(shape: Shape([1])), named: name)]
    let text = GraphPrinter().text(of: graph)
    let read = try GraphParser.graph(from: text)
    #expect(read.name == name && read.nodes[0].name == name)
    #expect(GraphPrinter().text(of: read) == text)
  }

  @Test(arguments: [
    ("x = inptu shape=[2]", "unknown operator 'inptu'"),
    ("x = input", "no attribute 'shape'"),
    ("x = input shape=[2] color=3", "unknown attribute 'color'"),
    ("x = input shape=[2] shape=[2]", "attribute 'shape' is given twice"),
    ("x = input shape=[2", "a bracket or quotation mark has no partner"),
    ("x = input shape=[2, b]", "cannot be read at 'b]'"),
    ("y = identity x", "no node 'x' before this line"),
    ("hello", "'hello' is no line of a graph"),
    ("x = input shape=[2] file_axes=[1]", "file_axes=[1] of shape [2]"),
    ("x = input shape=[2]\nx = input shape=[2]", "a second node of this name"),
    ("x = input shape=[2]\ny = identity x -> [3]", "shape [3] is written where [2] follows"),
    ("x = input shape=[2]\ny = dense x kernel=int4[2, 1](1)*1", "2 numbers, not 1"),
    ("x = input shape=[2]\ny = dense x kernel=int4[2, 1](1, 2)*[1, 2]", "one scale, or one per index of the axis"),
    ("x = input shape=[2]\ny = quantize x by=quantized_bats(4)", "unknown quantizer 'quantized_bats'"),
    ("x = input shape=[2]\ny = elementwise x functions=[square]", "relu, clip(lower, upper)"),
  ])
  func mistakesSayWhatAndWhere(text: String, message: String) throws {
    let problems = #expect(throws: Diagnostics.self) { try GraphParser.graph(from: text + "\n", file: "test.qir") }
    let line = text.split(separator: "\n").count
    #expect(problems?.description.contains(message) == true)
    #expect(problems?.description.contains("test.qir:\(line)") == true)
  }

  @Test(arguments: [
    ("y = transpose x permutation=[1, 1]", "a transpose of shape [2, 3] by [1, 1]"),
    ("y = transpose x permutation=[0]", "a transpose of shape [2, 3] by [0]"),
    ("y = reshape x shape=[-2, -3]", "a reshape of [2, 3] to [-2, -3]"),
    ("y = reshape x shape=[1, 1, 1, 1, 1, 2, 3]", "0 to 6 axes"),
    ("y = reshape x shape=[4611686018427387904, 4]", "the same number of elements"),
  ])
  func shapesThatDoNotFitAreRefused(text: String, message: String) {
    let problems = #expect(throws: Diagnostics.self) { try GraphParser.graph(from: "x = input shape=[2, 3]\n\(text)") }
    #expect(problems?.description.contains(message) == true)
  }

  @Test func oneMistakeIsReportedOnce() {
    let text = "x = input\ny = identity x\nz = add y y\noutput z"
    let problems = #expect(throws: Diagnostics.self) { try GraphParser.graph(from: text) }
    #expect(problems?.all.count == 1)
  }
}
