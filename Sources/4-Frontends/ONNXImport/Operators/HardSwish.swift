import Numbers
import QIR
import Quantization

extension NodeReader {
  /// x times a clipped affine function of x, as exporters write HardSwish: v c clip(a v + b, 0, u) is the hard swish of shift
  /// b / a and upper bound u / a, times c u. Nil where the tensors are no such pair.
  mutating func hardSwish(_ left: FeatureMap, _ right: FeatureMap) throws -> FeatureMap? {
    for (map, gate) in [(left, right), (right, left)] where map.order == gate.order {
      guard var functions = functions(from: map.node, to: gate.node) else { continue }
      var (slope, shift, factor) = (Rational.one, Rational.zero, Rational.one)
      if case .affine(let scale, let offset)? = functions.first, scale.sign > 0 {
        (slope, shift) = (scale, offset)
        functions.removeFirst()
      }
      if functions.count == 2, case .affine(let scale, .zero)? = functions.last {
        factor = scale
        functions.removeLast()
      }
      guard functions.count == 1, case .clip(.some(.zero), let upper?) = functions[0], upper.sign > 0 else { continue }
      let swish = RealFunction.hardSwish(shift: shift / slope, upper: upper / slope)
      let scale = RealFunction.affine(scale: factor * upper, shift: .zero)
      return try append(
        ElementwiseOp(scale == .affine(scale: .one, shift: .zero) ? [swish] : [swish, scale]), to: map)
    }
    return nil
  }

  /// What element-wise nodes do between two nodes; nil where other nodes lie between them.
  private func functions(from source: NodeID, to end: NodeID) -> [RealFunction]? {
    var functions: [RealFunction] = []
    var id = end
    while id > source {
      let node = importer.graph[id]
      if let op = node.op as? ElementwiseOp {
        functions = op.functions + functions
      } else if !(node.op is IdentityOp) {
        return nil
      }
      id = node.inputs[0]
    }
    return id == source && !functions.isEmpty ? functions : nil
  }
}
