import IntegerProgram

/// A requantization of codes, in blocks of pixels that stay in the first-level cache.
struct RequantizeStep: PreparedStep {
  private let input: TensorID
  private let output: TensorID
  private let pixels: Int
  private let channels: Int
  private let stage: PreparedStage

  private static let blockElements = 2048

  init(_ instruction: RequantizeInstruction, in program: IntegerProgram) {
    let output = program[instruction.output]
    input = instruction.input
    self.output = instruction.output
    pixels = output.shape.pixels
    channels = output.shape.channels
    stage = PreparedStage(
      .requantize(instruction.requantization), initial: Array(repeating: 0, count: channels),
      sums: [program[instruction.input].range], output: CodeWidth(output))
  }

  private var blockPixels: Int { max(1, RequantizeStep.blockElements / channels) }

  func scratchBytes(samples: Int) -> Int { blockPixels * channels * CodeWidth.int32.bytes }

  func run(_ frame: Frame) {
    let all = pixels * frame.samples
    for first in stride(from: 0, to: all, by: blockPixels) {
      let count = min(blockPixels, all - first)
      var codes = frame[input].advanced(by: first * channels)
      if codes.width == .int16 {
        let widened = CodePointer(base: frame.scratch, width: .int32)
        widened.write(codes, count: count * channels)
        codes = widened
      }
      stage.apply(codes, positions: count, to: frame[output].advanced(by: first * channels))
    }
  }
}
