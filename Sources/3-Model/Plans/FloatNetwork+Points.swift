import Diagnostics
import QIR

/// Layers as sums of several on the same inputs, of few bits each (multipoint quantization, Liu et al. 2020, arXiv 2002.09049).
extension FloatNetwork {
  /// The same network with layers split: the first of `layer/1`, `layer/2`, … has the weights, the others zeros, for calibration
  /// to fill with what those before have lost; their sum has the layer's name.
  ///
  /// - Parameter points: how many layers stand for one, by its name; 1 where it is not there.
  package func split(_ points: [String: Int]) throws(Diagnostics) -> FloatNetwork {
    guard points.values.contains(where: { $0 > 1 }) else { return self }
    let split = try Diagnostics.collected {
      var rewriter = GraphRewriter(graph)
      for id in graph.ids {
        guard let layer = graph[id].op as? any LinearOperator, let count = points[graph[id].name], count > 1 else {
          try rewriter.keep(id)
          continue
        }
        let inputs = graph[id].inputs.map(rewriter.copy(of:))
        let parts = try (1...count).map { point in
          try rewriter.append(
            point == 1 ? layer : layer.silent, named: Self.part(point, of: graph[id].name), inputs: inputs)
        }
        try rewriter.replace(id, by: AddOp(), inputs: parts)
      }
      return try rewriter.finish()
    }
    return try FloatNetwork(split)
  }

  /// With the layers and maps that a plan names: split, and narrowed.
  package func split(by plan: QuantizationPlan) throws(Diagnostics) -> FloatNetwork {
    var points: [String: Int] = [:]
    for name in layers.map({ graph[$0].name }) where plan.weights[name] == nil {
      let count = (1...).first { plan.weights[Self.part($0, of: name)] == nil } ?? 1
      points[name] = count - 1
    }
    return try split(points).narrowed(by: plan)
  }

  package static func part(_ point: Int, of layer: String) -> String { "\(layer)/\(point)" }
}

extension QuantizationPlan {
  /// What their sum may lose is nothing beside what it makes up for.
  private static let sumBits = 16

  /// The same widths for a network whose layers are split.
  package func split(_ points: [String: Int]) -> QuantizationPlan {
    var plan = self
    for (name, count) in points where count > 1 {
      let (weights, bias) = (plan.weights.removeValue(forKey: name), plan.biases.removeValue(forKey: name))
      for part in (1...count).map({ FloatNetwork.part($0, of: name) }) {
        plan.weights[part] = weights
        plan.biases[part] = bias
        plan.maps[part] = MapPlan(bits: Self.sumBits, isSigned: true, scheme: .symmetric)
      }
    }
    return plan
  }
}

extension LinearOperator {
  /// The same with weights of 0 and without a bias.
  fileprivate var silent: any LinearOperator {
    var silent = self
    silent.kernel = .real(Array(repeating: 0, count: kernel.elements), shape: kernel.shape)
    silent.bias = nil
    return silent
  }
}
