import CValueKernels

/// Numbers that are learned, and what Adam keeps of their gradients.
struct Variable: Sendable {
  var values: [Float]
  /// How far a number moves at a rate of 1, so that a rate means the same for all variables.
  let reach: Float
  /// Of the gradients, and of their squares.
  var mean: [Float]
  var square: [Float]

  init(_ values: [Float], reach: Float = 1) {
    self.values = values
    self.reach = reach
    mean = [Float](repeating: 0, count: values.count)
    square = mean
  }

  mutating func step(_ step: AdamStep, gradient: [Float]) {
    precondition(gradient.count == values.count, "a gradient for every number")
    var step = step.constants
    step.rate *= reach
    qcc_f32_adam(values.count, &step, gradient, &mean, &square, &values)
  }
}

/// A step of Adam (Kingma and Ba 2015).
struct AdamStep: Sendable {
  let constants: qcc_adam_step

  /// - Parameter number: counted from 1.
  init(rate: Double, number: Int) {
    func correction(_ beta: Double) -> Double { 1 - (0..<number).reduce(1) { power, _ in power * beta } }
    constants = qcc_adam_step(
      rate: Float(rate), beta1: Float(Self.beta1), beta2: Float(Self.beta2), epsilon: Self.epsilon,
      correction1: Float(correction(Self.beta1)), correction2: Float(correction(Self.beta2)))
  }

  private static let beta1 = 0.9
  private static let beta2 = 0.999
  /// Gradients of means over many samples are small.
  private static let epsilon: Float = 1e-12
}
