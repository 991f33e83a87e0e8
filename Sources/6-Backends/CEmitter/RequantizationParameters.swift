import IntegerProgram
import Numbers
import Schedule

/// What `st_*_store` requantizes with: the form, and an array for each of its parameters, in a pool of constants.
struct RequantizationParameters {
  /// As registers number them.
  let form: Int
  /// Names of arrays, or 0.
  private(set) var arrays = Array(repeating: "0", count: RegisterMap.parameterCount)
  /// Of each: log2 of its numbers' bytes, and 4 where there is one per channel.
  private(set) var kinds = Array(repeating: 0, count: RegisterMap.parameterCount)
  private(set) var steps = 0

  /// The parameters' numbers, as `st_engine.h` has them.
  private enum Slot {
    static let multiplier = 0
    static let addend = 1
    static let shift = 2
    static let offset = 3
    static let even = 4
    static let addendHigh = 5
    static let start = 0
    static let count = 1
    static let codeStart = 2
    static let thresholds = 3
    static let codes = 4
  }

  /// - Parameters:
  ///   - prefix: begins the names of constants.
  ///   - range: of the accumulators.
  init(_ stage: OutputStage, prefix: String, range: ClosedRange<Int64>, constants: inout ConstantPool) {
    let chosen = RequantizationForm(stage, range: range)
    form = chosen.number
    switch chosen {
    case .accumulators: break
    case .upperWord(let upper):
      add(Slot.multiplier, prefix + "multiplier", upper.multipliers, &constants)
      add(Slot.addend, prefix + "addend", upper.addends, &constants)
    case .floor(let affine): add(affine, prefix, &constants, rounding: false)
    case .oneWord(let affine): add(affine, prefix, &constants, rounding: true)
    case .twoWords(let affine):
      add(affine, prefix, &constants, rounding: true)
      add(
        Slot.addendHigh, prefix + "addend_high", affine.map { Int64(truncatingIfNeeded: $0.addend >> 64) }, &constants)
    case .thresholds(let tables):
      steps = tables.steps
      add(Slot.start, prefix + "start", tables.starts, &constants)
      add(Slot.count, prefix + "count", tables.counts, &constants)
      add(Slot.codeStart, prefix + "code_start", tables.codeStarts, &constants)
      add(Slot.thresholds, prefix + "thresholds", all: tables.thresholds, bytes: tables.thresholdBits / 8, &constants)
      add(Slot.codes, prefix + "codes", all: tables.codes, bytes: tables.codeType.bytes, &constants)
    }
  }

  /// - Parameter rounding: whether each says how it is rounded.
  private mutating func add(
    _ affine: [AffineRequantizer], _ prefix: String, _ constants: inout ConstantPool, rounding: Bool
  ) {
    add(Slot.multiplier, prefix + "multiplier", affine.map(\.multiplier), &constants)
    add(Slot.addend, prefix + "addend", affine.map { Int64(truncatingIfNeeded: $0.addend) }, &constants)
    add(Slot.shift, prefix + "shift", affine.map { Int64($0.shift) }, &constants)
    guard rounding else { return }
    add(Slot.offset, prefix + "offset", affine.map(\.offset), &constants)
    add(Slot.even, prefix + "even", affine.map { $0.rounding == .halfEven ? 1 : 0 }, &constants)
  }

  /// One number where all channels have the same.
  private mutating func add(_ slot: Int, _ name: String, _ values: [Int64], _ constants: inout ConstantPool) {
    let range = values.hull() ?? 0...0
    let isUniform = range.lowerBound == range.upperBound
    add(
      slot, name, all: isUniform ? [range.lowerBound] : values, bytes: CodeType(holding: range).bytes, &constants)
    if !isUniform { kinds[slot] += 4 }
  }

  private mutating func add(
    _ slot: Int, _ name: String, all values: [Int64], bytes: Int, _ constants: inout ConstantPool
  ) {
    arrays[slot] = constants.array(name, type: "int\(8 * bytes)_t", values)
    kinds[slot] = bytes.trailingZeroBitCount
  }
}
