import Diagnostics

/// A window that comes to one number per position and channel.
extension Window {
  func pooledShape(of input: Shape, at location: Diagnostic.Location) throws -> Shape {
    let positions = try positions(over: input, at: location)
    return Shape([positions.rows, positions.columns, input.channels])
  }

  /// `reduce` over the pixels of each window that lie inside the feature map.
  func pool(_ operands: Operands, _ reduce: ([Double]) -> Double) -> [Double] {
    let (input, output) = (operands.shapes[0].extents, operands.resultShape.extents)
    let values = operands.inputs[0]
    var result: [Double] = []
    result.reserveCapacity(operands.resultShape.elements)
    var inside: [Double] = []
    for row in 0..<output[0] {
      for column in 0..<output[1] {
        let (rows, columns) = pixels(at: row, column, inside: input)
        for channel in 0..<input[2] {
          inside.removeAll(keepingCapacity: true)
          for y in rows {
            for x in columns { inside.append(values[(y * input[1] + x) * input[2] + channel]) }
          }
          result.append(reduce(inside))
        }
      }
    }
    return result
  }

  /// Rows and columns of the window at a position, as far as they lie inside a feature map.
  private func pixels(at row: Int, _ column: Int, inside input: [Int]) -> (rows: [Int], columns: [Int]) {
    func positions(_ start: Int, _ size: Int, _ dilation: Int, _ extent: Int) -> [Int] {
      Swift.stride(from: start, to: start + size * dilation, by: dilation).filter { (0..<extent).contains($0) }
    }
    return (
      positions(row * stride.rows - padding.top, size.rows, dilation.rows, input[0]),
      positions(column * stride.columns - padding.left, size.columns, dilation.columns, input[1])
    )
  }

  /// The elements of the feature map that an element of a pool's result is made of.
  func pixels(of element: Int, over input: Shape, positions: Shape) -> [Int] {
    let place = positions.index(of: element)
    let (rows, columns) = pixels(at: place[0], place[1], inside: input.extents)
    return rows.flatMap { y in columns.map { (y * input.extents[1] + $0) * input.channels + place[2] } }
  }

  /// The weights of a kernel [rows, columns, input channels / groups, output channels], or of a depthwise one, for an element of
  /// a convolution, and the elements of the feature map that they are multiplied with.
  func taps(of element: Int, _ operands: ExactOperands, groups: Int) -> [(weight: Int, input: Int)] {
    let (input, outputChannels) = (operands.shapes[0].extents, operands.resultShape.channels)
    let place = operands.resultShape.index(of: element)
    let inputsPerGroup = input[2] / groups
    let first = place[2] / (outputChannels / groups) * inputsPerGroup
    let (top, left) = (place[0] * stride.rows - padding.top, place[1] * stride.columns - padding.left)
    let (rows, columns) = pixels(at: place[0], place[1], inside: input)
    return rows.flatMap { y in
      columns.flatMap { x in
        let tap = (y - top) / dilation.rows * size.columns + (x - left) / dilation.columns
        return (0..<inputsPerGroup).map { channel in
          (
            (tap * inputsPerGroup + channel) * outputChannels + place[2],
            (y * input[1] + x) * input[2] + first + channel
          )
        }
      }
    }
  }

  /// `3x3, stride 2`
  var words: String {
    "\(size.rows)x\(size.columns)" + (stride == .one ? "" : ", stride \(stride.words)")
      + (dilation == .one ? "" : ", dilation \(dilation.words)")
  }
}

extension Extent {
  fileprivate var words: String { rows == columns ? "\(rows)" : "\(rows)x\(columns)" }
}
