import CValueKernels
import Numbers
import QIR
import Quantization

/// How far float32 arithmetic may be from the reference's values. With u = 2^-24, k roundings one after another change a
/// number by at most g(k) = k u / (1 - k u) of itself (Higham, Accuracy and Stability of Numerical Algorithms, section 3.1).
extension FloatReference {
  /// A bound for every element of a node's result.
  ///
  /// A sum of n products and a bias, in any order, with or without fused multiply-adds: each product is rounded once and goes
  /// through at most n additions; a weight is a code times its scale, rounded, and once more where QKeras adds its
  /// straight-through difference. So |error| <= sum of |w| e + g(n + 3) (sum of |w| (|x| + e) + |bias|), e the inputs' errors.
  ///
  /// - Parameter errors: bounds for the inputs: 0 where they are the very numbers that the float32 program computed with.
  package func float32Error(_ id: NodeID, _ inputs: [[Double]], _ errors: [[Double]]) -> [Double] {
    let node = graph[id]
    switch node.op {
    case .convolution(let op): return linearError(id, inputs[0], errors[0], terms: op.kernel.shape[..<3].reduce(1, *))
    case .depthwiseConvolution(let op):
      return linearError(id, inputs[0], errors[0], terms: op.kernel.shape[..<2].reduce(1, *))
    case .dense(let op): return linearError(id, inputs[0], errors[0], terms: op.kernel.shape[0])
    case .batchNormalization(let op):
      let channels = node.shape.channels
      return zip(inputs[0], errors[0]).enumerated().map { index, next in
        let channel = index % channels
        let scale = abs(op.scale[channel])
        return next.1 * scale
          + roundings(6) * ((abs(next.0) + next.1 + abs(op.mean[channel])) * scale + abs(op.beta[channel]))
      }
    case .averagePool(let op):
      let factor = abs(op.factor)
      let magnitudes = zip(inputs[0], errors[0]).map { abs($0) + $1 }
      let sums = pool(id, op.window, magnitudes) { window in
        roundings(window.count + 3) * window.reduce(0, +) / Double(window.count) * factor
      }
      let carried = pool(id, op.window, errors[0]) { $0.reduce(0, +) / Double($0.count) * factor }
      return zip(sums, carried).map(+)
    case .add:
      return inputs[0].indices.map { element in
        let carried = errors.reduce(0) { $0 + $1[element] }
        return carried + roundings(inputs.count - 1) * (carried + inputs.reduce(0) { $0 + abs($1[element]) })
      }
    case .elementwise(let op):
      let functions = op.functions.map { Float32Function($0) }
      return zip(inputs[0], errors[0]).map { value, error in
        functions.reduce((value, error)) { $1($0.0, within: $0.1) }.1
      }
    case .softmax:
      // exp(2 e) - 1 of itself for inputs that all move by e.
      let most = errors[0].max() ?? 0
      return evaluate(id, inputs).map { roundings(8) + (Double.exponential(2 * most) - 1) * $0 }
    case .quantize(let op):
      let channels = node.shape.channels
      return zip(inputs[0], errors[0]).enumerated().map { index, next in
        let quantizer = op.quantizer(ofChannel: index % channels)
        let value = quantizer.format.value(of: quantizer.code(of: next.0))
        let near = quantizer.codes(of: next.0, within: next.1 + quantizer.float32Error(at: next.0))
        let ends = [near.lowerBound, near.upperBound].map { abs(quantizer.format.value(of: $0) - value) }
        return max(ends[0], ends[1]) + roundings(1) * abs(value)
      }
    case .maxPool(let op): return pool(id, op.window, errors[0]) { $0.max() ?? 0 }
    case .concatenate, .pad, .reshape, .transpose, .identity: return evaluate(id, errors)
    case .input: return Array(repeating: 0, count: node.shape.elements)
    }
  }

  private func linearError(_ id: NodeID, _ input: [Double], _ errors: [Double], terms: Int) -> [Double] {
    let kernel = kernels[id.index].map(abs)
    let bias = biases[id.index].map(abs)
    let sums = products(id, zip(input, errors).map { abs($0) + $1 }, kernel)
    let carried = errors.contains { $0 > 0 } ? products(id, errors, kernel) : []
    return sums.indices.map { index in
      let magnitude = sums[index] + (bias.isEmpty ? 0 : bias[index % bias.count])
      return roundings(terms + 3) * magnitude + (carried.isEmpty ? 0 : carried[index])
    }
  }
}

/// The largest part of itself by which `count` float32 roundings change a number.
private func roundings(_ count: Int) -> Double {
  let part = Double(count) * 0x1p-24
  return part / (1 - part)
}

/// A function with what float32 makes of it.
private struct Float32Function {
  private let function: CompiledFunction
  /// Between them it is monotone.
  private let turningPoints: [Double]

  init(_ function: RealFunction) {
    self.function = function.compiled
    turningPoints = function.turningPoints.map(\.double)
  }

  /// The function's value, and how far float32 may be from it where the argument is off by `error`.
  func callAsFunction(_ value: Double, within error: Double) -> (value: Double, error: Double) {
    let result = function(value)
    let inside = turningPoints.filter { abs($0 - value) < error }
    let carried = ([value - error, value + error] + inside).reduce(0) { max($0, abs(function($1) - result)) }
    return (result, carried + rounding(below: abs(value) + error))
  }

  /// - Parameter magnitude: that of the largest argument.
  private func rounding(below magnitude: Double) -> Double {
    switch function {
    case .affine(let scale, let shift): roundings(4) * (abs(scale) * magnitude + abs(shift))
    case .clip: 0
    case .leakyReLU(let slope): roundings(2) * slope * magnitude
    case .thresholdedReLU(let threshold, let slope): roundings(4) * (magnitude + threshold) * slope
    case .hardSwish(let shift, let upper): roundings(6) * magnitude * (magnitude + abs(shift)) / abs(upper)
    // What libraries' approximations keep to.
    case .sigmoid, .tanh: roundings(8)
    }
  }
}

extension FeatureMapQuantizer {
  /// A few float32 roundings of what the quantizer computes on the way to its position in steps.
  package func float32Error(at value: Double) -> Double {
    var magnitude = abs(value)
    if case .uniform(let steps) = steps, steps.gain.sign != 0 {
      magnitude += abs((steps.bias / steps.gain).double)
    }
    if !functions.isEmpty { magnitude += 1 }
    return roundings(4) * magnitude
  }
}
