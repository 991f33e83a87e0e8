import IntegerProgram
import Numbers
import Schedule

/// Turns an accumulator into the expression of its code, and puts the constants it needs into a pool.
struct RequantizationWriter {
  /// An expression of two C variables: `accumulator`, of as many bits as it needs, and `channel`.
  let code: String

  /// - Parameters:
  ///   - prefix: begins the names of constants.
  ///   - range: what the accumulators reach, for the choice of 64-bit arithmetic.
  init(_ stage: OutputStage, prefix: String, range: ClosedRange<Int64>, constants: inout ConstantPool) {
    var bounds = ""
    if case .requantize(let requantization) = stage {
      let clamp = requantization.clamp
      bounds = "\(Literal.integer(clamp.lowerBound)), \(Literal.integer(clamp.upperBound))"
    }
    if case .requantize(let requantization) = stage, let quotients = requantization.quotients {
      code = Self.quotients(quotients, bounds: bounds, prefix: prefix, constants: &constants)
      return
    }
    switch RequantizationForm(stage, range: range) {
    case .accumulators: code = "accumulator"
    case .upperWord(let upper):
      let multiplier = constants.perChannel(prefix + "multiplier", upper.multipliers)
      let addend = constants.perChannel(prefix + "addend", upper.addends)
      code = "st_clamp32(st_requantize_upper((int32_t)accumulator, \(multiplier), \(addend)), \(bounds))"
    case .floor(let affine), .oneWord(let affine):
      code = Self.affine(affine, words: 1, bounds: bounds, prefix: prefix, constants: &constants)
    case .twoWords(let affine):
      code = Self.affine(affine, words: 2, bounds: bounds, prefix: prefix, constants: &constants)
    case .thresholds(let tables): code = Self.tables(tables, prefix: prefix, constants: &constants)
    }
  }

  private static func affine(
    _ affine: [AffineRequantizer], words: Int, bounds: String, prefix: String, constants: inout ConstantPool
  ) -> String {
    let multiplier = constants.perChannel(prefix + "multiplier", affine.map(\.multiplier))
    let shift = "(unsigned)" + constants.perChannel(prefix + "shift", affine.map { Int64($0.shift) })
    let offset = constants.perChannel(prefix + "offset", affine.map(\.offset))
    let even = constants.perChannel(prefix + "even", affine.map { $0.rounding == .halfEven ? 1 : 0 })
    let call: String
    if words == 1 {
      let addend = constants.perChannel(
        prefix + "addend", affine.map { Int64(truncatingIfNeeded: $0.addend) })
      let arguments = "\(multiplier), \(addend), \(shift)"
      switch even {
      case "0": call = "st_requantize(accumulator, \(arguments))"
      case "1": call = "st_requantize_even(accumulator, \(arguments))"
      default:
        call =
          "(\(even) ? st_requantize_even(accumulator, \(arguments)) : st_requantize(accumulator, \(arguments)))"
      }
    } else {
      let high = constants.perChannel(
        prefix + "addend_high", affine.map { Int64(truncatingIfNeeded: $0.addend >> 64) })
      let low = constants.perChannel(
        prefix + "addend_low", affine.map { Int64(truncatingIfNeeded: $0.addend) })
      let arguments = "\(multiplier), \(high), (uint64_t)\(low), \(shift), \(even)"
      call = "st_requantize_wide(accumulator, \(arguments))"
    }
    let added = offset == "0" ? "" : " + \(offset)"
    return "st_clamp(\(call)\(added), \(bounds))"
  }

  private static func quotients(
    _ quotients: [QuotientRequantizer], bounds: String, prefix: String, constants: inout ConstantPool
  ) -> String {
    let arguments = [
      ("multiplier", quotients.map(\.multiplier)), ("addend", quotients.map(\.addend)),
      ("divisor", quotients.map(\.divisor)),
    ].map { constants.perChannel(prefix + $0, $1) }
    let offset = constants.perChannel(prefix + "offset", quotients.map(\.offset))
    let call = "st_divide_even(accumulator, \(arguments.joined(separator: ", ")))"
    return "st_clamp(\(call)\(offset == "0" ? "" : " + \(offset)"), \(bounds))"
  }

  private static func tables(_ tables: ThresholdTables, prefix: String, constants: inout ConstantPool) -> String {
    let bits = tables.thresholdBits
    let codes = constants.array(prefix + "codes", type: tables.codeType.name, tables.codes)
    let codeStart = constants.perChannel(prefix + "code_start", tables.codeStarts)
    let thresholds = constants.array(prefix + "thresholds", type: "int\(bits)_t", tables.thresholds)
    let start = constants.perChannel(prefix + "start", tables.starts)
    let count = constants.perChannel(prefix + "count", tables.counts)
    let passed = "st_count_thresholds\(bits)(accumulator, \(thresholds) + \(start), \(count), \(tables.steps))"
    return "\(codes)[\(codeStart) + \(passed)]"
  }
}
