import IntegerProgram
import Numbers
import Quantization

/// How wide a code or an accumulator lies in the simulator's memory, in bits.
package enum CodeWidth: Int, Hashable, Sendable {
  case int16 = 16
  case int32 = 32
  case int64 = 64

  /// The narrowest that holds `range`.
  init(holding range: ClosedRange<Int64>) {
    switch IntegerType.narrowestSigned(holding: range).bits {
    case ...16: self = .int16
    case ...32: self = .int32
    default: self = .int64
    }
  }

  init(_ tensor: ProgramTensor) {
    self.init(holding: tensor.range)
  }

  var bytes: Int { rawValue / 8 }

  /// The nearest code that it holds.
  func clamp(_ code: Int64) -> Int64 {
    code.clamped(to: IntegerType(bits: rawValue, isSigned: true).range)
  }
}
