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
    func positions(_ start: Int, _ size: Int, _ dilation: Int, _ extent: Int) -> [Int] {
      Swift.stride(from: start, to: start + size * dilation, by: dilation).filter { (0..<extent).contains($0) }
    }
    for row in 0..<output[0] {
      for column in 0..<output[1] {
        let rows = positions(row * stride.rows - padding.top, size.rows, dilation.rows, input[0])
        let columns = positions(column * stride.columns - padding.left, size.columns, dilation.columns, input[1])
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

  /// `3x3, stride 2`
  var words: String {
    "\(size.rows)x\(size.columns)" + (stride == .one ? "" : ", stride \(stride.words)")
      + (dilation == .one ? "" : ", dilation \(dilation.words)")
  }
}

extension Extent {
  fileprivate var words: String { rows == columns ? "\(rows)" : "\(rows)x\(columns)" }
}
