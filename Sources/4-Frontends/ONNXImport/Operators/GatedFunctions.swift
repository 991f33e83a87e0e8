import Numbers
import QIR
import Quantization

/// v times a function of v: as exporters write hard swish, swish, GELU and Mish, which are one function each.
struct GatedFunction {
  let functions: [RealFunction]

  /// nil where the gate is none of these.
  init?(gate functions: [RealFunction]) {
    var gate = functions
    // factor x gate(slope v + shift)
    var (slope, shift, factor) = (Rational.one, Rational.zero, Rational.one)
    if case .affine(let scale, let offset)? = gate.first, scale.sign > 0 {
      (slope, shift) = (scale, offset)
      gate.removeFirst()
    }
    if gate.count > 1, case .affine(let scale, .zero)? = gate.last {
      factor = scale
      gate.removeLast()
    }
    switch gate.first {
    case .clip(.some(.zero), let upper?)? where gate.count == 1 && upper.sign > 0:
      // v c clip(a v + b, 0, u) is the hard swish of shift b / a and upper bound u / a, times c u.
      self.functions = Self.scaled(.hardSwish(shift: shift / slope, upper: upper / slope), by: factor * upper)
    case .curve(.sigmoid)? where gate.count == 1 && shift.sign == 0:
      // v c sigmoid(a v) = c / a swish(a v)
      self.functions = Self.scaled(.curve(.swish), by: factor, stretchedBy: slope)
    case .curve(.erf)? where gate.count == 2 && shift.sign == 0:
      // v c (1 + erf(k v)) = 2 c / a gelu(a v), a being k times the divisor in GELU.
      guard case .affine(let scale, let offset) = gate[1], scale == offset else { return nil }
      self.functions = Self.scaled(
        .curve(.gelu), by: 2 * factor * scale, stretchedBy: slope * Curve.geluDivisor)
    case .curve(.softplus)? where gate == [.curve(.softplus), .tanh] && slope == .one && shift.sign == 0:
      self.functions = Self.scaled(.curve(.mish), by: factor)
    default: return nil
    }
  }

  /// factor / stretch x function(stretch v)
  private static func scaled(
    _ function: RealFunction, by factor: Rational, stretchedBy stretch: Rational = .one
  ) -> [RealFunction] {
    func scale(_ scale: Rational) -> [RealFunction] { scale == .one ? [] : [.affine(scale: scale, shift: .zero)] }
    return scale(stretch) + [function] + scale(factor / stretch)
  }
}

extension NodeReader {
  /// A product of a tensor and a function of it as one function; nil where the tensors are no such pair.
  mutating func gated(_ left: FeatureMap, _ right: FeatureMap) throws -> FeatureMap? {
    for (map, gate) in [(left, right), (right, left)] where map.order == gate.order {
      if let gate = functions(from: map.node, to: gate.node), let function = GatedFunction(gate: gate) {
        return try append(ElementwiseOp(function.functions), to: map)
      }
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
