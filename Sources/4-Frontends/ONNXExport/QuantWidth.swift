import Numbers
import Quantization
import Quantizers

/// The range of a `Quant`'s codes as the operator says it.
struct QuantWidth: Equatable {
  var bits: Int
  var isSigned: Bool
  var isNarrow: Bool

  var range: ClosedRange<Int64> {
    QONNXQuant(scale: 1, bitWidth: Double(bits), isSigned: isSigned, isNarrow: isNarrow, roundingMode: .round).range
  }

  /// One signed bit is no range to QONNX' executor, but the sign.
  func holds(_ codes: ClosedRange<Int64>) -> Bool { range.contains(codes) && !(isSigned && bits == 1) }

  /// The one that holds exactly these codes, or else the narrowest that holds them and others; nil beyond 32 bits.
  static func holding(_ codes: ClosedRange<Int64>) -> QuantWidth? {
    let narrowest = IntegerType.narrowest(holding: codes)
    let bits = max(narrowest.bits, narrowest.isSigned ? 2 : 1)
    guard Double(bits) <= QONNXQuant.bitWidths.upperBound else { return nil }
    let wide = QuantWidth(bits: bits, isSigned: narrowest.isSigned, isNarrow: false)
    let narrow = QuantWidth(bits: bits, isSigned: narrowest.isSigned, isNarrow: true)
    return narrow.range == codes ? narrow : wide
  }
}
