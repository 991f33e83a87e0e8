import QIR
import Quantization

/// Over which operators quantizers and element-wise functions move up without changing a value.
struct QuantizerMotion {
  let graph: Graph
  private let consumers: [[NodeID]]
  private let outputs: Set<NodeID>

  init(_ graph: Graph) {
    self.graph = graph
    consumers = graph.consumers
    outputs = Set(graph.outputs)
  }

  /// The one node that reads a node's result; nil where several do, or it is handed out.
  func onlyReader(of id: NodeID) -> NodeID? {
    consumers[id.index].count == 1 && !outputs.contains(id) ? consumers[id.index][0] : nil
  }

  /// Whether a network's input, or codes, that `reader` reads are quantized there, or by a quantizer that moves up to them.
  func isQuantized(by reader: NodeID) -> Bool {
    if case .quantize = graph[reader].op { return true }
    return quantizer(reaching: reader).map { Self.commutes($0, with: graph[reader]) } ?? false
  }

  /// The quantizer that comes to stand right behind a node; nil where none does.
  private func quantizer(reaching id: NodeID) -> Op? {
    guard let reader = onlyReader(of: id) else { return nil }
    if case .quantize = graph[reader].op { return graph[reader].op }
    return quantizer(reaching: reader).flatMap { Self.commutes($0, with: graph[reader]) ? $0 : nil }
  }

  /// Whether `op` of what `below` makes is what `below` makes of `op` of its inputs.
  static func commutes(_ op: Op, with below: Node) -> Bool {
    guard let behaviour = Behaviour(op) else { return false }
    switch below.op {
    case .maxPool: return behaviour.isIncreasing
    case .reshape: return behaviour.isUniform
    case .pad: return behaviour.mapsZeroToZero
    case .concatenate(let op): return behaviour.isUniform || op.axis != below.shape.rank - 1
    default: return false
    }
  }

  /// What an element-wise node does, as far as moving it matters.
  private struct Behaviour {
    var isIncreasing: Bool
    var isUniform: Bool
    var mapsZeroToZero: Bool

    init?(_ op: Op) {
      switch op {
      case .quantize(let op):
        isUniform = op.quantizers.count == 1
        isIncreasing = op.quantizers.allSatisfy { $0.steps.isIncreasing && $0.functions.allSatisfy(\.isIncreasing) }
        mapsZeroToZero = op.quantizers.allSatisfy { $0.code(of: 0) == $0.format.zeroPoint }
      case .elementwise(let op):
        isUniform = true
        isIncreasing = op.functions.allSatisfy(\.isIncreasing)
        mapsZeroToZero = op.functions.reduce(0) { $1($0) } == 0
      default: return nil
      }
    }
  }
}

extension RealFunction {
  /// Whether values never fall while arguments rise.
  fileprivate var isIncreasing: Bool {
    switch self {
    case .affine(let scale, _): scale.sign >= 0
    case .clip, .thresholdedReLU, .sigmoid, .tanh: true
    case .leakyReLU(let slope): slope.sign >= 0
    case .hardSwish: false
    }
  }
}
