import Diagnostics
import Numbers
import QIR

/// Operators that make larger and smaller maps.
enum ResizeOperators {
  static let rows = [
    OperatorRow(
      "Resize",
      notes:
        "nearest, in all ways to round; linear along one or two axes of space, without antialias where maps shrink; all "
        + "coordinates but tf_crop_and_resize; constant scales or sizes",
      read: { try resize(&$0) }),
    OperatorRow("Upsample", notes: "as Resize", read: { try upsample(&$0) }),
  ]

  private static func resize(_ reader: inout NodeReader) throws {
    let isFirstForm = reader.opset < 11
    let mode = try reader.string("mode", default: "nearest")
    let coordinates = reader.check { reader in
      try isFirstForm
        ? .asymmetric
        : reader.word("coordinate_transformation_mode", default: .half_pixel, of: Coordinates.self)
    }
    let rounding = reader.check { reader in
      try isFirstForm ? .floor : reader.word("nearest_mode", default: .round_prefer_floor, of: NearestMode.self)
    }
    // Of other modes.
    reader.ignore("cubic_coeff_a", "exclude_outside", "extrapolation_value")
    let isSmoothed = reader.check { try $0.flag("antialias", default: false) }
    let policy = reader.check { reader in
      try reader.word("keep_aspect_ratio_policy", default: .stretch, of: AspectRatioPolicy.self)
    }
    let given = try reader.ints("axes")
    let map = try reader.map(0)
    try reader.require(
      ["nearest", "linear"].contains(mode), "mode = '\(mode)'", supported: "nearest, linear",
      fix: "train with one of these in its place")
    guard let coordinates, let rounding, let policy, let isSmoothed else { throw Skipped() }
    let axes = try given?.map { try reader.axis($0, rank: map.shape.count) } ?? Array(map.shape.indices)
    let scaling = try Scaling(
      scales: isFirstForm ? 1 : 2, sizes: isFirstForm ? nil : 3, of: axes.map { map.shape[$0] },
      hasBatch: given == nil, keeping: policy, reader)
    try reader.require(
      coordinates != .align_corners || scaling.axes.allSatisfy { ($0.scale * Rational(Int64($0.extent))).isInteger },
      "align_corners with scales of which sizes are no whole numbers, which ONNX and ONNX Runtime read differently",
      supported: "scales that make whole sizes", fix: "say sizes in place of scales")
    if mode == "linear" {
      try reader.require(
        !isSmoothed || scaling.axes.allSatisfy { $0.scale >= .one }, "antialias = 1 of a map that shrinks",
        supported: "0, which takes two pixels along an axis", fix: "average with a pool in front of it, and train again"
      )
      return try reader.produce(.map(interpolate(map, zip(axes, scaling.axes).map { ($0, $1) }, coordinates, &reader)))
    }
    let selections = zip(axes, scaling.axes).filter { $0.1.isScaled }.map { axis, scaled in
      (axis: axis, positions: scaled.positions(coordinates, rounding))
    }
    try reader.produce(.map(reader.select(selections, of: map)))
  }

  private static func interpolate(
    _ map: FeatureMap, _ axes: [(axis: Int, scaled: Scaling.Axis)], _ coordinates: Coordinates,
    _ reader: inout NodeReader
  ) throws -> FeatureMap {
    let grown = axes.filter(\.scaled.isScaled)
    guard !grown.isEmpty else { return map }
    try reader.require(
      (3...4).contains(map.shape.count) && (reader.firstDataAxis == 1 || map.shape[0] == 1)
        && grown.allSatisfy { $0.axis >= 2 },
      "linear interpolation of shape \(map.shape) to \(grown.map(\.scaled.result)) along axes \(grown.map(\.axis))",
      supported: "the axes behind the channels, of which there are one or two")
    let space = Array(2..<map.shape.count)
    let scaled = space.map { axis in
      grown.first { $0.axis == axis }?.scaled.interpolation(coordinates) ?? .init(unchanged: map.shape[axis])
    }
    let plane = try Plane(&reader, map, axes: space)
    let operators = try reader.require(
      Interpolation(rows: scaled.count == 2 ? scaled[0] : .init(unchanged: 1), columns: scaled[scaled.count - 1])
        .operators(over: reader.importer.graph[plane.node].shape),
      "linear interpolation from \(grown.map(\.scaled.extent)) to \(grown.map(\.scaled.result)) positions, which takes "
        + "too many different weights",
      supported: "sizes, or scales, whose ratios are short fractions",
      fix: "say sizes in place of scales, or coordinates other than align_corners")
    var result = plane.node
    for op in operators.dropLast() { result = try reader.append(op, type(of: op).mnemonic, inputs: [result]) }
    return try plane.append(operators[operators.count - 1], of: [result], to: &reader)
  }

  /// Opset 9 and before; it says no more than Resize does in opset 10.
  private static func upsample(_ reader: inout NodeReader) throws {
    let mode = try reader.string("mode", default: "nearest")
    let map = try reader.map(0)
    try reader.require(
      ["nearest", "linear"].contains(mode), "mode = '\(mode)'", supported: "nearest, linear",
      fix: "train with one of these in its place")
    let scaling = try Scaling(scales: 1, sizes: nil, of: map.shape, reader)
    if mode == "linear" {
      let axes = zip(map.shape.indices, scaling.axes).map { (axis: $0, scaled: $1) }
      return try reader.produce(.map(interpolate(map, axes, .asymmetric, &reader)))
    }
    let selections = zip(map.shape.indices, scaling.axes).filter { $0.1.isScaled }.map { axis, scaled in
      (axis: axis, positions: scaled.positions(.asymmetric, .floor))
    }
    try reader.produce(.map(reader.select(selections, of: map)))
  }
}

/// From which position of an axis a position of the result comes, before it is rounded (ONNX
/// `coordinate_transformation_mode`).
enum Coordinates: String, CaseIterable {
  case half_pixel, half_pixel_symmetric, pytorch_half_pixel, align_corners, asymmetric, tf_half_pixel_for_nn
}

/// Which neighbour is the nearest one (ONNX `nearest_mode`).
enum NearestMode: String, CaseIterable {
  case round_prefer_floor, round_prefer_ceil, floor, ceil
}

/// Whether sizes are those of the result, or bounds for one of the same proportions (ONNX `keep_aspect_ratio_policy`).
enum AspectRatioPolicy: String, CaseIterable {
  case stretch, not_larger, not_smaller
}

/// What a Resize makes of axes.
struct Scaling {
  /// An axis of `extent` positions that becomes one of `result`; `scale` is what the model says of it.
  struct Axis {
    var extent: Int
    var result: Int
    var scale: Rational

    /// Whether not all stays where it is.
    var isScaled: Bool { result != extent || scale != .one }

    /// The nearest neighbours of all positions of the result.
    func positions(_ coordinates: Coordinates, _ rounding: NearestMode) -> [Int] {
      (0..<result).map { position in
        let place = coordinate(of: position, coordinates)
        let nearest =
          switch rounding {
          case .floor: place.floor
          case .ceil: place.ceiling
          case .round_prefer_floor: (place - Rational(1, over: 2)).ceiling
          case .round_prefer_ceil: (place + Rational(1, over: 2)).floor
          }
        return Int(Int64(nearest)).clamped(to: 0...extent - 1)
      }
    }

    /// Between the neighbours.
    func interpolation(_ coordinates: Coordinates) -> Interpolation.Axis {
      let start = coordinate(of: 0, coordinates)
      let step = result > 1 ? coordinate(of: 1, coordinates) - start : .one
      return Interpolation.Axis(extent: extent, result: result, start: start, step: step)
    }

    private func coordinate(of position: Int, _ coordinates: Coordinates) -> Rational {
      let (position, half) = (Rational(Int64(position)), Rational(1, over: 2))
      switch coordinates {
      case .asymmetric: return position / scale
      case .half_pixel: return (position + half) / scale - half
      case .pytorch_half_pixel: return result > 1 ? (position + half) / scale - half : .zero
      case .tf_half_pixel_for_nn: return (position + half) / scale
      case .align_corners:
        return result > 1 ? position * Rational(Int64(extent - 1)) / Rational(Int64(result - 1)) : .zero
      case .half_pixel_symmetric:
        // What the rounded extent is more or less than the exact one is shared by both sides.
        let adjustment = Rational(Int64(result)) / (scale * Rational(Int64(extent)))
        return Rational(Int64(extent)) * half * (.one - adjustment) + (position + half) / scale - half
      }
    }
  }

  let axes: [Axis]

  /// - Parameters:
  ///   - scales, sizes: the inputs that say them, of which one is given.
  ///   - extents: of the axes that they are of.
  ///   - hasBatch: whether the first of them is the batch, where that is no data.
  init(
    scales: Int, sizes: Int?, of extents: [Int], hasBatch: Bool = true,
    keeping policy: AspectRatioPolicy = .stretch, _ reader: NodeReader
  ) throws {
    let given = try reader.constantIfPresent(scales)
    let limit = 65536
    if let given, given.count > 0 {
      let numbers = given.values
      try reader.require(
        numbers.count == extents.count && numbers.allSatisfy { $0 > 0 && $0 <= Double(limit) }, "scales \(numbers)",
        supported: "one of more than 0 for each of \(extents.count) axes")
      axes = zip(extents, numbers).map { extent, number in
        let scale = Rational(number)
        return Axis(extent: extent, result: Int(Int64((Rational(Int64(extent)) * scale).floor)), scale: scale)
      }
    } else {
      guard let sizes, let numbers = try reader.constantIfPresent(sizes)?.integers else {
        throw reader.problem("neither scales nor sizes", supported: "constant ones")
      }
      try reader.require(
        numbers.count == extents.count && numbers.allSatisfy { $0 > 0 && $0 <= limit }, "sizes \(numbers)",
        supported: "one of 1 to \(limit) for each of \(extents.count) axes")
      let results = hasBatch ? reader.withoutBatch(numbers.map { Int($0) }) : numbers.map { Int($0) }
      let ratios = zip(results, extents).map { Rational(Int64($0)) / Rational(Int64($1)) }
      let common: Rational? =
        switch policy {
        case .stretch: nil
        case .not_larger: ratios.min()
        case .not_smaller: ratios.max()
        }
      axes = extents.indices.map { index in
        guard let common else { return Axis(extent: extents[index], result: results[index], scale: ratios[index]) }
        let result = (Rational(Int64(extents[index])) * common + Rational(1, over: 2)).floor
        return Axis(extent: extents[index], result: Int(Int64(result)), scale: common)
      }
    }
    try reader.require(
      axes.allSatisfy { (1...limit).contains($0.result) }, "axes of \(axes.map(\.result))", supported: "1 to \(limit)")
  }
}

extension NodeReader {
  /// A string attribute that is one of a few words.
  mutating func word<Word: RawRepresentable<String> & CaseIterable>(
    _ name: String, default standard: Word, of _: Word.Type
  ) throws -> Word {
    let text = try string(name, default: standard.rawValue)
    return try require(
      Word(rawValue: text), "\(name) = '\(text)'", supported: Word.allCases.map(\.rawValue).joined(separator: ", "))
  }
}
