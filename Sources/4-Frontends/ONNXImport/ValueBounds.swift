import QIR
import Quantization

/// Between which numbers the values of a node lie, in double precision.
struct ValueBounds {
  private let graph: Graph

  init(_ graph: Graph) {
    self.graph = graph
  }

  /// nil where nothing bounds them.
  func bounds(of id: NodeID) -> ClosedRange<Double>? {
    let node = graph[id]
    var inputs: [ClosedRange<Double>] = []
    if case .quantize = node.op {
    } else {
      for input in node.inputs {
        guard let bounds = bounds(of: input) else { return nil }
        inputs.append(bounds)
      }
    }
    switch node.op {
    case .input: return nil
    case .quantize(let op):
      return union(
        op.quantizers.map { $0.format }.map { $0.value(of: $0.range.lowerBound)...$0.value(of: $0.range.upperBound) })
    case .identity, .reshape, .transpose, .maxPool, .concatenate: return union(inputs)
    case .pad: return union(inputs + [0...0])
    case .averagePool(let op): return hull(inputs.flatMap { [$0.lowerBound * op.factor, $0.upperBound * op.factor] })
    case .softmax: return 0...1
    case .add:
      return inputs.reduce(0...0) { ($0.lowerBound + $1.lowerBound)...($0.upperBound + $1.upperBound) }
    case .elementwise(let op):
      let turns = op.functions.flatMap(\.turningPoints)
      guard turns.isEmpty else { return nil }
      return hull(
        inputs.flatMap { [$0.lowerBound, $0.upperBound] }.map { value in op.functions.reduce(value) { $1($0) } })
    case .batchNormalization(let op):
      return hull(
        inputs.flatMap { [$0.lowerBound, $0.upperBound] }.flatMap { value in
          op.mean.indices.map { op.scale[$0] * (value - op.mean[$0]) + op.beta[$0] }
        })
    case .dense(let op): return sums(inputs, op.kernel, op.bias, channels: op.kernel.shape[1])
    case .convolution(let op): return sums(inputs, op.kernel, op.bias, channels: op.kernel.shape[3])
    case .depthwiseConvolution(let op):
      return sums(inputs, op.kernel, op.bias, channels: op.kernel.shape[2] * op.kernel.shape[3])
    }
  }

  /// Of weighted sums in which padding may be zero.
  private func sums(
    _ inputs: [ClosedRange<Double>], _ kernel: Parameter, _ bias: Parameter?, channels: Int
  ) -> ClosedRange<Double>? {
    guard let input = union(inputs + [0...0]) else { return nil }
    var lower = bias?.values ?? Array(repeating: 0, count: channels)
    var upper = lower
    for (index, weight) in kernel.values.enumerated() {
      lower[index % channels] += min(weight * input.lowerBound, weight * input.upperBound)
      upper[index % channels] += max(weight * input.lowerBound, weight * input.upperBound)
    }
    return hull(lower + upper)
  }

  private func hull(_ numbers: [Double]) -> ClosedRange<Double>? {
    guard let least = numbers.min(), let most = numbers.max(), least.isFinite, most.isFinite else { return nil }
    return least...most
  }

  private func union(_ ranges: [ClosedRange<Double>]) -> ClosedRange<Double>? {
    hull(ranges.flatMap { [$0.lowerBound, $0.upperBound] })
  }
}
