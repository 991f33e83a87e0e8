import Diagnostics
import Numbers

extension ProgramVerifier {
  /// - Parameter accumulators: what each channel's accumulators can reach.
  mutating func verify(_ stage: OutputStage, accumulators: PerChannel<ClosedRange<Int128>>, output: ProgramTensor) {
    switch stage {
    case .accumulator:
      for range in accumulators { requireCodes(range, in: output) }
    case .requantize(let requantization):
      verify(requantization, accumulators: accumulators, output: output)
    }
  }

  mutating func verify(
    _ requantization: Requantization, accumulators: PerChannel<ClosedRange<Int128>>, output: ProgramTensor
  ) {
    let channels = output.shape.channels
    guard
      require(
        requantization.channels.isUniform || requantization.channels.count == channels,
        "\(requantization.channels.count) requantizers", supported: "1, or one per channel (\(channels))")
    else { return }
    let kinds = Set(requantization.channels.map(\.kind))
    require(
      kinds.count == 1, "requantizers of \(kinds.count) kinds: \(kinds.sorted().joined(separator: ", "))",
      supported: "requantizers of one kind in a layer")

    for channel in 0..<max(requantization.channels.count, accumulators.count) {
      let accumulators = accumulators[channel]
      guard let lower = Int64(exactly: accumulators.lowerBound), let upper = Int64(exactly: accumulators.upperBound)
      else {
        report("accumulators of channel \(channel) beyond 64 bits")
        return
      }
      switch requantization.channels[channel].codes(of: lower...upper) {
      case .success(let codes):
        let clamped = codes.clamped(to: requantization.clamp)
        if !output.range.contains(clamped) {
          requireCodes(clamped.wide, in: output)
          return
        }
      case .failure(let problem):
        report("channel \(channel): \(problem.found)", supported: problem.supported)
        return
      }
    }
  }
}

extension Requantizer {
  /// The codes, before clamping, that accumulators of `range` can become, or what is wrong with the requantizer.
  func codes(of range: CodeRange) -> Result<CodeRange, Diagnostic> {
    switch self {
    case .affine(let affine): affine.codes(of: range)
    case .quotient(let quotient): quotient.codes(of: range)
    case .table(let table): table.codes(of: range)
    }
  }

  fileprivate var kind: String {
    switch self {
    case .affine: "affine"
    case .quotient: "quotient"
    case .table: "table"
    }
  }
}

extension QuotientRequantizer {
  /// The codes, before clamping, that accumulators of `range` can become, or what overflows on the way.
  package func codes(of range: CodeRange) -> Result<CodeRange, Diagnostic> {
    let limit = Int128(1) << 62
    let ends = [range.lowerBound, range.upperBound].map { Int128($0) * Int128(multiplier) + Int128(addend) }
    guard divisor > 0, Int128(divisor) < limit, ends.allSatisfy({ $0.magnitude < limit }),
      Int128(offset).magnitude < limit / 2
    else {
      return .failure(
        Diagnostic(
          "(\(range.lowerBound)..\(range.upperBound) * \(multiplier) + \(addend)) / \(divisor) + \(offset)",
          supported: "positive divisors, and 62 bits"))
    }
    // Monotone: the ends of the range say everything.
    return .success(CodeRange(between: self(range.lowerBound), and: self(range.upperBound)))
  }
}

extension AffineRequantizer {
  /// The codes, before clamping, that accumulators of `range` can become, or what overflows on the way.
  package func codes(of range: CodeRange) -> Result<CodeRange, Diagnostic> {
    guard (0...126).contains(shift) else {
      return .failure(Diagnostic("a shift of \(shift)", supported: "0 to 126"))
    }
    guard rounding == .halfEven || offset == 0 else {
      return .failure(Diagnostic("an offset after a floor", supported: "an offset within the addend"))
    }
    // Monotone: the ends of the range say everything.
    var ends: [Int64] = []
    for accumulator in [range.lowerBound, range.upperBound] {
      let (scaled, overflows) = (Int128(accumulator) * Int128(multiplier)).addingReportingOverflow(addend)
      // One unit of room for rounding up.
      guard !overflows, scaled < Int128.max,
        let rounded = Int64(exactly: scaled >> Int128(shift)), rounded < Int64.max,
        !rounded.addingReportingOverflow(offset).overflow, !(rounded + 1).addingReportingOverflow(offset).overflow
      else {
        return .failure(
          Diagnostic(
            "(\(accumulator) * \(multiplier) + \(addend)) / 2^\(shift) + \(offset)",
            supported: "128 bits before the shift and 64 bits after it"))
      }
      ends.append(self(accumulator))
    }
    return .success(CodeRange(between: ends[0], and: ends[1]))
  }
}

extension ThresholdTable {
  func codes(of range: CodeRange) -> Result<CodeRange, Diagnostic> {
    guard codes.count == thresholds.count + 1 else {
      return .failure(Diagnostic("\(codes.count) codes for \(thresholds.count) thresholds", supported: "one more"))
    }
    guard zip(thresholds, thresholds.dropFirst()).allSatisfy(<) else {
      return .failure(Diagnostic("thresholds that do not ascend"))
    }
    let first = thresholds.count { $0 <= range.lowerBound }
    let last = thresholds.count { $0 <= range.upperBound }
    return .success(codes[first...last].hull() ?? codes[first]...codes[first])
  }
}
