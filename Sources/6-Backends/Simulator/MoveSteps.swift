import CValueKernels
import IntegerProgram

/// Feature maps one after another along an axis.
struct ConcatenateStep: PreparedStep {
  private let parts: [(part: ConcatenateInstruction.Part, run: Int)]
  private let output: TensorID
  /// Runs of the output, per sample.
  private let outer: Int
  private let outputRun: Int

  init(_ instruction: ConcatenateInstruction, in program: IntegerProgram) {
    /// Elements that lie together along the axis.
    func run(_ shape: MapShape) -> Int {
      [shape.rows, shape.columns, shape.channels].dropFirst(instruction.axis).reduce(1, *)
    }
    let shape = program[instruction.output].shape
    parts = instruction.parts.map { ($0, run(program[$0.input].shape)) }
    output = instruction.output
    outputRun = run(shape)
    outer = shape.elements / outputRun
  }

  func scratchBytes(samples: Int) -> Int { 0 }

  func run(_ frame: Frame) {
    var target = frame[output]
    for (part, run) in parts {
      let source = frame[part.input]
      for index in 0..<outer * frame.samples {
        target.advanced(by: index * outputRun).write(
          source.advanced(by: index * run), count: run, coefficient: part.coefficient, offset: part.offset)
      }
      target = target.advanced(by: run)
    }
  }
}

/// A border of one code around a feature map.
struct PadStep: PreparedStep {
  private let instruction: PadInstruction
  private let input: MapShape
  private let output: MapShape

  init(_ instruction: PadInstruction, in program: IntegerProgram) {
    self.instruction = instruction
    input = program[instruction.input].shape
    output = program[instruction.output].shape
  }

  func scratchBytes(samples: Int) -> Int { 0 }

  func run(_ frame: Frame) {
    frame[instruction.output].fill(output.elements * frame.samples, with: instruction.code)
    for sample in 0..<frame.samples {
      let source = frame[instruction.input].advanced(by: sample * input.elements)
      let target = frame[instruction.output].advanced(by: sample * output.elements)
      for row in 0..<input.rows {
        let start = ((row + instruction.top) * output.columns + instruction.left) * output.channels
        let run = input.columns * input.channels
        target.advanced(by: start).write(source.advanced(by: row * run), count: run)
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
