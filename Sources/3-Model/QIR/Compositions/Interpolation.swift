import Numbers
import Quantization

/// Maps of another size by linear interpolation along rows and columns. The places of the result's pixels between those of the map
/// repeat: each place is a mean of neighbours with weights of its own, so all of them are one depthwise convolution with as many
/// channels, whose pixels are spread apart. Beyond the edges the outermost pixels are repeated.
package struct Interpolation {
  /// Along rows or columns.
  package struct Axis {
    fileprivate let extent: Int
    fileprivate let result: Int
    /// Of the result's first pixel among those of the map, and from one to the next.
    private let start: Rational
    private let step: Rational

    package init(extent: Int, result: Int, start: Rational, step: Rational) {
      self.extent = extent
      self.result = result
      // A single pixel is what lies everywhere, wherever one looks for it.
      self.start = extent == 1 ? .zero : start
      self.step = extent == 1 ? .one : step
    }

    /// Pixels are areas, whose centers lie half a pixel from the edge.
    package init(extent: Int, centeredTo result: Int) {
      let step = Rational(Int64(extent)) / Rational(Int64(result))
      self.init(extent: extent, result: result, start: (step - .one) / 2, step: step)
    }

    package init(unchanged extent: Int) {
      self.init(extent: extent, result: extent, start: .zero, step: .one)
    }

    /// After `phases` pixels of the result places are the same, `stride` pixels of the map further; all pixels of the result
    /// where that would be most of them.
    fileprivate var period: (phases: Int, stride: Int) {
      let shared = step.numerator.greatestCommonDivisor(with: step.denominator)
      let phases = (step.denominator / shared).int64 ?? .max
      guard phases <= result / 2, let stride = (step.numerator / shared).int64 else { return (result, 1) }
      return (Int(phases), Int(stride))
    }

    /// How often places repeat.
    fileprivate var groups: Int { (result + period.phases - 1) / period.phases }

    private var places: [Rational] { (0..<period.phases).map { start + step * Rational(Int64($0)) } }

    /// The first pixel of the map that the first group reads, which may lie in front of it.
    private var first: Int { Int(places[0].floor.int64 ?? 0) }

    /// By phase and pixel of the group's window.
    private var fractions: [[Rational]] {
      let start = Rational(Int64(first))
      let places = places.map { $0 - start }
      let taps = Int((places[places.count - 1].ceiling.int64 ?? 0)) + 1
      return places.map { place in (0..<taps).map { max(.one - (place - Rational(Int64($0))).magnitude, .zero) } }
    }

    /// The same as whole multiples of 1 / unit.
    fileprivate var weights: (codes: [[Int64]], unit: Rational) {
      let unit = places.reduce(1 as BigInteger) { unit, place in
        let shared = place.numerator.greatestCommonDivisor(with: place.denominator)
        let denominator = place.denominator / shared
        return unit * denominator / unit.greatestCommonDivisor(with: denominator)
      }
      let codes = fractions.map { $0.map { ($0 * Rational(unit)).int64 ?? .max } }
      return (codes, Rational(unit))
    }

    fileprivate var positions: AxisPositions {
      let count = (groups - 1) * period.stride + fractions[0].count
      return .chosen((first..<first + count).map { $0.clamped(to: 0...extent - 1) })
    }

    /// What is left of the last group.
    fileprivate var crop: AxisPositions { result == groups * period.phases ? .all : .chosen(Array(0..<result)) }

    fileprivate var isUnchanged: Bool { extent == result && start.sign == 0 && step == .one }
  }

  private let rows: Axis
  private let columns: Axis

  package init(rows: Axis, columns: Axis) {
    self.rows = rows
    self.columns = columns
  }

  /// Weights that all channels of a map have one after another, in all.
  private static let mostWeights = 1 << 22
  /// Of a map's pixel, where rows and columns are done at once.
  private static let mostPhases = 36

  /// What does it, one operator behind the other, over a feature map of shape `shape`; nil where it takes too many weights, or
  /// some of too many bits.
  package func operators(over shape: Shape) -> [any Operator]? {
    let isOneAxis = rows.isUnchanged || columns.isUnchanged
    if isOneAxis || rows.period.phases * columns.period.phases <= Self.mostPhases,
      let both = pass(over: shape, takesAccumulators: false)
    {
      return both
    }
    if isOneAxis { return nil }
    guard
      let first = Interpolation(rows: rows, columns: .init(unchanged: columns.extent)).pass(
        over: shape, takesAccumulators: false),
      let second = Interpolation(rows: .init(unchanged: rows.result), columns: columns).pass(
        over: shape, takesAccumulators: true)
    else { return nil }
    return first + second
  }

  /// Whether a mean of numbers of 0 to 255 that is computed in float32, places too, and rounded to the nearest integer, halves up, is the
  /// exact mean, rounded so.
  package var roundsAlikeInSinglePrecision: Bool {
    let units = [rows, columns].map { ($0.weights.unit.int64 ?? .max).clamped(to: 1...1 << 24) }
    let unit = units[0] * units[1]
    if unit & (unit - 1) == 0 {
      // Every place, weight, product and sum has up to 24 bits.
      return unit <= 1 << 16 && zip(units, [rows, columns]).allSatisfy { $0 * Int64($1.extent) <= 1 << 23 }
    }
    // Where the unit is odd, no mean is a half: each is at least half a unit from it. Places are off by 2^-22 of the extent at most, and
    // weights, products and sums by 2^-24 of 255 each.
    let error = 255 * 0x1p-22 * Double(rows.extent + columns.extent + 8)
    return unit & 1 == 1 && error < 0.5 / Double(unit)
  }

  private func pass(over shape: Shape, takesAccumulators: Bool) -> [any Operator]? {
    let channels = shape.extents[2]
    let (vertical, horizontal) = (rows.weights, columns.weights)
    let (height, width) = (vertical.codes[0].count, horizontal.codes[0].count)
    let phases = vertical.codes.flatMap { row in horizontal.codes.map { (row, $0) } }
    guard Double(height) * Double(width) * Double(phases.count) * Double(channels) <= Double(Self.mostWeights),
      let largest = (vertical.unit * horizontal.unit).int64, largest < 1 << 31
    else { return nil }
    var codes: [Int64] = []
    for row in 0..<height {
      for column in 0..<width {
        let pixel = phases.map { vertical, horizontal in vertical[row] * horizontal[column] }
        for _ in 0..<channels { codes += pixel }
      }
    }
    var kernel = QuantizedTensor(
      shape: [height, width, channels, phases.count], codes: codes,
      scales: [.one / (vertical.unit * horizontal.unit)],
      bits: IntegerType.narrowestSigned(holding: codes.hull() ?? 0...0).bits)
    // Frameworks find places in float32: fractions that end in binary come out exactly, others as near as the places.
    let isExact = [vertical.unit, horizontal.unit].allSatisfy { $0.float.map { $0.significand == 1 } ?? false }
    if !isExact { kernel.farthest = 2 * Double(max(rows.extent, columns.extent)) }
    let window = Window(
      size: Extents(rows: height, columns: width),
      stride: Extents(rows: rows.period.stride, columns: columns.period.stride))
    let (groups, period) = ([rows.groups, columns.groups], [rows.period.phases, columns.period.phases])
    let operators: [any Operator] = [
      SelectOp(axes: [rows.positions, columns.positions, .all]),
      DepthwiseConvolutionOp(
        kernel: .quantized(kernel), bias: nil, window: window, takesAccumulators: takesAccumulators),
      ReshapeOp(shape: Shape([groups[0], groups[1], channels, period[0], period[1]])),
      TransposeOp(permutation: [0, 3, 1, 4, 2]),
      ReshapeOp(shape: Shape([groups[0] * period[0], groups[1] * period[1], channels])),
    ]
    let crop = SelectOp(axes: [rows.crop, columns.crop, .all])
    return crop.axes.allSatisfy { $0 == .all } ? operators : operators + [crop]
  }
}
