import Diagnostics
import Quantization

/// QKeras' `scale_axis`, with `elements_per_scale` of its newer versions: along which axes scales differ.
package struct ScaleAxes: Sendable, Equatable {
  /// nil: the last axis.
  var axes: [Int]?
  /// As many as axes, or nil.
  var elementsPerScale: [Int]?

  init() {}

  init(_ arguments: inout QuantizerArguments) {
    axes = arguments.ints("scale_axis")
    elementsPerScale = arguments.ints("elements_per_scale")
    guard let runs = elementsPerScale else { return }
    guard let axes else {
      arguments.refuse("elements_per_scale without scale_axis", fix: "set scale_axis")
      elementsPerScale = nil
      return
    }
    if runs.count == 1 { elementsPerScale = Array(repeating: runs[0], count: axes.count) }
    if elementsPerScale?.count != axes.count || runs.contains(where: { $0 < 1 }) {
      arguments.refuse("elements_per_scale \(runs) with scale_axis \(axes)", supported: "one number above 0 per axis")
      elementsPerScale = nil
    }
  }

  /// One scale per index of each axis.
  func groups(shape: [Int], _ quantizer: String, at location: Diagnostic.Location) throws -> ScaleGroups {
    ScaleGroups(shape: shape, axes: try resolved(rank: shape.count, quantizer, at: location))
  }

  /// One scale per run of `elementsPerScale` neighbours.
  func fineGroups(shape: [Int], _ quantizer: String, at location: Diagnostic.Location) throws -> ScaleGroups {
    guard let runs = elementsPerScale else { return try groups(shape: shape, quantizer, at: location) }
    let axes = try resolved(rank: shape.count, quantizer, at: location)
    for (axis, run) in zip(axes, runs) where shape[axis] % run != 0 {
      throw Diagnostic(
        "\(quantizer): axis \(axis) of shape \(shape) is not a multiple of elements_per_scale = \(run)", at: location,
        fix: "choose a divisor of \(shape[axis])")
    }
    return ScaleGroups(
      shape: shape, elementsPerScale: Dictionary(zip(axes, runs), uniquingKeysWith: { first, _ in first }))
  }

  private func resolved(rank: Int, _ quantizer: String, at location: Diagnostic.Location) throws -> [Int] {
    guard let axes else { return rank > 0 ? [rank - 1] : [] }
    // Python's range(-1) is empty: no axis is left out of the maximum.
    if axes == [-1] { return [] }
    if let axis = axes.first(where: { !(0..<rank).contains($0) }) {
      throw Diagnostic(
        "\(quantizer): scale_axis = \(axis) on a tensor with \(rank) axes", at: location,
        supported: "0...\(max(rank - 1, 0))")
    }
    return axes
  }
}
