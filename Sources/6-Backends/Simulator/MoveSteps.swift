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
