import Diagnostics
import Numbers
import QIR
import Quantization

/// Pooling over space.
enum PoolingOperators {
  static let rows = [
    OperatorRow("AVERAGE_POOL_2D", notes: "windows, strides, padding", read: { try averagePool(&$0) }),
    OperatorRow("MAX_POOL_2D", notes: "windows, strides, padding", read: { try maxPool(&$0) }),
    OperatorRow("MEAN", notes: "over any axes but the batch", read: { try mean(&$0) }),
    OperatorRow("REDUCE_MAX", notes: "over any axes but the batch", read: { try most(&$0) }),
  ]

  private static func averagePool(_ reader: inout OperatorReader) throws {
    let (map, format, window, activation) = try pool(&reader)
    let result = try reader.resultFormat()
    try reader.require(
      result == format, "an average in another scale and zero point than its input's", supported: "the same ones")
    // The mean of the codes themselves, halves away from zero.
    let mean = try reader.append(AveragePoolOp(window: window), "mean", inputs: [map.node])
    let codes = result.codes(behind: activation)
    try reader.produceCodes(
      mean,
      by: [
        FeatureMapQuantizer(
          steps: .uniform(
            UniformSteps(
              gain: .one / Rational(format.scale), bias: Rational(format.zeroPoint), clamp: codes,
              rounding: .halfAwayFromZero)), format: result.codes(codes))
      ], near: activation.operators)
  }

  private static func maxPool(_ reader: inout OperatorReader) throws {
    let (map, format, window, activation) = try pool(&reader)
    let codes = format.codes(behind: activation)
    guard codes != format.type.range else {
      return try reader.produce(MaxPoolOp(window: window), of: [map.node], in: format)
    }
    let most = try reader.append(MaxPoolOp(window: window), "most", inputs: [map.node])
    try reader.produceCodes(most, by: [FeatureMapQuantizer.cut(to: codes, of: format)], near: activation.operators)
  }

  /// The sum of (code - zero point) x scale / (result's scale x number of elements), in which the number is worked into the multiplier
  /// (tensorflow/lite/kernels/internal/reference/reduce.h, `QuantizedMeanOrSum`).
  private static func mean(_ reader: inout OperatorReader) throws {
    let (map, format) = try reader.map(0)
    let result = try reader.resultFormat()
    try reader.require(format.type == result.type, "\(format.type) in \(result.type)", supported: "one type")
    let (column, count) = try column(of: map, &reader)
    let sum = Int64(count) * Int64(format.type.range.shifted(by: -format.zeroPoint).largestMagnitude)
    let whole = try reader.factor(Double(format.scale) / Double(result.scale))
    try reader.require(
      sum << Int64(max(whole.shift, 0)) <= Int64(Int32.max),
      "sums of \(count) codes in 32 bits, where they wrap around",
      supported: "fewer elements")
    let window = Window(size: Extents(rows: count, columns: 1))
    let mean = try reader.append(AveragePoolOp(window: window), "mean", inputs: [column])
    try reader.produceCodes(
      mean,
      by: [
        result.requantizer(
          of: Rational(format.scale) / Rational(Int64(count)), by: whole.divided(by: Int64(count)),
          rounding: reader.importer.rounding, within: result.type.range)
      ])
  }

  private static func most(_ reader: inout OperatorReader) throws {
    let (map, format) = try reader.map(0)
    let (column, count) = try column(of: map, &reader)
    let window = Window(size: Extents(rows: count, columns: 1))
    try reader.produce(MaxPoolOp(window: window), of: [column], in: format)
  }

  /// A node whose rows are the elements that a reduction makes one of, and how many these are.
  private static func column(of map: FeatureMap, _ reader: inout OperatorReader) throws -> (node: NodeID, count: Int) {
    _ = reader.flag("keep_dims")
    let rank = map.shape.count
    let axes = Set(try reader.list(1).map { $0 < 0 ? $0 + rank : $0 })
    try reader.require(
      map.shape.first == 1 && !axes.isEmpty && axes.allSatisfy { (1..<rank).contains($0) },
      "\(reader.name) over axes \(axes.sorted()) of a tensor of shape \(map.shape)",
      supported: "axes behind a batch of 1")
    let others = (1..<rank).filter { !axes.contains($0) }
    let order = axes.sorted() + others
    var source = map.node
    if order != Array(1..<rank) {
      source = try reader.append(TransposeOp(permutation: order.map { $0 - 1 }), "axes", inputs: [source])
    }
    let count = axes.reduce(1) { $0 * map.shape[$1] }
    let rest = others.reduce(1) { $0 * map.shape[$1] }
    return (try reader.append(ReshapeOp(shape: Shape([count, 1, rest])), "column", inputs: [source]), count)
  }

  private static func pool(
    _ reader: inout OperatorReader
  ) throws -> (map: FeatureMap, format: TensorFormat, window: Window, activation: Activation) {
    let (stride, _, padding) = try reader.windowOptions()
    let size = Extents(rows: reader.integer("filter_height"), columns: reader.integer("filter_width"))
    let activation = try reader.activation()
    let (map, format) = try reader.map(0)
    let extents = FeatureMap.nodeShape(map.shape).extents
    try reader.require(
      extents.count == 3 && (1...65536).contains(size.rows) && (1...65536).contains(size.columns),
      "a window of \(size) over a tensor of shape \(map.shape)", supported: "windows over [1, rows, columns, channels]")
    let window = try reader.window(size: size, stride: stride, padding: padding, over: extents)
    return (map, format, window, activation)
  }
}

extension FeatureMapQuantizer {
  /// The codes of values that are some of a format, clamped.
  static func cut(to codes: ClosedRange<Int64>, of format: TensorFormat) -> FeatureMapQuantizer {
    FeatureMapQuantizer(step: Rational(format.scale), zeroPoint: format.zeroPoint, range: codes)
  }
}
