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
