import FloatReference
import Numbers
import QIR
import Quantization

/// How far a network's fixed-point arithmetic is from the functions of real numbers that it comes near to. Each operator is given the
/// codes that the accelerator has in front of it, so that a distance is counted where it is made and nowhere else.
struct NearestDistance {
  private let graph: Graph
  private let reference: FloatReference
  /// What a node's quantizer comes near to, where that has codes.
  private let quantizers: [NodeID: PerChannel<FeatureMapQuantizer>]

  init(_ graph: Graph, reference: FloatReference) {
    self.graph = graph
    self.reference = reference
    quantizers = Dictionary(
      uniqueKeysWithValues: graph.ids.compactMap { id in
        guard let quantizer = (graph[id].op as? QuantizeOp)?.nearest?.quantizer,
          let codes = try? quantizer.kind.featureMaps(at: graph.location(of: id))
        else { return nil }
        return (id, codes)
      })
  }

  /// What stands in a node's place between codes: numbers of the exact functions, of one sample.
  typealias Numbers = [NodeID: [Double]]

  /// The distance of a quantizer's codes, or what an operator hands on to one.
  /// - Parameter values: of all nodes up to this one, the accelerator's.
  func distance(at id: NodeID, values: [[Double]], numbers: inout Numbers) -> VerifyReport.Distance? {
    let node = graph[id]
    let inputs = node.inputs.map { numbers[$0] ?? values[$0.index] }
    if let op = node.op as? QuantizeOp {
      guard op.nearest != nil || numbers[node.inputs[0]] != nil else { return nil }
      let result = (op.nearest?.operators ?? []).reduce(inputs[0]) { numbers, next in
        next.evaluate(Operands(inputs: [numbers], shapes: [node.shape], resultShape: node.shape, constants: []))
      }
      guard let quantizers = quantizers[id] ?? (op.nearest == nil ? op.quantizers : nil) else {
        numbers[id] = result
        return nil
      }
      return Self.steps(between: values[id.index], and: result, quantizers)
    }
    if let softmax = node.op as? SoftmaxOp, softmax.fixedPoint != nil {
      numbers[id] = SoftmaxOp().evaluate(
        Operands(inputs: inputs, shapes: [node.shape], resultShape: node.shape, constants: []))
    } else if node.inputs.contains(where: { numbers[$0] != nil }) {
      numbers[id] = reference.evaluate(id, inputs)
    }
    return nil
  }

  private static func steps(
    between values: [Double], and numbers: [Double], _ quantizers: PerChannel<FeatureMapQuantizer>
  ) -> VerifyReport.Distance {
    var distance = VerifyReport.Distance()
    for (element, number) in numbers.enumerated() {
      let quantizer = quantizers[element % quantizers.count]
      let code = quantizer.format.code(nearest: values[element], in: quantizer.format.range)
      // Of a number in the middle both neighbours are nearest.
      let nearest = quantizer.codes(of: number, within: 0, in: .double)
      distance.add(Int((code - code.clamped(to: nearest)).magnitude))
    }
    return distance
  }
}
