import IntegerProgram
import Numbers

/// Looks for the smallest formats in which the datapath computes every code of some layers, whatever their inputs.
///
/// Every constant is the nearest in its format. A step takes one number and finds the fewest bits with which all layers are
/// exact, the formats of the others staying; steps go on until nothing moves. What is left is the smallest coordinate by
/// coordinate: each number with one bit less, at either end, is refuted by an accumulator.
struct WidthSearch {
  private let layers: [DatapathLayer]
  private let channels: [ChannelDatapath]
  /// Channels that refuted formats, the last one first: they are likely to do so again.
  private var refuting: [Int] = []

  init(_ layers: [DatapathLayer]) {
    self.layers = layers
    channels = layers.flatMap(\.channels)
  }

  /// nil where no formats are found that are exact.
  func smallest() -> DatapathFormats? {
    var search = self
    return search.walk()
  }

  private mutating func walk() -> DatapathFormats? {
    guard !channels.isEmpty, var formats = balanced() else { return nil }
    var last: DatapathFormats
    repeat {
      last = formats
      for number in DatapathNumber.fractions { takeFractionBits(of: number, from: &formats) }
      for number in DatapathNumber.constants { takeIntegerBits(of: number, from: &formats) }
    } while formats != last
    for number in DatapathNumber.constants where formats[number].totalBits == 0 { formats[number] = .integers(bits: 0) }
    return formats
  }

  /// What holds every accumulator.
  var accumulatorFormat: FixedPointFormat {
    guard let range = layers.compactMap({ $0.accumulators.hull() }).hull(), range != 0...0 else {
      return .integers(bits: 0)
    }
    return .integers(bits: IntegerType.narrowestSigned(holding: range).bits)
  }

  private mutating func isExact(_ formats: DatapathFormats) -> Bool {
    for (place, channel) in refuting.enumerated() where !channels[channel].isExact(in: formats) {
      refuting.swapAt(0, place)
      return false
    }
    guard let channel = channels.indices.first(where: { !channels[$0].isExact(in: formats) }) else { return true }
    refuting.insert(channel, at: 0)
    if refuting.count > 16 { refuting.removeLast() }
    return false
  }

  // MARK: Where the search starts

  private static let maximumPrecision = 90

  /// The formats of the first precision that is exact, where the error of each factor may move a code as much as that of any
  /// other.
  private mutating func balanced() -> DatapathFormats? {
    var formats = DatapathFormats()
    var extents: [DatapathNumber: Extent] = [:]
    for channel in channels {
      for (number, extent) in channel.extents { extents[number] = extents[number]?.hull(with: extent) ?? extent }
    }
    for (number, extent) in extents {
      formats[number] = FixedPointFormat(
        integerBits: extent.integerBits, fractionBits: 0, isSigned: extent.isNegative)
    }
    for precision in 0...Self.maximumPrecision {
      for number in DatapathNumber.fractions {
        formats[number].fractionBits = (extents[number]?.places ?? 0) + precision
      }
      if isExact(formats) { return formats }
    }
    return nil
  }

  // MARK: Steps

  /// Leaves the fewest fraction bits with which all layers are exact.
  private mutating func takeFractionBits(of number: DatapathNumber, from formats: inout DatapathFormats) {
    var fewer = formats
    for bits in min(-formats[number].integerBits, formats[number].fractionBits)..<formats[number].fractionBits {
      fewer[number].fractionBits = bits
      if isExact(fewer) {
        formats = fewer
        return
      }
    }
  }

  /// Takes integer bits as long as all layers stay exact.
  private mutating func takeIntegerBits(of number: DatapathNumber, from formats: inout DatapathFormats) {
    var fewer = formats
    while fewer[number].totalBits > 0 {
      fewer[number].integerBits -= 1
      guard isExact(fewer) else { return }
      formats = fewer
    }
  }

  // MARK: Counterexamples

  /// Accumulators for which input codes are looked for.
  private static let maximumTries = 24

  /// What goes wrong in other formats: the first accumulator with input codes that make it, or the first there is.
  func counterexample(in formats: DatapathFormats) -> Counterexample? {
    var first: Counterexample?
    var tries = 0
    for (index, layer) in layers.enumerated() {
      for (place, channel) in layer.channels.enumerated() {
        for accumulator in channel.counterexamples(in: formats) {
          guard let result = channel.code(of: accumulator, in: formats) else { continue }
          let found = Counterexample(
            layer: index, channel: place, accumulator: accumulator,
            window: layer.window(summingTo: accumulator, in: place),
            result: result, wanted: channel.wantedCode(of: accumulator))
          first = first ?? found
          tries += 1
          if found.window != nil || tries == Self.maximumTries { return found.window == nil ? first : found }
        }
      }
    }
    return first
  }

  /// An accumulator that a register does not hold.
  func overflow(of narrow: FixedPointFormat) -> Counterexample? {
    for (index, layer) in layers.enumerated() {
      for (channel, range) in layer.accumulators.enumerated() {
        for accumulator in [range.lowerBound, range.upperBound] {
          let held = Int64(narrow.wrapped(Int128(accumulator)))
          guard held != accumulator else { continue }
          return Counterexample(
            layer: index, channel: channel, accumulator: accumulator,
            window: layer.window(summingTo: accumulator, in: channel), result: held, wanted: accumulator)
        }
      }
    }
    return nil
  }
}

extension DatapathLayer {
  fileprivate func window(summingTo accumulator: Int64, in channel: Int) -> Counterexample.Window? {
    for sum in instruction.windowSums(of: channel, codes: codes) {
      guard let codes = sum.codes(summingTo: accumulator) else { continue }
      return .init(row: sum.row, column: sum.column, codes: codes)
    }
    return nil
  }
}

/// How large a constant is and how much it matters, in powers of two.
private struct Extent {
  /// Enough for the largest of them rounded up, with a sign.
  var integerBits: Int
  /// Fraction bits with which an error moves no code by more than one.
  var places: Int
  var isNegative: Bool

  init(largest: Double, effect: Double, isNegative: Bool) {
    integerBits = largest == 0 ? 1 : Int(largest.exponent) + 3
    places = effect == 0 ? 0 : Int(effect.exponent) + 1
    self.isNegative = isNegative
  }

  func hull(with other: Extent) -> Extent {
    var hull = self
    hull.integerBits = max(integerBits, other.integerBits)
    hull.places = max(places, other.places)
    hull.isNegative = isNegative || other.isNegative
    return hull
  }
}

extension ChannelDatapath {
  fileprivate var extents: [(DatapathNumber, Extent)] {
    let sums = accumulators.wide.shifted(by: -crossTerm)
    let largest = Double(max(sums.lowerBound.magnitude, sums.upperBound.magnitude))
    let positions = clamp.wide.shifted(by: -Int128(zeroPoint))
    let codes = Double(max(positions.lowerBound.magnitude, positions.upperBound.magnitude)) + 1
    let output = outputFactor.magnitude
    return [
      (.crossTerm, Extent(largest: Double(crossTerm.magnitude), effect: 0, isNegative: crossTerm < 0)),
      (.zeroPoint, Extent(largest: Double(zeroPoint.magnitude), effect: 0, isNegative: zeroPoint < 0)),
      (
        .sumFactor,
        Extent(largest: sumFactor.magnitude, effect: largest * output, isNegative: sumFactor.isNegative)
      ),
      (.bias, Extent(largest: bias.magnitude, effect: output, isNegative: bias.isNegative)),
      (.outputFactor, Extent(largest: output, effect: codes / output, isNegative: outputFactor.isNegative)),
    ]
  }
}
