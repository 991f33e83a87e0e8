/// The numbers of the thesis' datapath (section 4.2), under its names:
///
///     code = clamp(round((SF_IN_W x (ACC - W_CROSS) + BIASQ) x SF_OUT_INV) + Z)
package enum DatapathNumber: String, CaseIterable, Sendable {
  /// The sum of products.
  case accumulator = "ACC"
  /// The zero point of the feature map times the sum of the weights: an integer per channel.
  case crossTerm = "W_CROSS"
  /// The scale of the feature map times that of the weights, per channel.
  case sumFactor = "SF_IN_W"
  /// What is added to the scaled sum, per channel.
  case bias = "BIASQ"
  /// One over the scale of the output.
  case outputFactor = "SF_OUT_INV"
  /// The zero point of the output.
  case zeroPoint = "Z"

  /// Those that may have bits right of the binary point.
  static let fractions: [DatapathNumber] = [.sumFactor, .bias, .outputFactor]

  /// All but the accumulator.
  static let constants = allCases.filter { $0 != .accumulator }

  /// Where bits can be taken.
  var ends: [FormatEnd] { Self.fractions.contains(self) ? [.fraction, .integer] : [.integer] }
}

/// A format for each number of the datapath.
package struct DatapathFormats: Hashable, Sendable {
  private var formats: [DatapathNumber: FixedPointFormat] = [:]

  /// Integers of no bits where nothing else is said.
  package subscript(number: DatapathNumber) -> FixedPointFormat {
    get { formats[number] ?? .integers(bits: 0) }
    set { formats[number] = newValue }
  }
}
