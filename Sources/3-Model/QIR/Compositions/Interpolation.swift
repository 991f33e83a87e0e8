import Numbers
import Quantization

/// Larger maps by linear interpolation along rows and columns, by whole factors: each of the factor x factor phases of the result is a
/// mean of the neighbours of its pixel with weights of its own, so all of them are one depthwise convolution with as many
/// channels, whose pixels are spread apart. Beyond the edges the outermost pixels are repeated.
package struct Interpolation {
  /// Along rows or columns.
  package struct Axis {
    package var factor: Int
    /// Whether pixels are areas, whose centers lie half a pixel from the edge, or points, the first of which stays where it is.
    package var isCentered: Bool

    package init(factor: Int, isCentered: Bool) {
      self.factor = factor
      self.isCentered = isCentered
    }

    /// What weights are multiples of.
    fileprivate var unit: Int { isCentered && factor > 1 ? 2 * factor : factor }

    /// By phase: how many units behind its pixel it lies.
    private var places: [Int] { (0..<factor).map { isCentered ? 2 * $0 + 1 - factor : $0 } }

    /// Of the neighbours, from the one before the pixel to the one behind it, in units, by phase.
    fileprivate var weights: [[Int]] {
      places.map { place in
        (-1...1).map { max(unit - abs(place - $0 * unit), 0) }
      }
    }
  }

  package var rows: Axis
  package var columns: Axis

  package init(rows: Axis, columns: Axis) {
    self.rows = rows
    self.columns = columns
  }

  /// What does it, one operator behind the other, over a feature map of shape `shape`.
  package func operators(over shape: Shape) -> [any Operator] {
    let (height, width, channels) = (shape.extents[0], shape.extents[1], shape.extents[2])
    func edged(_ extent: Int) -> AxisPositions { .chosen((-1...extent).map { $0.clamped(to: 0...extent - 1) }) }
    let phases = rows.weights.flatMap { vertical in columns.weights.map { (vertical, $0) } }
    var codes: [Int64] = []
    for row in 0..<3 {
      for column in 0..<3 {
        for _ in 0..<channels {
          codes += phases.map { vertical, horizontal in Int64(vertical[row] * horizontal[column]) }
        }
      }
    }
    let kernel = QuantizedTensor(
      shape: [3, 3, channels, phases.count], codes: codes,
      scales: [.one / Rational(Int64(rows.unit * columns.unit))],
      bits: IntegerType.narrowestSigned(holding: codes.hull() ?? 0...0).bits)
    return [
      SelectOp(axes: [edged(height), edged(width), .all]),
      DepthwiseConvolutionOp(
        kernel: .quantized(kernel), bias: nil, window: Window(size: Extents(rows: 3, columns: 3))),
      ReshapeOp(shape: Shape([height, width, channels, rows.factor, columns.factor])),
      TransposeOp(permutation: [0, 3, 1, 4, 2]),
      ReshapeOp(shape: Shape([height * rows.factor, width * columns.factor, channels])),
    ]
  }
}
