/// What a tensor of a float network holds.
package struct TensorProfile: Encodable, Hashable, Sendable {
  /// How many numbers lie in equal parts of a range.
  package struct Histogram: Encodable, Hashable, Sendable {
    package var least: Double
    package var largest: Double
    package var counts: [Int]
  }

  /// What a width costs it, by itself.
  package struct Width: Encodable, Hashable, Sendable {
    package var bits: Int
    /// In dB; absent where nothing is lost, or all is zero.
    package var sqnr: Double?
  }

  /// Of a map the node that computes it, of weights their layer.
  package var name: String
  package var elements: Int
  package var least: Double
  package var largest: Double
  /// The part of numbers that are 0.
  package var zeros: Double
  package var channels: Int
  /// Channels that hold nothing but 0: of dead ReLUs, or of pruned filters.
  package var deadChannels: Int
  package var histogram: Histogram
  package var widths: [Width]

  private static let bins = 64

  /// - Parameters:
  ///   - values: of one sample or several, the last axis fastest.
  ///   - channels: of the last axis.
  init(_ name: String, _ values: [Float], channels: Int, elements: Int, widths: [Width] = []) {
    self.name = name
    self.elements = elements
    self.channels = channels
    self.widths = widths
    var (low, high) = (Float.infinity, -Float.infinity)
    var zeroCount = 0
    var isAlive = [Bool](repeating: false, count: channels)
    var channel = 0
    for value in values {
      low = min(low, value)
      high = max(high, value)
      if value == 0 { zeroCount += 1 } else { isAlive[channel] = true }
      channel = channel + 1 == channels ? 0 : channel + 1
    }
    (least, largest) = low <= high ? (Double(low), Double(high)) : (0, 0)
    zeros = Double(zeroCount) / Double(max(values.count, 1))
    deadChannels = isAlive.count { !$0 }
    histogram = Histogram(values, least...largest, bins: least < largest ? Self.bins : 1)
  }
}

extension TensorProfile.Histogram {
  fileprivate init(_ values: [Float], _ range: ClosedRange<Double>, bins: Int) {
    (least, largest) = (range.lowerBound, range.upperBound)
    var counts = [Int](repeating: 0, count: bins)
    let scale = bins > 1 ? Double(bins) / (largest - least) : 0
    for value in values { counts[min(Int((Double(value) - least) * scale), bins - 1)] += 1 }
    self.counts = counts
  }
}
