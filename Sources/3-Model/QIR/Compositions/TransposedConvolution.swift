import Numbers
import Quantization

/// The convolution whose strides spread the input's pixels apart (Keras `Conv2DTranspose`, ONNX `ConvTranspose`):
/// y[o] = bias + sum of x[i] kernel[t] over all i and t with i x stride + t x dilation = o + cut, along rows and columns.
///
/// Plain convolutions do it: every stride-th pixel of the result is one of them, with every stride-th tap of the kernel, and their
/// results stand side by side.
package struct TransposedConvolution {
  /// Along rows or along columns.
  package struct Axis {
    package var taps: Int
    package var stride: Int
    package var dilation: Int
    /// How many of the first pixels are taken away.
    package var cut: Int
    /// How many pixels are left.
    package var result: Int

    package init(taps: Int, stride: Int, dilation: Int, cut: Int, result: Int) {
      self.taps = taps
      self.stride = stride
      self.dilation = dilation
      self.cut = cut
      self.result = result
    }

    /// One pixel that stays one.
    package static let single = Axis(taps: 1, stride: 1, dilation: 1, cut: 0, result: 1)
  }

  /// Kernel rows x kernel columns x input channels per group x output channels (HWIO).
  package var kernel: Parameter
  package var bias: Parameter?
  package var groups: Int
  package var rows: Axis
  package var columns: Axis

  package init(kernel: Parameter, bias: Parameter?, groups: Int, rows: Axis, columns: Axis) {
    self.kernel = kernel
    self.bias = bias
    self.groups = groups
    self.rows = rows
    self.columns = columns
  }

  /// Whether every convolution that it is made of meets the feature map of shape `shape` somewhere.
  package func meets(_ shape: Shape) -> Bool {
    (rows.phases(over: shape.extents[0]) + columns.phases(over: shape.extents[1])).allSatisfy { !$0.read.isEmpty }
  }

  /// Appends its nodes over a feature map of shape `shape`, which it meets, all but the last one.
  package func append(over input: NodeID, of shape: Shape, to builder: inout some NodeBuilder) throws -> PendingNode {
    let (height, width) = (rows.phases(over: shape.extents[0]), columns.phases(over: shape.extents[1]))
    let isOne = height.count * width.count == 1
    var parts: [NodeID] = []
    for (row, vertical) in height.enumerated() {
      var pixels: [NodeID] = []
      for (column, horizontal) in width.enumerated() {
        let name = "phase\(row * width.count + column)"
        let part = try convolution(vertical, horizontal, over: input, of: shape, name, &builder)
        if isOne { return part }
        pixels.append(try builder.append(part.op, name, inputs: part.inputs))
      }
      parts.append(try interleaved(pixels, "row\(row)", of: [rows.positions * columns.positions], &builder))
    }
    let all = try interleaved(parts, "rows", of: [rows.positions, columns.grown], &builder)
    let grown = ReshapeOp(shape: Shape([rows.grown, columns.grown, kernel.shape[3]]))
    guard rows.grown > rows.result || columns.grown > columns.result else {
      return PendingNode(op: grown, inputs: [all])
    }
    let whole = try builder.append(grown, "grown", inputs: [all])
    return PendingNode(
      op: SelectOp(axes: [.chosen(Array(0..<rows.result)), .chosen(Array(0..<columns.result)), .all]), inputs: [whole])
  }

  /// Tensors of one size in turn along the first of these extents, of which each has so many positions.
  private func interleaved(
    _ parts: [NodeID], _ name: String, of extents: [Int], _ builder: inout some NodeBuilder
  ) throws -> NodeID {
    let shape = Shape([extents[0], 1] + extents[1...] + [kernel.shape[3]])
    var seen: [NodeID] = []
    for (index, part) in parts.enumerated() {
      seen.append(try builder.append(ReshapeOp(shape: shape), "\(name)/part\(index)", inputs: [part]))
    }
    return seen.count == 1 ? seen[0] : try builder.append(ConcatenateOp(axis: 1), name, inputs: seen)
  }

  /// The convolution of one phase.
  private func convolution(
    _ vertical: Phase, _ horizontal: Phase, over input: NodeID, of shape: Shape, _ name: String,
    _ builder: inout some NodeBuilder
  ) throws -> PendingNode {
    var source = input
    let read = [vertical.read, horizontal.read]
    if read[0].count < shape.extents[0] || read[1].count < shape.extents[1] {
      let axes = read.map { AxisPositions.chosen(Array($0)) } + [.all]
      source = try builder.append(SelectOp(axes: axes), "\(name)/input", inputs: [input])
    }
    let window = Window(
      size: Extents(rows: vertical.taps.count, columns: horizontal.taps.count),
      dilation: Extents(rows: vertical.dilation, columns: horizontal.dilation),
      padding: Padding(
        top: vertical.before, bottom: vertical.after, left: horizontal.before, right: horizontal.after))
    let taps = kernel.taking(rows: vertical.taps, columns: horizontal.taps)
    if groups == shape.channels, groups > 1, groups == kernel.shape[3] {
      let depthwise = taps.reshaped(to: Array(taps.shape[..<2]) + [groups, 1])
      return PendingNode(op: DepthwiseConvolutionOp(kernel: depthwise, bias: bias, window: window), inputs: [source])
    }
    return PendingNode(op: ConvolutionOp(kernel: taps, bias: bias, window: window, groups: groups), inputs: [source])
  }
}

/// Every stride-th pixel of the result, along one axis: a convolution of its own.
private struct Phase {
  /// Of the kernel, in the order in which a window meets them; nil for a zero in their place, where none falls on these pixels.
  var taps: [Int?]
  var dilation: Int
  /// Zeros around what it reads.
  var before: Int
  var after: Int
  /// Which pixels of the input it reads.
  var read: Range<Int>
}

extension TransposedConvolution.Axis {
  /// How many pixels each phase has.
  fileprivate var positions: Int { (result + stride - 1) / stride }
  /// Phases that have pixels in the result.
  private var phaseCount: Int { min(stride, result) }
  /// The pixels of all phases.
  fileprivate var grown: Int { positions * phaseCount }

  fileprivate func phases(over extent: Int) -> [Phase] {
    (0..<phaseCount).map { index in
      let (first, rest) = (index + cut).quotientAndRemainder(dividingBy: stride)
      // Pixel `first` + j of the input meets tap t at pixel j of the phase, (t x dilation - rest) / stride pixels earlier.
      let found = (0..<taps).filter { ($0 * dilation - rest).isMultiple(of: stride) }
      let earlier = found.map { ($0 * dilation - rest) / stride }
      let (most, least) = (earlier.last ?? 0, earlier.first ?? 0)
      let (start, end) = (first - most, first + positions - 1 - least)
      let read = max(start, 0)..<max(min(end + 1, extent), max(start, 0))
      return Phase(
        taps: found.isEmpty ? [nil] : found.reversed(), dilation: found.count > 1 ? earlier[1] - earlier[0] : 1,
        before: max(-start, 0), after: max(end - (extent - 1), 0), read: read)
    }
  }
}

extension Parameter {
  /// Of a kernel [rows, columns, inputs, outputs] some rows and columns, in this order; zeros where there is none.
  fileprivate func taking(rows: [Int?], columns: [Int?]) -> Parameter {
    let (width, area) = (shape[1], shape[2] * shape[3])
    let shape = [rows.count, columns.count] + shape[2...]
    func taken<Number: Numeric>(_ numbers: [Number]) -> [Number] {
      rows.flatMap { row in
        columns.flatMap { column -> [Number] in
          guard let row, let column else { return Array(repeating: 0, count: area) }
          let start = (row * width + column) * area
          return Array(numbers[start..<start + area])
        }
      }
    }
    switch self {
    case .real(let numbers, _): return .real(taken(numbers), shape: shape)
    case .quantized(var tensor):
      tensor.codes = IntegerArray(taken(tensor.codes.widened))
      tensor.shape = shape
      return .quantized(tensor)
    }
  }

  /// The same numbers, of as many output channels.
  fileprivate func reshaped(to shape: [Int]) -> Parameter {
    switch self {
    case .real(let numbers, _): return .real(numbers, shape: shape)
    case .quantized(var tensor):
      // A scale per output channel is one per channel of a depthwise kernel.
      if tensor.scales.count > 1, tensor.scaleAxis == 3 { tensor.scaleAxis = 2 }
      tensor.shape = shape
      return .quantized(tensor)
    }
  }
}
