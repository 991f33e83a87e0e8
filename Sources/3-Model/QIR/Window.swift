import CValueKernels
import Diagnostics
import Numbers

/// Rows and columns around a feature map.
package struct Padding: Hashable, Sendable {
  package var top: Int
  package var bottom: Int
  package var left: Int
  package var right: Int

  package init(top: Int = 0, bottom: Int = 0, left: Int = 0, right: Int = 0) {
    self.top = top
    self.bottom = bottom
    self.left = left
    self.right = right
  }

  package static let none = Padding()
  package var isNone: Bool { self == .none }

  /// TensorFlow's `same`: output = ceil(input / stride), what is odd goes to the bottom and the right.
  package static func same(input: Extents, kernel: Extents, stride: Extents, dilation: Extents) -> Padding {
    func split(_ input: Int, _ kernel: Int, _ stride: Int, _ dilation: Int) -> (Int, Int) {
      let output = (input + stride - 1) / stride
      let total = max((output - 1) * stride + (kernel - 1) * dilation + 1 - input, 0)
      return (total / 2, total - total / 2)
    }
    let (top, bottom) = split(input.rows, kernel.rows, stride.rows, dilation.rows)
    let (left, right) = split(input.columns, kernel.columns, stride.columns, dilation.columns)
    return Padding(top: top, bottom: bottom, left: left, right: right)
  }
}

/// A kernel or pooling window on its way over a feature map.
package struct Window: Hashable, Sendable {
  package var size: Extents
  package var stride: Extents
  package var dilation: Extents
  package var padding: Padding

  package init(size: Extents, stride: Extents = .one, dilation: Extents = .one, padding: Padding = .none) {
    self.size = size
    self.stride = stride
    self.dilation = dilation
    self.padding = padding
  }

  /// How many positions it takes over a feature map of shape `input`.
  package func positions(over input: Shape, at location: Diagnostic.Location) throws -> Extents {
    let extents = [size.rows, size.columns, stride.rows, stride.columns, dilation.rows, dilation.columns]
    let sides = [padding.top, padding.bottom, padding.left, padding.right]
    try require(
      extents.allSatisfy { (1...65536).contains($0) } && sides.allSatisfy { (0...65536).contains($0) },
      "a window of \(size) with stride \(stride), dilation "
        + "\(dilation) and padding \(sides)", at: location,
      supported: "sizes, strides and dilations of 1 to 65536, paddings of 0 to 65536")
    let rows = input.extents[0] + padding.top + padding.bottom - (size.rows - 1) * dilation.rows - 1
    let columns = input.extents[1] + padding.left + padding.right - (size.columns - 1) * dilation.columns - 1
    try require(
      rows >= 0 && columns >= 0,
      "a window of \(size) is larger than the feature map of shape \(input)", at: location,
      fix: "use padding='same' or a smaller window")
    return Extents(rows: rows / stride.rows + 1, columns: columns / stride.columns + 1)
  }

  /// For the kernels in C: of a convolution from one feature map to another.
  package func geometry(from input: Shape, to output: Shape, groups: Int) -> qcc_conv_geometry {
    let (input, output) = (input.extents, output.extents)
    return qcc_conv_geometry(
      in_height: Int32(input[0]), in_width: Int32(input[1]), in_channels: Int32(input[2]),
      out_height: Int32(output[0]), out_width: Int32(output[1]), out_channels: Int32(output[2]),
      kernel_height: Int32(size.rows), kernel_width: Int32(size.columns),
      stride_height: Int32(stride.rows), stride_width: Int32(stride.columns),
      dilation_height: Int32(dilation.rows), dilation_width: Int32(dilation.columns),
      pad_top: Int32(padding.top), pad_left: Int32(padding.left), groups: Int32(groups))
  }

  // MARK: A window that comes to one number per position and channel

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
    func short(_ steps: Extents) -> String { steps.rows == steps.columns ? "\(steps.rows)" : "\(steps)" }
    return "\(size)" + (stride == .one ? "" : ", stride \(short(stride))")
      + (dilation == .one ? "" : ", dilation \(short(dilation))")
  }
}
