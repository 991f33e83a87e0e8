import Numbers

/// How a float network is quantized, as a value: what calibration, a search or a hand makes, and `applied(to:)` turns into a
/// network. Names are those of nodes in the graph of a `FloatNetwork`.
package struct QuantizationPlan: Sendable, Equatable {
  /// By the node whose result it quantizes.
  package var maps: [String: MapPlan]
  /// By layer.
  package var weights: [String: WeightPlan]
  /// By layer; a layer without a bias may get one.
  package var biases: [String: BiasPlan]

  package init(
    maps: [String: MapPlan] = [:], weights: [String: WeightPlan] = [:], biases: [String: BiasPlan] = [:]
  ) {
    self.maps = maps
    self.weights = weights
    self.biases = biases
  }
}

/// code = clamp(round_half_even(x / scale) + zero point), value = scale x (code - zero point)
package struct MapPlan: Sendable, Hashable {
  /// What scales and zero points may be.
  package enum Scheme: String, Sendable, CaseIterable {
    /// Any.
    case affine
    /// A zero point in the middle of signed codes, or at the end of unsigned ones: 0.
    case symmetric
    /// The same with a power of two as the scale.
    case powerOfTwo
  }

  package static let widths = 1...16

  package var bits: Int
  /// Of the codes.
  package var isSigned: Bool
  package var scheme: Scheme
  /// nil: not calibrated yet.
  package var scale: Float?
  package var zeroPoint: Int
  /// By what the layer in front divides each channel, and those behind multiply it again (`FloatNetwork.Edge`), so that one
  /// scale is right for all of them; none: by nothing.
  package var factors: [Float]

  package init(
    bits: Int, isSigned: Bool = false, scheme: Scheme = .affine, scale: Float? = nil, zeroPoint: Int = 0,
    factors: [Float] = []
  ) {
    self.bits = bits
    self.isSigned = isSigned
    self.scheme = scheme
    self.scale = scale
    self.zeroPoint = zeroPoint
    self.factors = factors
  }

  package var codes: ClosedRange<Int64> { IntegerType(bits: bits, isSigned: isSigned).range }
}

/// value = scale x code, codes signed and, but for one bit, without the least one as a rule.
package struct WeightPlan: Sendable, Hashable {
  package static let widths = 1...16

  package var bits: Int
  /// Whether every output channel has its own scale.
  package var isPerChannel: Bool
  /// One, or one per output channel; nil: of the largest magnitude.
  package var scales: [Float]?
  /// In the kernel's own order; nil: the nearest.
  package var codes: IntegerArray?

  package init(bits: Int, isPerChannel: Bool = true, scales: [Float]? = nil, codes: IntegerArray? = nil) {
    self.bits = bits
    self.isPerChannel = isPerChannel
    self.scales = scales
    self.codes = codes
  }

  /// One bit holds signs.
  package var range: ClosedRange<Int64> { bits == 1 ? -1...1 : IntegerType(bits: bits, isSigned: true).range }
}

/// value = scale x code
package struct BiasPlan: Sendable, Hashable {
  package static let widths = 2...32
  /// From this width on a bias counts in units of its layer's accumulators, as ONNX Runtime has it, where nothing else is
  /// said.
  package static let accumulatorWidths = 31...32

  package var bits: Int
  /// One, or one per output channel; nil: the units of the accumulators, or those of the largest magnitude.
  package var scales: [Float]?
  /// nil: the nearest.
  package var codes: IntegerArray?

  package init(bits: Int, scales: [Float]? = nil, codes: IntegerArray? = nil) {
    self.bits = bits
    self.scales = scales
    self.codes = codes
  }

  package var range: ClosedRange<Int64> { IntegerType(bits: bits, isSigned: true).range }
}
