import IntegerProgram
import Numbers
import Schedule

/// How C makes codes of a layer's accumulators: in the narrowest arithmetic that is exact for all that they reach.
enum RequantizationForm {
  /// They are the codes.
  case accumulators
  /// 32 bits times 32 bits, and a shift by a word.
  case upperWord(UpperWordRequantizers)
  /// In 64 bits, all rounded down.
  case floor([AffineRequantizer])
  /// In 64 bits, each in its own way.
  case oneWord([AffineRequantizer])
  /// In 128 bits.
  case twoWords([AffineRequantizer])
  case thresholds(ThresholdTables)

  /// The runtime's names, in the order of their numbers.
  static let macros = ["ACCUMULATORS", "UPPER_WORD", "FLOOR", "ONE_WORD", "TWO_WORDS", "THRESHOLDS"]

  /// As `st_form` has it.
  var number: Int {
    switch self {
    case .accumulators: 0
    case .upperWord: 1
    case .floor: 2
    case .oneWord: 3
    case .twoWords: 4
    case .thresholds: 5
    }
  }

  var macro: String { Self.macros[number] }

  /// 32 or 64, what holds its multipliers.
  var multiplierBits: Int {
    switch self {
    case .accumulators, .upperWord, .thresholds: 32
    case .floor(let affine), .oneWord(let affine), .twoWords(let affine):
      max(32, CodeType(holding: affine.map(\.multiplier).hull() ?? 0...0).bits)
    }
  }

  /// - Parameters:
  ///   - stage: without quotients, which no engine has.
  ///   - range: of the accumulators.
  init(_ stage: OutputStage, range: ClosedRange<Int64>) {
    guard case .requantize(let requantization) = stage else {
      self = .accumulators
      return
    }
    let affine = requantization.channels.compactMap { requantizer -> AffineRequantizer? in
      guard case .affine(let affine) = requantizer else { return nil }
      return affine
    }
    let tables = requantization.channels.compactMap { requantizer -> ThresholdTable? in
      guard case .table(let table) = requantizer else { return nil }
      return table
    }
    precondition(affine.isEmpty || tables.isEmpty, "a layer's requantizers are of one kind")
    if !tables.isEmpty {
      self = .thresholds(ThresholdTables(tables, clamp: requantization.clamp))
    } else if let upper = UpperWordRequantizers(affine, range, clamp: requantization.clamp) {
      self = .upperWord(upper)
    } else if !affine.allSatisfy({ $0.fitsOneWord(range) }) {
      self = .twoWords(affine)
    } else {
      self = affine.allSatisfy { $0.rounding == .floor && $0.offset == 0 } ? .floor(affine) : .oneWord(affine)
    }
  }
}

/// Threshold tables one after another, codes clamped.
struct ThresholdTables {
  private(set) var thresholds: [Int64] = []
  private(set) var codes: [Int64] = []
  /// Of each channel: where its thresholds and its codes start, and how many thresholds it has.
  private(set) var starts: [Int64] = []
  private(set) var codeStarts: [Int64] = []
  private(set) var counts: [Int64] = []

  init(_ tables: [ThresholdTable], clamp: ClosedRange<Int64>) {
    for table in tables {
      starts.append(Int64(thresholds.count))
      codeStarts.append(Int64(codes.count))
      counts.append(Int64(table.thresholds.count))
      thresholds += table.thresholds
      codes += table.codes.map { $0.clamped(to: clamp) }
    }
    // C has no empty arrays; where every channel is constant, nothing reads the one threshold.
    if thresholds.isEmpty { thresholds = [0] }
  }

  /// 32 or 64.
  var thresholdBits: Int { thresholds.allSatisfy { Int64(Int32.min)...Int64(Int32.max) ~= $0 } ? 32 : 64 }
  var codeType: CodeType { CodeType(holding: codes.hull() ?? 0...0) }
  /// Bits of the largest number of thresholds.
  var steps: Int { Int64.bitWidth - (counts.max() ?? 0).leadingZeroBitCount }
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
