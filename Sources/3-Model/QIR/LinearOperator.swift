import CValueKernels
import Diagnostics
import Numbers

/// An operator that sums products of weights and input elements, and a bias per output channel. It says what is summed;
/// the rest follows.
package protocol LinearOperator: Operator {
  var kernel: Parameter { get set }
  /// One number per output channel.
  var bias: Parameter? { get set }
  var outputChannels: Int { get }
  /// Whether it may read the sums of another layer as they are.
  var takesAccumulators: Bool { get }
  /// The zeros that its window reads around the feature map.
  var padding: Padding { get }
  /// The sums as those of a convolution in groups, whose kernel is HWIO, for the kernels in C.
  func geometry(from input: Shape, to output: Shape) -> qcc_conv_geometry
  /// The weights that an element of the result has, and what they are multiplied with.
  func taps(of element: Int, _ operands: ExactOperands) -> [(weight: Int, input: Int)]
}

extension LinearOperator {
  package var takesAccumulators: Bool { false }

  package var parameters: [(name: String, parameter: Parameter)] {
    [("kernel", kernel)] + (bias.map { [("bias", $0)] } ?? [])
  }

  package func evaluate(_ operands: Operands) -> [Double] {
    var result = sums(operands.inputs[0], operands.constants[0], operands)
    guard operands.constants.count > 1 else { return result }
    let bias = operands.constants[1]
    var channel = 0
    for index in result.indices {
      result[index] += bias[channel]
      channel = channel + 1 == bias.count ? 0 : channel + 1
    }
    return result
  }

  /// Of a sum of n products and a bias, in any order, with or without fused multiply-adds, each product is rounded once and
  /// goes through at most n additions; a weight is a code times its scale, rounded, and once more where QKeras adds its
  /// straight-through difference. So |error| <= sum of |w| e + g(n + 4) (sum of |w| (|x| + e) + |bias|), e the inputs'
  /// errors and g that of `FloatArithmetic.roundings`; and where numbers lie far from what they became (`farthest`), g(2) of
  /// that for every weight.
  package func roundingError(_ operands: Operands, errors: [[Double]], in arithmetic: FloatArithmetic) -> [Double] {
    let kernel = operands.constants[0].map(abs)
    let bias = operands.constants.count > 1 ? operands.constants[1].map(abs) : []
    let sums = sums(zip(operands.inputs[0], errors[0]).map { abs($0) + $1 }, kernel, operands)
    let carried = errors[0].contains { $0 > 0 } ? self.sums(errors[0], kernel, operands) : []
    var bounds = sums.indices.map { index in
      let magnitude = sums[index] + (bias.isEmpty ? 0 : bias[index % bias.count])
      return arithmetic.roundings(productsPerElement + 4) * magnitude + (carried.isEmpty ? 0 : carried[index])
    }
    let (far, farBias) = (self.kernel.farthest, self.bias?.farthest ?? 0)
    guard far > 0 || farBias > 0 else { return bounds }
    let inputs = self.sums(
      zip(operands.inputs[0], errors[0]).map { abs($0) + $1 }, Array(repeating: 1, count: kernel.count), operands)
    for index in bounds.indices { bounds[index] += arithmetic.roundings(2) * (far * inputs[index] + farBias) }
    return bounds
  }

  /// The same bound, looser, from the largest magnitudes alone: no more work than there are elements.
  ///
  /// - Parameter weightSums: sum of |w| of each output channel.
  package func looseRoundingError(
    _ operands: Operands, errors: [[Double]], weightSums: [Double], in arithmetic: FloatArithmetic
  ) -> [Double] {
    let error = largestMagnitude(errors[0])
    let magnitude = error + largestMagnitude(operands.inputs[0])
    let farBias = bias?.farthest ?? 0
    let ofChannel = weightSums.indices.map { channel in
      let bias = operands.constants.count > 1 ? abs(operands.constants[1][channel]) : 0
      return weightSums[channel] * error
        + arithmetic.roundings(productsPerElement + 4) * (weightSums[channel] * magnitude + bias)
        + arithmetic.roundings(2) * (kernel.farthest * Double(productsPerElement) * magnitude + farBias)
    }
    return [Double](unsafeUninitializedCapacity: operands.resultShape.elements) { bounds, count in
      for position in stride(from: 0, to: operands.resultShape.elements, by: ofChannel.count) {
        _ = bounds[position...].update(fromContentsOf: ofChannel)
      }
      count = operands.resultShape.elements
    }
  }

  /// Loops, which the compiler sees through where it does not see through `reduce`.
  private func largestMagnitude(_ values: [Double]) -> Double {
    var largest = 0.0
    for value in values { largest = max(largest, abs(value)) }
    return largest
  }

  /// Sum of |w| of each output channel of the kernel's values.
  package func weightSums(of kernel: [Double]) -> [Double] {
    kernel.enumerated().reduce(into: Array(repeating: 0, count: outputChannels)) { sums, next in
      sums[next.offset % outputChannels] += abs(next.element)
    }
  }

  package func exactValue(of element: Int, _ operands: ExactOperands) -> Rational? {
    let sum = operands.sum(taps(of: element, operands).lazy.map { (kernel.fraction(at: $0.weight), $0.input) })
    return sum.map { $0 + (bias?.fraction(at: element % outputChannels) ?? .zero) }
  }

  /// Padding may be zero.
  package func range(of inputs: [ClosedRange<Double>]) -> ClosedRange<Double>? {
    guard let input = ClosedRange(hullOf: inputs + [0...0]) else { return nil }
    var lower = bias?.values ?? Array(repeating: 0, count: outputChannels)
    var upper = lower
    for (index, weight) in kernel.values.enumerated() {
      lower[index % outputChannels] += min(weight * input.lowerBound, weight * input.upperBound)
      upper[index % outputChannels] += max(weight * input.lowerBound, weight * input.upperBound)
    }
    return ClosedRange(spanning: lower + upper)
  }

  /// The sums of products without bias; `input` and `kernel` have the shapes of its own.
  private func sums(_ input: [Double], _ kernel: [Double], _ operands: Operands) -> [Double] {
    var geometry = geometry(from: operands.shapes[0], to: operands.resultShape)
    return [Double](unsafeUninitializedCapacity: operands.resultShape.elements) { output, count in
      guard let sums = output.baseAddress else { preconditionFailure("linear layers have outputs") }
      qcc_ref_conv2d_f64(&geometry, input, kernel, sums)
      count = operands.resultShape.elements
    }
  }

  /// Checks that a bias has one number per output channel.
  func checkBias(at location: Diagnostic.Location) throws {
    guard let bias, bias.shape != [outputChannels] else { return }
    var location = location
    location.tensor = "bias"
    throw Diagnostic(
      "a bias of shape \(bias.shape)", at: location, supported: "[\(outputChannels)], one per output channel")
  }
}
