import Diagnostics
import Numbers
import Quantization

/// Which elements of a parameter share a scale: along each axis either all of them or runs of neighbours.
struct ScaleGroups {
  let shape: [Int]
  /// How many groups lie along each axis.
  let counts: [Int]
  /// The group of each element; groups are numbered with the last axis fastest.
  let ofElement: [Int32]

  /// `elementsPerScale` says for each axis along which scales differ how long a run of equal ones is.
  init(shape: [Int], elementsPerScale: [Int: Int]) {
    let counts = shape.indices.map { axis in elementsPerScale[axis].map { max(shape[axis] / $0, 1) } ?? 1 }
    self.shape = shape
    self.counts = counts
    var groups: [Int32] = [0]
    for axis in shape.indices {
      let run = elementsPerScale[axis] ?? max(shape[axis], 1)
      let steps = (0..<shape[axis]).map { Int32($0 / run) }
      let count = Int32(counts[axis])
      groups = [Int32](unsafeUninitializedCapacity: groups.count * steps.count) { finer, initialized in
        for group in groups {
          for step in steps {
            finer[initialized] = group * count + step
            initialized += 1
          }
        }
      }
    }
    ofElement = groups
  }

  /// One scale for all.
  init(whole shape: [Int]) { self.init(shape: shape, elementsPerScale: [:]) }

  /// One scale per index of each of `axes`.
  init(shape: [Int], axes: [Int]) {
    self.init(shape: shape, elementsPerScale: Dictionary(axes.map { ($0, 1) }, uniquingKeysWith: { first, _ in first }))
  }

  /// How an array of scales of another shape spreads over `shape` (the rule of NumPy); nil where it does not.
  init?(shape: [Int], broadcasting scales: [Int]) {
    guard scales.count <= shape.count else { return nil }
    let offset = shape.count - scales.count
    var axes: [Int] = []
    for (index, length) in scales.enumerated() where length != 1 {
      guard length == shape[offset + index] else { return nil }
      axes.append(offset + index)
    }
    self.init(shape: shape, axes: axes)
  }

  var count: Int { counts.reduce(1, *) }

  /// For each group the largest of `value` over its elements (0 where all are smaller).
  func maximum(of values: [Float], _ value: (Float) -> Float) -> [Float] {
    var result = [Float](repeating: 0, count: count)
    result.withUnsafeMutableBufferPointer { result in
      forEachElement(of: values) { _, element, group in result[group] = max(result[group], value(element)) }
    }
    return result
  }

  /// Each element's index and value with its group.
  @inline(__always)
  func forEachElement(of values: [Float], _ body: (_ index: Int, _ value: Float, _ group: Int) -> Void) {
    precondition(values.count == ofElement.count, "a value for every element")
    values.withUnsafeBufferPointer { values in
      ofElement.withUnsafeBufferPointer { groups in
        for index in 0..<values.count { body(index, values[index], Int(groups[index])) }
      }
    }
  }
}

extension QuantizedTensor {
  /// Codes and scales (times `unit`) as float32 arithmetic finds them: with extreme weights they overflow, which is refused.
  init(
    _ codes: [Float], scales: [Float], of unit: Rational = .one, groups: ScaleGroups, bits: Int, _ quantizer: String,
    at location: Diagnostic.Location
  ) throws {
    var largest: Float = 0
    var fit = true
    for code in codes {
      fit = fit && abs(code) < 0x1p63
      largest = max(largest, abs(code))
    }
    guard scales.areFinite, fit else {
      let scale = scales.first { !$0.isFinite }
      throw Diagnostic(
        "\(quantizer): "
          + (scale.map { "its scale for these weights is \($0)" } ?? "its codes for these weights overflow"),
        at: location, supported: "scales and codes that float32 can hold",
        fix: "look for weights of extreme size: training may have diverged")
    }
    let most = Int64(largest)
    try self.init(
      IntegerArray(count: codes.count, in: -most...most) { Int64(codes[$0]) },
      scales: scales.map { Rational($0) * unit }, groups: groups, bits: bits, quantizer, at: location)
  }

  init(
    _ codes: [Int64], scales: [Rational], groups: ScaleGroups, bits: Int, _ quantizer: String,
    at location: Diagnostic.Location
  ) throws {
    try self.init(IntegerArray(codes), scales: scales, groups: groups, bits: bits, quantizer, at: location)
  }

  /// Codes with one scale per group. Where the groups lie along one axis the scales are kept as they are; otherwise all
  /// codes are brought to one scale, a power of two, which is exact. A scale of 0 makes zeros of its codes.
  init(
    _ codes: IntegerArray, scales: [Rational], groups: ScaleGroups, bits: Int, _ quantizer: String,
    at location: Diagnostic.Location
  ) throws {
    var codes = codes
    var scales = scales
    if scales.contains(where: { $0.sign == 0 }) {
      codes = IntegerArray(zip(codes, groups.ofElement).map { scales[Int($1)].sign == 0 ? 0 : $0 })
      scales = scales.map { $0.sign == 0 ? .one : $0 }
    }
    let axes = groups.counts.indices.filter { groups.counts[$0] > 1 }
    switch axes.count {
    case 0:
      self.init(shape: groups.shape, codes: codes, scales: scales, bits: bits)
    case 1:
      let run = groups.shape[axes[0]] / groups.counts[axes[0]]
      let perIndex = (0..<groups.shape[axes[0]]).map { scales[$0 / run] }
      self.init(shape: groups.shape, codes: codes, scales: perIndex, scaleAxis: axes[0], bits: bits)
    default:
      let (scale, factors) = Self.commonScale(of: scales)
      let products = codes.indices.map { BigInteger(word: codes[$0]) * factors[Int(groups.ofElement[$0])] }
      let widest = (products.map(\.bitWidth).max() ?? 0) + 1
      try require(
        widest <= 62, "\(quantizer): scales along \(axes.count) axes need codes of \(widest) bits in one common scale",
        at: location, supported: "62 bits", fix: "use alpha='auto_po2' or one scale_axis")
      self.init(shape: groups.shape, codes: products.map { Int64($0) }, scales: [scale], bits: bits)
    }
  }

  /// The largest power of two (over the common odd denominator) of which all are multiples, and the multiples.
  private static func commonScale(of scales: [Rational]) -> (scale: Rational, factors: [BigInteger]) {
    let denominator = scales.map(\.denominator).max() ?? 1
    let numerators = scales.map { ($0 * Rational(denominator)).numerator }
    let twos = numerators.map(\.trailingZeroBitCount).min() ?? 0
    return (Rational(BigInteger(1) << twos, over: denominator), numerators.map { $0 >> twos })
  }
}

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
