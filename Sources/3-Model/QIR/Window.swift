import CValueKernels
import Diagnostics

/// Rows and columns of something that moves over a feature map.
package struct Extent: Hashable, Sendable {
  package var rows: Int
  package var columns: Int

  package init(rows: Int, columns: Int) {
    self.rows = rows
    self.columns = columns
  }

  package static let one = Extent(rows: 1, columns: 1)
  package var area: Int { rows * columns }
}

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
  package static func same(input: Extent, kernel: Extent, stride: Extent, dilation: Extent) -> Padding {
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
  package var size: Extent
  package var stride: Extent
  package var dilation: Extent
  package var padding: Padding

  package init(size: Extent, stride: Extent = .one, dilation: Extent = .one, padding: Padding = .none) {
    self.size = size
    self.stride = stride
    self.dilation = dilation
    self.padding = padding
  }

  /// How many positions it takes over a feature map of shape `input`.
  package func positions(over input: Shape, at location: Diagnostic.Location) throws -> Extent {
    let extents = [size.rows, size.columns, stride.rows, stride.columns, dilation.rows, dilation.columns]
    let sides = [padding.top, padding.bottom, padding.left, padding.right]
    guard extents.allSatisfy({ (1...65536).contains($0) }), sides.allSatisfy({ (0...65536).contains($0) }) else {
      throw Diagnostic(
        "a window of \(size.rows)x\(size.columns) with stride \(stride.rows)x\(stride.columns), dilation "
          + "\(dilation.rows)x\(dilation.columns) and padding \(sides)",
        at: location, supported: "sizes, strides and dilations of 1 to 65536, paddings of 0 to 65536")
    }
    let rows = input.extents[0] + padding.top + padding.bottom - (size.rows - 1) * dilation.rows - 1
    let columns = input.extents[1] + padding.left + padding.right - (size.columns - 1) * dilation.columns - 1
    guard rows >= 0, columns >= 0 else {
      throw Diagnostic(
        "a window of \(size.rows)x\(size.columns) is larger than the feature map of shape \(input)", at: location,
        fix: "use padding='same' or a smaller window")
    }
    return Extent(rows: rows / stride.rows + 1, columns: columns / stride.columns + 1)
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
}
