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
    switch stage {
    case .accumulator:
      code = "accumulator"
    case .requantize(let requantization):
      let affine = requantization.channels.compactMap { requantizer -> AffineRequantizer? in
        guard case .affine(let affine) = requantizer else { return nil }
        return affine
      }
      let tables = requantization.channels.compactMap { requantizer -> ThresholdTable? in
        guard case .table(let table) = requantizer else { return nil }
        return table
      }
      precondition(affine.isEmpty || tables.isEmpty, "a layer's requantizers are of one kind")
      if tables.isEmpty {
        code = Self.affine(affine, clamp: requantization.clamp, prefix: prefix, range: range, constants: &constants)
      } else {
        code = Self.tables(tables, clamp: requantization.clamp, prefix: prefix, constants: &constants)
      }
    }
  }

  private static func affine(
    _ affine: [AffineRequantizer], clamp: ClosedRange<Int64>, prefix: String, range: ClosedRange<Int64>,
    constants: inout ConstantPool
  ) -> String {
    let bounds = "\(Literal.integer(clamp.lowerBound)), \(Literal.integer(clamp.upperBound))"
    if let upper = UpperWordRequantizers(affine, range, clamp: clamp) {
      let multiplier = constants.perChannel(prefix + "multiplier", upper.multipliers)
      let addend = constants.perChannel(prefix + "addend", upper.addends)
      return "st_clamp32(st_requantize_upper((int32_t)accumulator, \(multiplier), \(addend)), \(bounds))"
    }
    let multiplier = constants.perChannel(prefix + "multiplier", affine.map(\.multiplier))
    let shift = "(unsigned)" + constants.perChannel(prefix + "shift", affine.map { Int64($0.shift) })
    let offset = constants.perChannel(prefix + "offset", affine.map(\.offset))
    let even = constants.perChannel(prefix + "even", affine.map { $0.rounding == .halfEven ? 1 : 0 })
    let call: String
    if affine.allSatisfy({ $0.fitsOneWord(range) }) {
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

  private static func tables(
    _ tables: [ThresholdTable], clamp: ClosedRange<Int64>, prefix: String, constants: inout ConstantPool
  ) -> String {
    var thresholds: [Int64] = []
    var codes: [Int64] = []
    var starts: [Int64] = []
    var counts: [Int64] = []
    for table in tables {
      starts.append(Int64(thresholds.count))
      counts.append(Int64(table.thresholds.count))
      thresholds.append(contentsOf: table.thresholds)
      codes.append(contentsOf: table.codes.map { $0.clamped(to: clamp) })
    }
    let codesName = constants.array(prefix + "codes", type: CodeType(holding: codes.hull() ?? 0...0).name, codes)
    // The codes of a channel start behind the thresholds and one code more of every channel before it.
    let codeStart = constants.perChannel(
      prefix + "code_start", starts.enumerated().map { $0.element + Int64($0.offset) })
    // C has no empty arrays; where every channel is constant, nothing reads the one threshold.
    if thresholds.isEmpty { thresholds = [0] }
    let bits = thresholds.allSatisfy { Int64(Int32.min)...Int64(Int32.max) ~= $0 } ? 32 : 64
    let thresholdsName = constants.array(prefix + "thresholds", type: "int\(bits)_t", thresholds)
    let start = constants.perChannel(prefix + "start", starts)
    let count = constants.perChannel(prefix + "count", counts)
    let steps = Int64.bitWidth - (counts.max() ?? 0).leadingZeroBitCount
    let passed = "st_count_thresholds\(bits)(accumulator, \(thresholdsName) + \(start), \(count), \(steps))"
    return "\(codesName)[\(codeStart) + \(passed)]"
  }
}

extension AffineRequantizer {
  /// Whether accumulator * multiplier + addend stays within 63 bits and a sign for every accumulator of `range`, and the
  /// shift within a word.
  func fitsOneWord(_ range: ClosedRange<Int64>) -> Bool {
    let word = Int128(Int64.min)...Int128(Int64.max)
    guard shift <= 62, word.contains(addend) else { return false }
    return [range.lowerBound, range.upperBound].allSatisfy { accumulator in
      let product = Int128(accumulator) * Int128(multiplier)
      return word.contains(product) && word.contains(product + addend)
    }
  }
}
