import Numbers
import QIR
import Quantization
import Quantizers

/// Small graphs of everything that passes look at: quantizers, element-wise functions, operators that move elements, branches,
/// dense layers and identities. The same seed gives the same graph.
struct RandomGraph {
  private(set) var graph: Graph
  private var generator: SplitMix
  /// Nodes of rank 3 that may be read.
  private var open: [NodeID] = []

  init(seed: UInt64) throws {
    graph = Graph(name: "seed\(seed)")
    generator = SplitMix(seed: seed &* 0x2545_F491_4F6C_DD1D)
    for input in 0..<Int.random(in: 1...2, using: &generator) {
      let shape = Shape([4, 4, Int.random(in: 1...2, using: &generator)])
      open.append(try graph.append(InputOp(shape: shape), named: "input\(input)"))
    }
    for index in 0..<Int.random(in: 3...14, using: &generator) { try grow("node\(index)") }
    // Late nodes read early ones, so that most graphs are connected.
    graph.outputs = Array(Set([open[open.count - 1], open.randomElement(using: &generator) ?? open[0]])).sorted()
  }

  /// Multiples of 1/128 between -1 and 1 for every input: codes of `PassFileTests.sourceQuantizer`.
  mutating func samples() -> [NodeID: [Double]] {
    Dictionary(
      uniqueKeysWithValues: graph.inputs.map { id in
        let count = graph[id].shape.elements
        return (id, (0..<count).map { _ in Double(Int.random(in: -127...127, using: &generator)) / 128 })
      })
  }

  private mutating func grow(_ name: String) throws {
    let last = open.suffix(3).randomElement(using: &generator) ?? open[0]
    let shape = graph[last].shape
    let (rows, columns) = (shape.extents[0], shape.extents[1])
    var inputs = [last]
    let op: any Operator
    switch Int.random(in: 0..<19, using: &generator) {
    case 0, 1, 2: op = try quantizer()
    case 3: op = ElementwiseOp((0..<Int.random(in: 0...2, using: &generator)).map { _ in function() })
    case 4 where min(rows, columns) > 1:
      op = MaxPoolOp(window: Window(size: Extents(rows: 2, columns: 2), padding: Padding(bottom: 1)))
    case 5 where min(rows, columns) > 1:
      op = AveragePoolOp(window: Window(size: Extents(rows: 2, columns: 2)))
    case 6 where rows < 6:
      op = PadOp(padding: Padding(top: Int.random(in: 0...1, using: &generator)))
    case 7: op = ReshapeOp(shape: Bool.random(using: &generator) ? shape : shape.turned)
    case 8:
      let others = open.filter { graph[$0].shape.extents.dropLast() == shape.extents.dropLast() }
      inputs += others.shuffled(using: &generator).prefix(Int.random(in: 0...1, using: &generator))
      op = ConcatenateOp(axis: 2)
    case 9:
      inputs.append(open.filter { graph[$0].shape == shape }.randomElement(using: &generator) ?? last)
      op = AddOp()
    case 10 where shape.channels <= 4:
      let filters = Int.random(in: 1...3, using: &generator)
      let codes = (0..<(shape.channels * filters)).map { _ in Int64.random(in: -7...7, using: &generator) }
      let kernel = Parameter.quantized(
        QuantizedTensor(
          shape: [1, 1, shape.channels, filters], codes: codes, scales: [Rational(0.25)], bits: 4))
      op = ConvolutionOp(kernel: kernel, bias: nil, window: Window(size: .one))
    case 11, 12, 13: op = TransposeOp(permutation: [0, 1, 2].shuffled(using: &generator))
    case 14: (op, inputs) = try dense(over: last, name)
    case 15, 16: op = selection(of: shape)
    case 17: op = PReLUOp(slopes: (0..<shape.channels).map { Rational(Double($0 - 1) / 4) })
    default: op = IdentityOp()
    }
    open.append(try graph.append(op, named: name, inputs: inputs))
  }

  /// As many positions along each axis as there are, or fewer.
  private mutating func selection(of shape: Shape) -> SelectOp {
    SelectOp(
      axes: shape.extents.map { extent in
        guard Bool.random(using: &generator) else { return .all }
        return .chosen((0..<extent).map { _ in Int.random(in: 0..<extent, using: &generator) })
      })
  }

  /// A flattened tensor through a dense layer: its last node. Sums are exact in any order, of codes that are halves.
  private mutating func dense(over id: NodeID, _ name: String) throws -> (op: any Operator, inputs: [NodeID]) {
    let elements = graph[id].shape.elements
    let flat = try graph.append(ReshapeOp(shape: Shape([elements])), named: "\(name)/flat", inputs: [id])
    let quantizer = try Quantizer(QuantizerArguments(parsing: "quantized_bits(4,2,1)"))
    let quantized = try graph.append(
      QuantizeOp(quantizer, at: .init()), named: "\(name)/quantized", inputs: [flat])
    let codes = (0..<(elements * 2)).map { _ in Int64.random(in: -7...7, using: &generator) }
    let kernel = Parameter.quantized(
      QuantizedTensor(shape: [elements, 2], codes: codes, scales: [Rational(0.25), Rational(0.5)], bits: 4))
    let dense = try graph.append(
      DenseOp(kernel: kernel, bias: nil), named: "\(name)/dense", inputs: [quantized])
    return (ReshapeOp(shape: Shape([1, 1, 2])), [dense])
  }

  private mutating func quantizer() throws -> QuantizeOp {
    let texts: [String] = [
      "quantized_bits(4,1,1)", "quantized_relu(4,1)", "quantized_bits_featuremap(6,0.1,20)", "binary(alpha=1)",
      "quantized_relu(6,2,negative_slope=0.25)", "quantized_bits(8,3,0)", "quantized_tanh(6)", "quantized_po2(4)",
    ]
    let text = texts.randomElement(using: &generator) ?? texts[0]
    return try QuantizeOp(Quantizer(QuantizerArguments(parsing: text)), at: .init())
  }

  private mutating func function() -> RealFunction {
    let functions: [RealFunction] = [
      .relu, .clip(lower: Rational(-0.5), upper: Rational(1.5)), .leakyReLU(slope: Rational(0.25)), .sigmoid, .tanh,
      .affine(scale: Rational(-1.5), shift: .zero), .affine(scale: Rational(0.75), shift: Rational(0.125)),
      .hardSwish(shift: Rational(3.0), upper: Rational(6.0)),
      .thresholdedReLU(threshold: Rational(0.5), slope: Rational(0.25)), .leakyReLU(slope: Rational(-0.25)),
      .curve(.elu), .curve(.softsign), .curve(.mish),
    ]
    return functions.randomElement(using: &generator) ?? .relu
  }
}

extension Shape {
  /// Rows and columns the other way round: as many elements.
  fileprivate var turned: Shape { Shape([extents[1], extents[0], extents[2]]) }
}
