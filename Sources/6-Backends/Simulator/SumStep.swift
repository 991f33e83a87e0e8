import CValueKernels
import IntegerProgram
import Numbers

/// A weighted sum of feature maps, or of one, element by element. Of bytes, sums fit 32 bits as a rule, and are requantized in
/// registers.
struct SumStep: PreparedStep {
  private let inputs: [TensorID]
  private let coefficients: [Int64]
  private let output: TensorID
  /// Where all channels share a requantizer, every element is a pixel.
  private let pixels: Int
  private let channels: Int
  private let stage: PreparedStage
  /// Whether all inputs are; their origins are part of the stage's initial value.
  private let isBytes: Bool
  /// Where the inputs are bytes and their sums fit 32 bits.
  private let narrowCoefficients: [Int32]?

  private static let blockElements = 2048

  init(_ instruction: SumInstruction, in program: IntegerProgram) {
    self.init(instruction.terms, instruction.stage, output: instruction.output, in: program)
  }

  /// A requantization is the sum of one.
  init(_ instruction: RequantizeInstruction, in program: IntegerProgram) {
    self.init(
      [.init(input: instruction.input, coefficient: 1)], .requantize(instruction.requantization),
      output: instruction.output, in: program)
  }

  private init(_ terms: [SumInstruction.Term], _ stage: OutputStage, output: TensorID, in program: IntegerProgram) {
    inputs = terms.map(\.input)
    coefficients = terms.map(\.coefficient)
    self.output = output
    let shape = program[output].shape
    channels = stage.isUniform ? 1 : shape.channels
    pixels = shape.elements / channels

    var bounds = AccumulatorBounds(initial: 0)
    for term in terms { bounds.add(program[term.input].range.wide.scaled(by: Int128(term.coefficient))) }
    let formats = inputs.map { CodeFormat(program[$0]) }
    let origin = zip(coefficients, formats).reduce(Int128(0)) { $0 + Int128($1.0) * Int128($1.1.origin) }
    isBytes = formats.allSatisfy(\.isByte) && Int64(exactly: origin) != nil
    let sums = (isBytes ? bounds.final.shifted(by: -origin) : bounds.final).clampedTo64Bits
    let fits32 = CodeFormat(integersHolding: sums) != .int64
    let narrow = coefficients.compactMap { Int32(exactly: $0) }
    narrowCoefficients = isBytes && fits32 && narrow.count == coefficients.count ? narrow : nil
    self.stage = PreparedStage(
      stage, initial: Array(repeating: isBytes ? Int64(origin) : 0, count: channels), sums: [sums],
      output: CodeFormat(program[output]))
  }

  /// Pixels that stay in the first-level cache.
  private var blockPixels: Int { max(1, SumStep.blockElements / channels) }

  func scratchBytes(samples: Int) -> Int { blockPixels * channels * CodeFormat.int64.bytes }

  func run(_ frame: Frame) {
    let all = pixels * frame.samples
    let output = frame[output]
    if let narrowCoefficients, let requantizer = stage.tileRequantizer {
      qcc_sum_codes_u8(
        inputs.count, inputs.map { UnsafePointer(frame[$0].uint8) }, narrowCoefficients, all, requantizer.pointer,
        Int32(output.format.bytes), output.base)
      return
    }
    let sums = CodePointer(base: frame.scratch, format: narrowCoefficients == nil ? .int64 : .int32)
    for first in stride(from: 0, to: all, by: blockPixels) {
      let count = min(blockPixels, all - first)
      accumulate(inputs.map { frame[$0].advanced(by: first * channels) }, count: count * channels, sums)
      stage.apply(sums, positions: count, to: output.advanced(by: first * channels))
    }
  }

  private func accumulate(_ inputs: [CodePointer], count: Int, _ sums: CodePointer) {
    if let narrowCoefficients {
      let inputs = inputs.map { UnsafePointer($0.uint8) }
      qcc_weighted_sum_u8_i32(inputs.count, inputs, narrowCoefficients, count, sums.int32)
    } else if isBytes {
      let inputs = inputs.map { UnsafePointer($0.uint8) }
      qcc_weighted_sum_u8_i64(inputs.count, inputs, coefficients, count, sums.int64)
    } else if inputs.allSatisfy({ $0.format == .int16 }) {
      let inputs = inputs.map { UnsafePointer($0.int16) }
      qcc_weighted_sum_i16_i64(inputs.count, inputs, coefficients, count, sums.int64)
    } else if inputs.allSatisfy({ $0.format == .int32 }) {
      let inputs = inputs.map { UnsafePointer($0.int32) }
      qcc_weighted_sum_i32_i64(inputs.count, inputs, coefficients, count, sums.int64)
    } else {
      sums.fill(count, with: 0)
      for (input, coefficient) in zip(inputs, coefficients) {
        sums.accumulate(input, count: count, coefficient: coefficient)
      }
    }
  }
}

extension OutputStage {
  /// Whether it does the same in all channels.
  fileprivate var isUniform: Bool {
    switch self {
    case .accumulator: true
    case .requantize(let requantization): requantization.channels.isUniform
    }
  }
}
