import IntegerProgram
import Numbers
import Tiling

/// What one output of a linear layer sums: the weights of its channel at the taps that lie inside the feature map, each with an
/// input code of its own, which may be any of the map's range; what lies outside reads the code of zero.
struct WindowSum: Sendable {
  /// Where the output lies.
  let row: Int
  let column: Int
  /// Of the taps inside, in the order of the layer's weights.
  let weights: [Int64]
  /// The initial value and what taps outside add.
  let constant: Int64
  /// What codes the taps inside can have.
  let codes: CodeRange

  /// All that the sum can be, from its least to its largest.
  var reach: CodeRange {
    weights.reduce(constant...constant) { $0 + codes.scaled(by: $1) }
  }

  /// Codes for the taps inside that make this sum; nil where none are found.
  func codes(summingTo sum: Int64) -> [Int64]? {
    guard reach.contains(sum) else { return nil }
    var filling = Filling(weights: weights, room: codes.upperBound - codes.lowerBound)
    guard filling.fill(sum - reach.lowerBound) else { return nil }
    return zip(weights, filling.taken).map { weight, taken in
      weight < 0 ? codes.upperBound - taken : codes.lowerBound + taken
    }
  }
}

/// How far each tap's code is from the one with its least product, so that the products rise by a given sum.
private struct Filling {
  private let sizes: [Int64]
  private let room: Int64
  /// Taps by their weights' sizes, the largest first; those of no weight are left out.
  private let order: [Int]
  private(set) var taken: [Int64]

  init(weights: [Int64], room: Int64) {
    let sizes = weights.map { abs($0) }
    self.sizes = sizes
    self.room = room
    order = sizes.indices.filter { sizes[$0] > 0 }.sorted { (sizes[$0], $1) > (sizes[$1], $0) }
    taken = Array(repeating: 0, count: weights.count)
  }

  mutating func fill(_ sum: Int64) -> Bool {
    guard sum % max(1, order.reduce(0) { greatestCommonDivisor($0, sizes[$1]) }) == 0 else { return false }
    return fillGreedily(sum) || fillEvenly(sum)
  }

  // MARK: Most codes at one of their ends

  /// Takes as much of the largest as fits; what is left over then is mended by giving one step of a tap back.
  private mutating func fillGreedily(_ sum: Int64) -> Bool {
    taken = Array(repeating: 0, count: taken.count)
    let rest = take(sum, from: 0)
    if rest == 0 { return true }
    let greedy = taken
    for place in order.indices.reversed() where greedy[order[place]] > 0 {
      taken[order[place]] -= 1
      if take(rest + sizes[order[place]], from: place + 1) == 0 { return true }
      taken = greedy
    }
    return false
  }

  /// Returns what is left over.
  private mutating func take(_ sum: Int64, from first: Int) -> Int64 {
    var rest = sum
    for tap in order[min(first, order.count)...] where rest > 0 {
      let more = min(room - taken[tap], rest / sizes[tap])
      taken[tap] += more
      rest -= more * sizes[tap]
    }
    return rest
  }

  // MARK: All codes near the same part of their range

  /// Takes the same part of all taps, but for a few of them, whose sums meet in the middle.
  private mutating func fillEvenly(_ sum: Int64) -> Bool {
    let total = order.reduce(0.0) { $0 + Double(sizes[$1]) }
    let level = total == 0 ? 0 : Int64(Double(sum) / total).clamped(to: 0...room)
    let lowest = max(0, min(level - Self.window / 2, room - Self.window + 1))
    let steps = lowest...min(room, lowest + Self.window - 1)
    // As many as have 2^16 sums.
    let half = max(1, 16 / max(1, Int64.bitWidth - (steps.upperBound - steps.lowerBound).leadingZeroBitCount))
    let count = min(2 * half, order.count)
    for first in order.indices.prefix(Self.maximumTries) {
      // Small and large weights among them.
      let free = (0..<count).map { order[(first + $0 * order.count / count) % order.count] }
      taken = Array(repeating: 0, count: taken.count)
      var rest = sum
      for tap in order where !free.contains(tap) {
        taken[tap] = level
        rest -= level * sizes[tap]
      }
      if meet(rest, free: free, half: half, steps: steps) { return true }
    }
    return false
  }

  private static let maximumTries = 3
  private static let window: Int64 = 256

  private mutating func meet(_ sum: Int64, free: [Int], half: Int, steps: ClosedRange<Int64>) -> Bool {
    let sizes = sizes
    /// With the steps of each tap, as digits of a number.
    func sums(_ taps: ArraySlice<Int>) -> [(sum: Int64, digits: Int)] {
      taps.reduce([(0, 0)]) { sums, tap in
        sums.flatMap { sum in
          steps.map { (sum.sum + $0 * sizes[tap], sum.digits * steps.count + Int($0 - steps.lowerBound)) }
        }
      }
    }
    let (rising, falling) = (free.prefix(half), free.dropFirst(half))
    let lower = sums(rising).sorted { $0.sum < $1.sum }
    var place = 0
    for upper in sums(falling).sorted(by: { $0.sum > $1.sum }) {
      while place < lower.count, lower[place].sum + upper.sum < sum { place += 1 }
      guard place < lower.count else { return false }
      guard lower[place].sum + upper.sum == sum else { continue }
      for (taps, digits) in [(rising, lower[place].digits), (falling, upper.digits)] {
        var digits = digits
        for tap in taps.reversed() {
          taken[tap] = steps.lowerBound + Int64(digits % steps.count)
          digits /= steps.count
        }
      }
      return true
    }
    return false
  }
}

/// Positive, or 0 of two zeros.
func greatestCommonDivisor(_ first: Int64, _ second: Int64) -> Int64 {
  second == 0 ? abs(first) : greatestCommonDivisor(second, first % second)
}

extension LinearInstruction {
  /// The sums of one output channel, one for every way in which windows hang over the edge.
  func windowSums(of channel: Int, codes: CodeRange) -> [WindowSum] {
    windowPlaces(codes: codes).map { place in
      var weights: [Int64] = []
      var outside: Int64 = 0
      for row in 0..<shape.kernel.rows {
        for column in 0..<shape.kernel.columns {
          let isInside = place.rows.contains(row) && place.columns.contains(column)
          for input in 0..<shape.reducedChannels {
            let tap = (row * shape.kernel.columns + column) * shape.reducedChannels + input
            let weight = self.weights[tap * shape.output.channels + channel]
            if isInside { weights.append(weight) } else { outside += weight }
          }
        }
      }
      return WindowSum(
        row: place.row, column: place.column, weights: weights, constant: initial[channel] + outside * paddingCode,
        codes: codes)
    }
  }

  /// An output and the rows and columns of its window that lie inside the feature map.
  private struct WindowPlace {
    var row: Int
    var column: Int
    var rows: Range<Int>
    var columns: Range<Int>
  }

  /// One output for every way in which its window lies inside the feature map; one whose window lies inside as a whole stands for
  /// all where the code of zero is one of the map's: what the others sum it sums too.
  private func windowPlaces(codes: CodeRange) -> [WindowPlace] {
    let rows = Self.inside(
      outputs: shape.output.rows, kernel: shape.kernel.rows, stride: shape.stride.rows, dilation: shape.dilation.rows,
      padding: shape.padding.top, extent: shape.engine.hasPixels ? shape.input.rows : 1)
    let columns = Self.inside(
      outputs: shape.output.columns, kernel: shape.kernel.columns, stride: shape.stride.columns,
      dilation: shape.dilation.columns, padding: shape.padding.left,
      extent: shape.engine.hasPixels ? shape.input.columns : 1)
    let places = rows.flatMap { row in
      columns.map { WindowPlace(row: row.output, column: $0.output, rows: row.taps, columns: $0.taps) }
    }
    let whole = places.first {
      $0.rows.count == shape.kernel.rows && $0.columns.count == shape.kernel.columns
    }
    if let whole, codes.contains(paddingCode) || !shape.readsPadding { return [whole] }
    return places
  }

  /// Along one axis: the first output for each range of taps inside.
  private static func inside(
    outputs: Int, kernel: Int, stride: Int, dilation: Int, padding: Int, extent: Int
  ) -> [(output: Int, taps: Range<Int>)] {
    var found: [(output: Int, taps: Range<Int>)] = []
    for output in 0..<outputs {
      let taps = (0..<kernel).filter { (0..<extent).contains(output * stride - padding + $0 * dilation) }
      let range = (taps.first ?? 0)..<((taps.last ?? -1) + 1)
      if !found.contains(where: { $0.taps == range }) { found.append((output, range)) }
    }
    return found
  }
}
