import IntegerProgram
import Numbers

/// How the codes of a tensor, or sums, lie in the simulator's memory.
enum CodeFormat: Hashable, Sendable {
  /// One byte each: the code minus the least one of the tensor's type, so that it is not negative. `least` is 0, or a negative
  /// power of two.
  case byte(least: Int64)
  case int16
  case int32
  case int64

  /// The narrowest integer of 16 bits or more that holds `range`.
  init(integersHolding range: ClosedRange<Int64>) {
    switch IntegerType.narrowestSigned(holding: range).bits {
    case ...16: self = .int16
    case ...32: self = .int32
    default: self = .int64
    }
  }

  /// Of a tensor.
  init(_ tensor: ProgramTensor) {
    let type = IntegerType.narrowest(holding: tensor.range)
    self = type.bits <= 8 ? .byte(least: type.range.lowerBound) : .init(integersHolding: tensor.range)
  }

  /// Per code.
  var bytes: Int {
    switch self {
    case .byte: 1
    case .int16: 2
    case .int32: 4
    case .int64: 8
    }
  }

  var isByte: Bool { bytes == 1 }

  /// The code that is stored as 0: what is stored is the code minus it.
  var origin: Int64 {
    switch self {
    case .byte(let least): least
    case .int16, .int32, .int64: 0
    }
  }

  /// The codes that it holds.
  var range: ClosedRange<Int64> {
    switch self {
    case .byte(let least): least...least + Int64(UInt8.max)
    case .int16, .int32, .int64: IntegerType(bits: 8 * bytes, isSigned: true).range
    }
  }
}
