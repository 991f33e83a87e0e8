import CValueKernels
import IntegerProgram

/// Boxes of feature maps put into another one, sample by sample.
struct MoveStep: PreparedStep {
  private let parts: [(part: MoveInstruction.Part, elements: Int)]
  private let fill: Int64?
  private let output: TensorID
  private let outputElements: Int

  init(_ instruction: MoveInstruction, in program: IntegerProgram) {
    parts = instruction.parts.map { ($0, program[$0.input].shape.elements) }
    fill = instruction.fill
    output = instruction.output
    outputElements = program[instruction.output].shape.elements
  }

  func scratchBytes(samples: Int) -> Int { 0 }

  func run(_ frame: Frame) {
    if let fill { frame[output].fill(outputElements * frame.samples, with: fill) }
    for (part, elements) in parts {
      let run = part.box.run
      for sample in 0..<frame.samples {
        let input = frame[part.input].advanced(by: sample * elements)
        let output = frame[output].advanced(by: sample * outputElements)
        part.box.forEachRun { source, target in
          output.advanced(by: target).write(
            input.advanced(by: source), run, coefficient: part.coefficient, offset: part.offset)
        }
      }
    }
  }
}

/// The same codes under another shape.
struct ReshapeStep: PreparedStep {
  private let instruction: ReshapeInstruction
  private let elements: Int

  init(_ instruction: ReshapeInstruction, in program: IntegerProgram) {
    self.instruction = instruction
    elements = program[instruction.output].shape.elements
  }

  func scratchBytes(samples: Int) -> Int { 0 }

  func run(_ frame: Frame) {
    frame[instruction.output].write(frame[instruction.input], count: elements * frame.samples)
  }
}

/// A weighted sum of feature maps, in blocks of pixels that stay in the first-level cache.
struct SumStep: PreparedStep {
  private let terms: [SumInstruction.Term]
  private let coefficients: [Int64]
  private let output: TensorID
  private let pixels: Int
  private let channels: Int
  private let stage: PreparedStage

  private static let blockElements = 2048

  init(_ instruction: SumInstruction, in program: IntegerProgram) {
    let output = program[instruction.output]
    terms = instruction.terms
    coefficients = instruction.terms.map(\.coefficient)
    self.output = instruction.output
    pixels = output.shape.pixels
    channels = output.shape.channels
    let bounds = instruction.accumulatorBounds(ranges: instruction.terms.map { program[$0.input].range })
    stage = PreparedStage(
      instruction.stage, initial: Array(repeating: 0, count: channels), sums: [bounds.final.clampedTo64Bits],
      output: CodeWidth(output))
  }

  private var blockPixels: Int { max(1, SumStep.blockElements / channels) }

  func scratchBytes(samples: Int) -> Int { blockPixels * channels * CodeWidth.int64.bytes }

  func run(_ frame: Frame) {
    let sums = CodePointer(base: frame.scratch, width: .int64)
    let all = pixels * frame.samples
    for first in stride(from: 0, to: all, by: blockPixels) {
      let count = min(blockPixels, all - first)
      let inputs = terms.map { frame[$0.input].advanced(by: first * channels) }
      accumulate(inputs, count: count * channels, sums)
      stage.apply(sums, positions: count, to: frame[output].advanced(by: first * channels))
    }
  }

  private func accumulate(_ inputs: [CodePointer], count: Int, _ sums: CodePointer) {
    if inputs.allSatisfy({ $0.width == .int16 }) {
      let inputs = inputs.map { UnsafePointer($0.int16) }
      qcc_weighted_sum_i16_i64(inputs.count, inputs, coefficients, count, sums.int64)
    } else if inputs.allSatisfy({ $0.width == .int32 }) {
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
