import IntegerProgram
import Numbers

/// Products of matrices, one dot product after another, of factors that are widened first.
struct MatrixProductStep: PreparedStep {
  private let instruction: MatrixProductInstruction
  private let first: MapShape
  private let second: MapShape
  private let output: MapShape
  private let stage: PreparedStage

  init(_ instruction: MatrixProductInstruction, in program: IntegerProgram) {
    self.instruction = instruction
    first = program[instruction.first.input].shape
    second = program[instruction.second.input].shape
    let tensor = program[instruction.output]
    output = tensor.shape
    let bounds = instruction.accumulatorBounds(
      ranges: [program[instruction.first.input].range, program[instruction.second.input].range], terms: first.channels)
    stage = PreparedStage(
      instruction.stage, initial: Array(repeating: 0, count: output.channels), sums: [bounds.final.clampedTo64Bits],
      output: CodeFormat(tensor))
  }

  func scratchBytes(samples: Int) -> Int {
    (first.elements + second.elements + output.elements) * CodeFormat.int64.bytes
  }

  func run(_ frame: Frame) {
    let left = CodePointer(base: frame.scratch, format: .int64)
    let right = left.advanced(by: first.elements)
    let sums = right.advanced(by: second.elements)
    for sample in 0..<frame.samples {
      widen(instruction.first, frame[instruction.first.input].advanced(by: sample * first.elements), first, left)
      widen(instruction.second, frame[instruction.second.input].advanced(by: sample * second.elements), second, right)
      multiply(left.int64, right.int64, sums.int64)
      stage.apply(
        sums, positions: output.pixels, to: frame[instruction.output].advanced(by: sample * output.elements))
    }
  }

  private func widen(
    _ factor: MatrixProductInstruction.Factor, _ codes: CodePointer, _ shape: MapShape, _ target: CodePointer
  ) {
    target.write(codes, count: shape.elements, coefficient: factor.coefficients[0], offset: factor.offsets[0])
  }

  private func multiply(
    _ left: UnsafePointer<Int64>, _ right: UnsafePointer<Int64>, _ sums: UnsafeMutablePointer<Int64>
  ) {
    let (terms, columns) = (first.channels, output.channels)
    // From one term to the next, and from one column to the next, of the second matrices.
    let (step, next) = instruction.transposesSecond ? (1, terms) : (columns, 1)
    for row in 0..<output.pixels {
      let matrix = row / output.columns * terms * columns
      for column in 0..<columns {
        var sum: Int64 = 0
        for term in 0..<terms {
          sum &+= left[row * terms + term] &* right[matrix + term * step + column * next]
        }
        sums[row * columns + column] = sum
      }
    }
  }
}
