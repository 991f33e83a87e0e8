import QIR

/// The attributes of convolutions and pools that say where their windows stand. One number per axis of space.
struct WindowAttributes {
  private let kernelShape: [Int]?
  private let strides: [Int]?
  private let dilations: [Int]?
  private let pads: [Int]?
  private let autoPad: String

  init(_ reader: inout NodeReader) throws {
    kernelShape = try reader.ints("kernel_shape")
    strides = try reader.ints("strides")
    dilations = try reader.ints("dilations")
    pads = try reader.ints("pads")
    autoPad = try reader.string("auto_pad", default: "NOTSET")
    guard ["NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER"].contains(autoPad) else {
      throw reader.problem("auto_pad = '\(autoPad)'", supported: "NOTSET, VALID, SAME_UPPER, SAME_LOWER")
    }
  }

  /// - Parameters:
  ///   - size: of the kernel; nil takes the attribute.
  ///   - extents: of the feature map's axes of space.
  func window(size: [Int]?, over extents: [Int], ceil: Bool = false, _ reader: NodeReader) throws -> Window {
    let axes = extents.count
    guard let size = size ?? kernelShape else { throw reader.problem("no kernel_shape") }
    if let kernelShape, kernelShape != size {
      throw reader.problem("kernel_shape = \(kernelShape) for a kernel of \(size)")
    }
    let strides = strides ?? Array(repeating: 1, count: axes)
    let dilations = dilations ?? Array(repeating: 1, count: axes)
    let given = pads ?? Array(repeating: 0, count: 2 * axes)
    guard size.count == axes, strides.count == axes, dilations.count == axes, given.count == 2 * axes else {
      throw reader.problem(
        "kernel_shape \(size), strides \(strides), dilations \(dilations), pads \(given)",
        supported: "\(axes) numbers, \(2 * axes) pads")
    }
    let numbers = size + strides + dilations
    guard numbers.allSatisfy({ (1...65536).contains($0) }), given.allSatisfy({ (0...65536).contains($0) }) else {
      throw reader.problem(
        "kernel_shape \(size), strides \(strides), dilations \(dilations), pads \(given)",
        supported: "1 to 65536, pads 0 to 65536")
    }
    var before = Array(given[..<axes])
    var after = Array(given[axes...])
    for axis in 0..<axes {
      let span = (size[axis] - 1) * dilations[axis] + 1
      switch autoPad {
      case "SAME_UPPER", "SAME_LOWER":
        let positions = (extents[axis] + strides[axis] - 1) / strides[axis]
        let total = max((positions - 1) * strides[axis] + span - extents[axis], 0)
        before[axis] = autoPad == "SAME_UPPER" ? total / 2 : total - total / 2
        after[axis] = total - before[axis]
      case "VALID": (before[axis], after[axis]) = (0, 0)
      default: break
      }
      if ceil {
        // The last window may hang over, but has to begin inside the map or its leading padding.
        let room = extents[axis] + before[axis] + after[axis] - span
        guard room >= 0 else { continue }
        var positions = (room + strides[axis] - 1) / strides[axis] + 1
        if (positions - 1) * strides[axis] >= extents[axis] + before[axis] { positions -= 1 }
        after[axis] = max(after[axis], (positions - 1) * strides[axis] + span - extents[axis] - before[axis])
      }
    }
    let first = axes == 2 ? 0 : nil as Int?
    let last = axes - 1
    return Window(
      size: Extent(rows: first.map { size[$0] } ?? 1, columns: size[last]),
      stride: Extent(rows: first.map { strides[$0] } ?? 1, columns: strides[last]),
      dilation: Extent(rows: first.map { dilations[$0] } ?? 1, columns: dilations[last]),
      padding: Padding(
        top: first.map { before[$0] } ?? 0, bottom: first.map { after[$0] } ?? 0, left: before[last],
        right: after[last]))
  }
}
