import Numbers
import QIR

/// Where a window stands along one axis of space.
struct WindowAxis {
  var size: Int
  var stride = 1
  var dilation = 1
  /// Padding on both sides.
  var before = 0
  var after = 0

  /// The same with padding no further than another one's.
  func padding(within other: WindowAxis) -> WindowAxis {
    var axis = self
    (axis.before, axis.after) = (min(before, other.before), min(after, other.after))
    return axis
  }

  /// Leaves what lies behind another one's padding.
  mutating func removePadding(within other: WindowAxis) {
    (before, after) = (before - min(before, other.before), after - min(after, other.after))
  }

  private var span: Int { (size - 1) * dilation + 1 }

  /// ONNX SAME_UPPER, SAME_LOWER: ceil(extent / stride) positions; what is odd goes to the end, or to the beginning.
  fileprivate mutating func padSame(over extent: Int, upper: Bool) {
    let positions = (extent + stride - 1) / stride
    let total = max((positions - 1) * stride + span - extent, 0)
    before = upper ? total / 2 : total - total / 2
    after = total - before
  }

  /// The last window may end behind the padding, but has to begin inside the map or the padding in front of it.
  fileprivate mutating func roundUp(over extent: Int) {
    let room = extent + before + after - span
    guard room >= 0 else { return }
    var positions = (room + stride - 1) / stride + 1
    if (positions - 1) * stride >= extent + before { positions -= 1 }
    // Padding up to where the last window ends, and no further.
    after = max((positions - 1) * stride + span - extent - before, 0)
  }
}

extension Window {
  /// A window over rows and columns, or over the columns of a single row.
  init(_ axes: ArraySlice<WindowAxis>) {
    let row = axes.count == 2 ? axes[axes.startIndex] : WindowAxis(size: 1)
    let column = axes[axes.endIndex - 1]
    self.init(
      size: Extents(rows: row.size, columns: column.size), stride: Extents(rows: row.stride, columns: column.stride),
      dilation: Extents(rows: row.dilation, columns: column.dilation),
      padding: Padding(
        top: row.before, bottom: row.after, left: column.before, right: column.after))
  }
}

/// The attributes of convolutions and pools that say where their windows stand. One number per axis of space.
struct WindowAttributes {
  private let kernelShape: [Int]?
  private let strides: [Int]?
  private let dilations: [Int]?
  private let pads: [Int]?
  private var autoPad: String

  init(_ reader: inout NodeReader) throws {
    kernelShape = try reader.ints("kernel_shape")
    strides = try reader.ints("strides")
    dilations = try reader.ints("dilations")
    pads = try reader.ints("pads")
    autoPad = try reader.string("auto_pad", default: "NOTSET")
    try reader.require(
      ["NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER"].contains(autoPad), "auto_pad = '\(autoPad)'",
      supported: "NOTSET, VALID, SAME_UPPER, SAME_LOWER")
    try reader.require(
      autoPad == "NOTSET" || pads?.allSatisfy { $0 == 0 } ?? true, "auto_pad = '\(autoPad)' beside pads",
      supported: "one of them")
  }

  /// The axes of a ConvTranspose.
  ///
  /// - Parameters:
  ///   - size: of the kernel.
  ///   - extents: of the feature map's axes of space.
  func transposedAxes(size: [Int], over extents: [Int], _ reader: inout NodeReader) throws -> [TransposedConvolution
    .Axis]
  {
    let count = extents.count
    let outputPadding = try reader.ints("output_padding") ?? Array(repeating: 0, count: count)
    let outputShape = try reader.ints("output_shape")
    try reader.require(
      outputPadding.count == count && outputPadding.allSatisfy { (0...65536).contains($0) },
      "output_padding = \(outputPadding)", supported: "\(count) numbers from 0 on")
    try reader.require(
      outputShape?.count ?? count == count, "output_shape = \(outputShape ?? [])", supported: "\(count) numbers")
    var plain = self
    plain.autoPad = "NOTSET"
    return try zip(plain.axes(size: size, over: extents, reader), extents).enumerated().map { axis, window in
      let (window, extent) = window
      let all = (extent - 1) * window.stride + outputPadding[axis] + (window.size - 1) * window.dilation + 1
      var (before, result) = (window.before, all - window.before - window.after)
      // What is too much goes to the end, or to the beginning.
      if let wanted = outputShape?[axis] ?? (autoPad.hasPrefix("SAME") ? extent * window.stride : nil) {
        let total = max(all - wanted, 0)
        (before, result) = (autoPad == "SAME_UPPER" ? total / 2 : total - total / 2, wanted)
      }
      try reader.require(
        (1...65536).contains(result), "a result of \(result) positions along axis \(axis + 2)", supported: "1 to 65536")
      return .init(taps: window.size, stride: window.stride, dilation: window.dilation, cut: before, result: result)
    }
  }

  /// - Parameters:
  ///   - size: of the kernel; nil, of a pool, takes the attribute.
  ///   - extents: of the feature map's axes of space.
  func axes(size: [Int]?, over extents: [Int], ceil: Bool = false, _ reader: NodeReader) throws -> [WindowAxis] {
    let count = extents.count
    let hasWeights = size != nil
    guard let size = size ?? kernelShape else { throw reader.problem("no kernel_shape") }
    if let kernelShape, kernelShape != size {
      throw reader.problem("kernel_shape = \(kernelShape) for a kernel of \(size)")
    }
    let strides = strides ?? Array(repeating: 1, count: count)
    let dilations = dilations ?? Array(repeating: 1, count: count)
    let pads = pads ?? Array(repeating: 0, count: 2 * count)
    let found = "kernel_shape \(size), strides \(strides), dilations \(dilations), pads \(pads)"
    try reader.require(
      size.count == count && strides.count == count && dilations.count == count && pads.count == 2 * count, found,
      supported: "\(count) numbers, \(2 * count) pads")
    let limit = 65536
    try reader.require(
      (size + strides + dilations).allSatisfy { (1...limit).contains($0) }
        && pads.allSatisfy { (0...limit).contains($0) }, found, supported: "1 to \(limit), pads 0 to \(limit)")
    // ONNX Runtime's rule: the first window of a pool lies in the padding alone otherwise.
    try reader.require(
      hasWeights || pads.indices.allSatisfy { pads[$0] < size[$0 % count] }, found,
      supported: "pads smaller than the window of a pool")
    return (0..<count).map { axis in
      var window = WindowAxis(size: size[axis], stride: strides[axis], dilation: dilations[axis])
      if autoPad == "NOTSET" {
        window.before = pads[axis]
        window.after = pads[count + axis]
      } else if autoPad != "VALID" {
        window.padSame(over: extents[axis], upper: autoPad == "SAME_UPPER")
      }
      if ceil { window.roundUp(over: extents[axis]) }
      return window
    }
  }
}
