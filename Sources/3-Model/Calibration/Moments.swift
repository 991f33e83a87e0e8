import CValueKernels
import FloatEngine

/// What least squares needs of a layer: of v = (the k inputs of a sum, 1, the n outputs wanted) the sums of v v' over samples and
/// positions, for each of its groups.
struct Moments: Sendable {
  let layer: LinearLayer
  /// k + 1 + n
  let size: Int
  /// `[groups][size][size]`, upper triangles.
  private(set) var values: [Double]

  /// - Parameters:
  ///   - step: of the positions every how many counts.
  init(_ layer: LinearLayer, inputs: Batch, wanted: Batch, samples: Range<Int>, step: Int) {
    self.layer = layer
    size = layer.terms + 1 + layer.outputs
    values = [Double](repeating: 0, count: layer.groups * size * size)
    var geometry = layer.geometry
    let (x, y) = (inputs.shape.elements * samples.lowerBound, wanted.shape.elements * samples.lowerBound)
    let isDone = inputs.values.withUnsafeBufferPointer { inputs in
      wanted.values.withUnsafeBufferPointer { wanted in
        guard let input = inputs.baseAddress, let output = wanted.baseAddress else { return true }
        return qcc_f32_moments(&geometry, samples.count, step, input + x, output + y, &values)
      }
    }
    precondition(isDone, "out of memory")
  }

  static func + (left: Moments, right: Moments) -> Moments {
    var sum = left
    qcc_f64_add(sum.values.count, right.values, &sum.values)
    return sum
  }

  /// Of the wanted outputs: the sum of their squares.
  var energy: Double {
    (0..<layer.groups).reduce(0) { sum, group in
      sum + (size - layer.outputs..<size).reduce(0) { $0 + values[(group * size + $1) * size + $1] }
    }
  }

  /// Of one group.
  subscript(group: Int) -> Group {
    Group(
      terms: layer.terms, outputs: layer.outputs,
      values: Array(values[(group * size * size)..<((group + 1) * size * size)]))
  }

  struct Group: Sendable {
    /// k and n.
    let terms: Int
    let outputs: Int
    let values: [Double]

    private var size: Int { terms + 1 + outputs }
    /// How many positions it is of.
    var count: Double { values[terms * size + terms] }
    func inputSum(_ term: Int) -> Double { values[term * size + terms] }
    func outputSum(_ output: Int) -> Double { values[terms * size + terms + 1 + output] }
    func outputSquare(_ output: Int) -> Double { values[(terms + 1 + output) * (size + 1)] }

    /// Of inputs with each other, `[k][k]`, upper triangle, and of inputs with outputs, `[k][n]`.
    var covariances: (inputs: [Double], outputs: [Double]) {
      var inputs = [Double](repeating: 0, count: terms * terms)
      var outputs = [Double](repeating: 0, count: terms * self.outputs)
      qcc_covariances(terms, self.outputs, values, &inputs, &outputs)
      return (inputs, outputs)
    }

    /// What weights `[k][n]` make of the inputs, per output: z = x w.
    func products(of weights: [Double]) -> [Product] {
      var sums = [Double](repeating: 0, count: outputs * 3)
      let isDone = qcc_moment_products(terms, outputs, values, weights, &sums)
      precondition(isDone, "out of memory")
      return (0..<outputs).map { Product(square: sums[3 * $0], wanted: sums[3 * $0 + 1], sum: sums[3 * $0 + 2]) }
    }

    /// The squared error of gain z + bias.
    func error(_ output: Int, _ z: Product, gain: Double, bias: Double) -> Double {
      let terms = [
        gain * gain * z.square, 2 * gain * bias * z.sum, bias * bias * count, -2 * gain * z.wanted,
        -2 * bias * outputSum(output), outputSquare(output),
      ]
      return max(0, terms.reduce(0, +))
    }
  }

  /// The sums of z^2, z y and z.
  struct Product {
    var square: Double
    var wanted: Double
    var sum: Double
  }
}
