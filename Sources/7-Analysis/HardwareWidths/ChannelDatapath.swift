import IntegerProgram
import Numbers
import Prover

/// The constants of one output channel, exact, and what the datapath has to compute with them.
struct ChannelDatapath: Sendable {
  var crossTerm: Int128
  var sumFactor: ExactConstant
  var bias: ExactConstant
  var outputFactor: ExactConstant
  var zeroPoint: Int64
  /// Whether ties are rounded to the even code, and not up.
  var tiesToEven: Bool
  /// Every accumulator that weights and input codes can reach, and the proved requantizer over them.
  var accumulators: CodeRange
  var requantizer: AffineRequantizer
  var clamp: CodeRange
  var corners: RequantizerCorners

  /// The datapath with its constants in these formats, each the nearest that there is; nil where they need more bits than can
  /// be computed with.
  /// - Parameter accumulators: what it is asked for, all that can be reached unless given.
  func line(in formats: DatapathFormats, accumulators: CodeRange? = nil) -> DatapathLine? {
    func units(_ constant: ExactConstant, _ number: DatapathNumber) -> Int128? {
      let format = formats[number]
      return constant.units(fractionBits: format.fractionBits).map(format.wrapped)
    }
    guard let factor = units(sumFactor, .sumFactor), let addend = units(bias, .bias),
      let output = units(outputFactor, .outputFactor)
    else { return nil }
    let places = (sum: formats[.sumFactor].fractionBits, bias: formats[.bias].fractionBits)
    let common = max(places.sum, places.bias)
    guard let slope = factor.shiftedLeft(by: common - places.sum),
      let addend = addend.shiftedLeft(by: common - places.bias)
    else { return nil }
    return DatapathLine(
      slope: slope, crossTerm: formats[.crossTerm].wrapped(crossTerm), addend: addend, factor: output,
      shift: common + formats[.outputFactor].fractionBits, zeroPoint: formats[.zeroPoint].wrapped(Int128(zeroPoint)),
      tiesToEven: tiesToEven, accumulators: accumulators ?? self.accumulators)
  }

  /// Whether the datapath gives the code that the model means for every accumulator.
  func isExact(in formats: DatapathFormats) -> Bool {
    guard let line = line(in: formats) else { return false }
    return corners.below.allSatisfy { line.reaches($0.code, at: $0.accumulator) }
      && corners.above.allSatisfy { !line.reaches($0.code, at: $0.accumulator) }
  }

  /// Accumulators at which the datapath gives another code than the model means: none if and only if it is exact.
  func counterexamples(in formats: DatapathFormats) -> [Int64] {
    guard let line = line(in: formats) else { return [] }
    return corners.below.filter { !line.reaches($0.code, at: $0.accumulator) }.map(\.accumulator)
      + corners.above.filter { line.reaches($0.code, at: $0.accumulator) }.map(\.accumulator)
  }

  /// The code that the datapath gives.
  func code(of accumulator: Int64, in formats: DatapathFormats) -> Int64? {
    line(in: formats).map { Int64($0.code(at: accumulator).clamped(to: clamp.wide)) }
  }

  /// The code that the model means.
  func wantedCode(of accumulator: Int64) -> Int64 { requantizer(accumulator).clamped(to: clamp) }
}
