import CValueKernels
import IntegerProgram
import Numbers

/// Feature maps, or one, combined element by element. Weighted sums of bytes fit 32 bits as a rule, and are requantized in
/// registers.
struct CombineStep: PreparedStep {
  private let operation: CombineInstruction.Operation
  private let terms: [CombineInstruction.Term]
  private let output: TensorID
  /// Where all channels do the same, every element is a pixel.
  private let pixels: Int
  private let channels: Int
  private let stage: PreparedStage
  private let kernel: Kernel

  private enum Kernel {
    /// Bytes as they lie in memory, times these, in 32 bits; the codes' origins are part of the stage's initial value.
    case bytes([Int32])
    /// The same in 64 bits.
    case bytesInLong([Int64])
    /// Codes themselves, times these, in 64 bits.
    case weightedSum([Int64])
    /// One term after another.
    case general
  }

  private static let blockElements = 2048

  init(_ instruction: CombineInstruction, in program: IntegerProgram) {
    self.init(instruction.operation, instruction.terms, instruction.stage, output: instruction.output, in: program)
  }

  /// A requantization is the sum of one.
  init(_ instruction: RequantizeInstruction, in program: IntegerProgram) {
    self.init(
      .sum, [.init(input: instruction.input)], .requantize(instruction.requantization), output: instruction.output,
      in: program)
  }

  private init(
    _ operation: CombineInstruction.Operation, _ terms: [CombineInstruction.Term], _ stage: OutputStage,
    output: TensorID, in program: IntegerProgram
  ) {
    self.operation = operation
    self.terms = terms
    self.output = output
    let shape = program[output].shape
    channels = stage.isUniform && terms.allSatisfy { $0.channels == 1 } ? 1 : shape.channels
    pixels = shape.elements / channels

    let bounds = operation.bounds(of: terms, ranges: terms.map { program[$0.input].range })
    let sums = bounds.map(\.final.clampedTo64Bits)
    let formats = terms.map { CodeFormat(program[$0.input]) }
    let coefficients = terms.compactMap(\.coefficients.uniform)
    let isWeightedSum =
      operation == .sum && coefficients.count == terms.count && terms.allSatisfy { $0.offsets == [0] }
    let origin = zip(coefficients, formats).reduce(Int128(0)) { $0 + Int128($1.0) * Int128($1.1.origin) }
    let isOfBytes = isWeightedSum && formats.allSatisfy(\.isByte) && Int64(exactly: origin) != nil
    let shifted = isOfBytes ? bounds.map { $0.final.shifted(by: -origin).clampedTo64Bits } : sums
    let narrow = coefficients.compactMap { Int32(exactly: $0) }
    if isOfBytes {
      let fits32 = narrow.count == terms.count && CodeFormat(integersHolding: shifted.hull()) != .int64
      kernel = fits32 ? .bytes(narrow) : .bytesInLong(coefficients)
    } else {
      kernel = isWeightedSum ? .weightedSum(coefficients) : .general
    }
    self.stage = PreparedStage(
      stage, initial: Array(repeating: isOfBytes ? Int64(origin) : 0, count: channels), sums: shifted,
      output: CodeFormat(program[output]))
  }

  /// Pixels that stay in the first-level cache.
  private var blockPixels: Int { max(1, Self.blockElements / channels) }

  func scratchBytes(samples: Int) -> Int { blockPixels * channels * CodeFormat.int64.bytes }

  func run(_ frame: Frame) {
    let all = pixels * frame.samples
    let output = frame[output]
    let inputs = terms.map { frame[$0.input] }
    if case .bytes(let coefficients) = kernel, let requantizer = stage.tileRequantizer {
      qcc_sum_codes_u8(
        inputs.count, inputs.map { UnsafePointer($0.uint8) }, coefficients, all, requantizer.pointer,
        Int32(output.format.bytes), output.base)
      return
    }
    let format: CodeFormat = if case .bytes = kernel { .int32 } else { .int64 }
    let sums = CodePointer(base: frame.scratch, format: format)
    for first in stride(from: 0, to: all, by: blockPixels) {
      let count = min(blockPixels, all - first)
      combine(inputs.map { $0.advanced(by: first * channels) }, pixels: count, sums)
      stage.apply(sums, positions: count, to: output.advanced(by: first * channels))
    }
  }

  private func combine(_ inputs: [CodePointer], pixels: Int, _ sums: CodePointer) {
    let count = pixels * channels
    switch kernel {
    case .bytes(let coefficients):
      let inputs = inputs.map { UnsafePointer($0.uint8) }
      qcc_weighted_sum_u8_i32(inputs.count, inputs, coefficients, count, sums.int32)
    case .bytesInLong(let coefficients):
      let inputs = inputs.map { UnsafePointer($0.uint8) }
      qcc_weighted_sum_u8_i64(inputs.count, inputs, coefficients, count, sums.int64)
    case .weightedSum(let coefficients):
      if inputs.allSatisfy({ $0.format == .int16 }) {
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
    case .general:
      for (index, (term, input)) in zip(terms, inputs).enumerated() {
        sums.take(input, term, pixels: pixels, channels: channels, by: index == 0 ? nil : operation)
      }
    }
  }
}

extension CodePointer {
  /// Combines `pixels` x `channels` 64-bit accumulators here with a term, or begins them with it.
  fileprivate func take(
    _ source: CodePointer, _ term: CombineInstruction.Term, pixels: Int, channels: Int,
    by operation: CombineInstruction.Operation?
  ) {
    let accumulators = int64
    for channel in 0..<channels {
      let (coefficient, offset) = (term.coefficients[channel], term.offsets[channel])
      for index in stride(from: channel, to: pixels * channels, by: channels) {
        // Modulo 2^64: what is made in the end fits, which the program's verifier shows.
        let value = source[index] &* coefficient &+ offset
        switch operation {
        case nil: accumulators[index] = value
        case .sum: accumulators[index] &+= value
        case .product: accumulators[index] &*= value
        case .maximum: accumulators[index] = max(accumulators[index], value)
        case .minimum: accumulators[index] = min(accumulators[index], value)
        }
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
