import FloatEngine
import Numbers
import QIR

/// Inputs that are made of those that there are, anew in every epoch. What they should come to the teacher says of each.
package struct Augmentation: Sendable {
  /// By so many rows at most up or down, and so many columns left or right; what is missing repeats the edge.
  package var shift = (rows: 0, columns: 0)
  /// Whether every second one has left and right exchanged.
  package var mirrors = false
  /// Normal noise, as a part of the inputs' own standard deviation.
  package var noise = 0.0
  /// Whether every second one is a mean of two, each with a weight (Zhang et al. 2018, mixup).
  package var mixes = false

  package init() {}

  /// As `text` writes it: `shift:4x0,mirror,noise:0.1,mix` or `none`.
  package init?(_ text: String) {
    for word in text == "none" ? [] : text.split(separator: ",", omittingEmptySubsequences: false) {
      let parts = word.split(separator: ":", omittingEmptySubsequences: false)
      switch (parts[0], parts.dropFirst().first, parts.count) {
      case ("shift", let extents?, 2):
        let numbers = extents.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) ?? -1 }
        guard numbers.count == 2, numbers.allSatisfy((0...4096).contains) else { return nil }
        shift = (numbers[0], numbers[1])
      case ("noise", let part?, 2):
        guard let part = Double(part), part > 0, part <= 10 else { return nil }
        noise = part
      case ("mirror", nil, 1): mirrors = true
      case ("mix", nil, 1): mixes = true
      default: return nil
      }
    }
  }

  package var text: String {
    let words =
      (shift == (0, 0) ? [] : ["shift:\(shift.rows)x\(shift.columns)"]) + (mirrors ? ["mirror"] : [])
      + (noise > 0 ? ["noise:\(noise)"] : [])
      + (mixes ? ["mix"] : [])
    return words.isEmpty ? "none" : words.joined(separator: ",")
  }

  /// What one sample becomes.
  struct Draw: Sendable {
    var rows = 0
    var columns = 0
    var isMirrored = false
    /// The sample that it is mixed with, and that one's weight.
    var other: (sample: Int, weight: Float)?
    /// Of the noise.
    var seed: UInt64 = 0
  }

  /// - Parameter samples: how many there are to mix with.
  func draw(using random: inout SplitMix, samples: Int) -> Draw {
    var draw = Draw()
    draw.rows = Int.random(in: -shift.rows...shift.rows, using: &random)
    draw.columns = Int.random(in: -shift.columns...shift.columns, using: &random)
    if mirrors { draw.isMirrored = random.nextFraction() < 0.5 }
    if mixes, random.nextFraction() < 0.5 {
      draw.other = (Int.random(in: 0..<samples, using: &random), Float(random.nextFraction() / 2))
    }
    draw.seed = random.next()
    return draw
  }

  /// - Parameters:
  ///   - data: of one input, all samples.
  ///   - deviation: of the input's elements.
  func augmented(_ sample: Int, of data: Batch, _ draw: Draw, deviation: Float) -> [Float] {
    let count = data.shape.elements
    func values(_ sample: Int) -> [Float] { Array(data.values[(sample * count)..<((sample + 1) * count)]) }
    var result = moved(values(sample), data.shape, draw)
    if let (other, weight) = draw.other {
      for (index, value) in values(other).enumerated() { result[index] += weight * (value - result[index]) }
    }
    if noise > 0 {
      var random = SplitMix(seed: draw.seed)
      let scale = Float(noise) * deviation
      for index in result.indices { result[index] += scale * normal(using: &random) }
    }
    return result
  }

  private func moved(_ values: [Float], _ shape: Shape, _ draw: Draw) -> [Float] {
    guard shape.rank == 3, draw.rows != 0 || draw.columns != 0 || draw.isMirrored else { return values }
    let (rows, columns, channels) = (shape.extents[0], shape.extents[1], shape.extents[2])
    var moved: [Float] = []
    moved.reserveCapacity(values.count)
    for row in 0..<rows {
      for column in 0..<columns {
        let from = (draw.isMirrored ? columns - 1 - column : column) + draw.columns
        let place = (row + draw.rows).clamped(to: 0...(rows - 1)) * columns + from.clamped(to: 0...(columns - 1))
        moved += values[(place * channels)..<((place + 1) * channels)]
      }
    }
    return moved
  }

  /// Twelve uniform numbers: near enough.
  private func normal(using random: inout SplitMix) -> Float {
    Float((0..<12).reduce(-6) { sum, _ in sum + random.nextFraction() })
  }
}

extension Batch {
  /// Of its elements.
  var deviation: Float {
    let count = Double(max(values.count, 1))
    let mean = values.reduce(0) { $0 + Double($1) } / count
    return Float((values.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / count).squareRoot())
  }
}
