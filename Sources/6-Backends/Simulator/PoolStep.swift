import CValueKernels
import Diagnostics
import IntegerProgram
import Numbers

/// A pooling layer, sample by sample.
struct PoolStep: PreparedStep {
  /// Neighbouring output pixels whose windows hold equally many input pixels.
  private struct Run: Sendable {
    var first: Int
    var count: Int
    var stage: PreparedStage
  }

  private enum Kind: Sendable {
    case maximum
    case sum([Run], CodeFormat)
  }

  private let input: TensorID
  private let output: TensorID
  private let inputElements: Int
  private let outputElements: Int
  private let channels: Int
  private let geometry: qcc_pool_geometry
  private let kind: Kind

  /// - Throws: `Diagnostic` where the kernels do not take the layer or the stage of a window is missing.
  init(_ instruction: PoolInstruction, in program: IntegerProgram) throws(Diagnostic) {
    let inputTensor = program[instruction.input]
    let outputTensor = program[instruction.output]
    input = instruction.input
    output = instruction.output
    inputElements = inputTensor.shape.elements
    outputElements = outputTensor.shape.elements
    channels = inputTensor.shape.channels
    geometry = try require(
      qcc_pool_geometry(instruction, input: inputTensor.shape, output: outputTensor.shape),
      "the simulator does not take pooling of this shape", at: .init(layer: instruction.name))
    switch instruction.kind {
    case .maximum:
      kind = .maximum
    case .sum(let stages):
      let runs = try PoolStep.runs(instruction, stages: stages, input: inputTensor, output: outputTensor)
      let most = instruction.windowRows * instruction.windowColumns
      let fits32 =
        CodeFormat(inputTensor).bytes <= CodeFormat.int16.bytes
        && CodeFormat(integersHolding: PoolStep.sums(instruction, inputTensor, pixels: most)) != .int64
      kind = .sum(runs, fits32 ? .int32 : .int64)
    }
  }

  /// What the sum of a window with `pixels` pixels inside can reach, of codes as they lie in memory.
  private static func sums(_ instruction: PoolInstruction, _ input: ProgramTensor, pixels: Int) -> CodeRange {
    let bounds = instruction.accumulatorBounds(range: input.range, pixels: pixels).final
    return bounds.shifted(by: -Int128(CodeFormat(input).origin) * Int128(pixels)).clampedTo64Bits
  }

  private static func runs(
    _ instruction: PoolInstruction, stages: [Int: OutputStage], input: ProgramTensor, output: ProgramTensor
  ) throws(Diagnostic) -> [Run] {
    /// By pixels of the window that lie inside.
    var prepared: [Int: PreparedStage] = [:]
    var runs: [Run] = []
    var previous: Int?
    for row in 0..<output.shape.rows {
      for column in 0..<output.shape.columns {
        let window = instruction.windowExtents(row: row, column: column, input: input.shape)
        let pixels = window.rows * window.columns
        if pixels == previous {
          runs[runs.count - 1].count += 1
          continue
        }
        if prepared[pixels] == nil {
          let stage = try require(
            stages.count == 1 ? stages.values.first : stages[pixels],
            "no output stage for windows with \(pixels) pixels inside the feature map",
            at: .init(layer: instruction.name))
          let initial = CodeFormat(input).origin * Int64(pixels)
          prepared[pixels] = PreparedStage(
            stage, initial: Array(repeating: initial, count: input.shape.channels),
            sums: [sums(instruction, input, pixels: pixels)], output: CodeFormat(output))
        }
        if let stage = prepared[pixels] {
          runs.append(Run(first: row * output.shape.columns + column, count: 1, stage: stage))
        }
        previous = pixels
      }
    }
    return runs
  }

  func scratchBytes(samples: Int) -> Int { outputElements * CodeFormat.int64.bytes }

  func run(_ frame: Frame) {
    for sample in 0..<frame.samples {
      let input = frame[input].advanced(by: sample * inputElements)
      let output = frame[output].advanced(by: sample * outputElements)
      switch kind {
      case .maximum:
        let isDirect = input.format == output.format
        let maxima = isDirect ? output : CodePointer(base: frame.scratch, format: input.format)
        maximum(input, maxima)
        if !isDirect { output.write(maxima, count: outputElements) }
      case .sum(let runs, let format):
        let sums = CodePointer(base: frame.scratch, format: format)
        sum(input, sums)
        for run in runs {
          let offset = run.first * channels
          run.stage.apply(sums.advanced(by: offset), positions: run.count, to: output.advanced(by: offset))
        }
      }
    }
  }

  private func maximum(_ input: CodePointer, _ output: CodePointer) {
    withUnsafePointer(to: geometry) { geometry in
      switch input.format {
      case .byte: qcc_max_pool_u8(geometry, input.uint8, output.uint8)
      case .int16: qcc_max_pool_i16(geometry, input.int16, output.int16)
      case .int32: qcc_max_pool_i32(geometry, input.int32, output.int32)
      case .int64: qcc_max_pool_i64(geometry, input.int64, output.int64)
      }
    }
  }

  private func sum(_ input: CodePointer, _ sums: CodePointer) {
    withUnsafePointer(to: geometry) { geometry in
      switch (input.format, sums.format) {
      case (.byte, .int32): qcc_sum_pool_u8_i32(geometry, input.uint8, sums.int32)
      case (.byte, _): qcc_sum_pool_u8_i64(geometry, input.uint8, sums.int64)
      case (.int16, .int32): qcc_sum_pool_i16_i32(geometry, input.int16, sums.int32)
      case (.int16, _): qcc_sum_pool_i16_i64(geometry, input.int16, sums.int64)
      case (.int32, _): qcc_sum_pool_i32_i64(geometry, input.int32, sums.int64)
      case (.int64, _): qcc_sum_pool_i64_i64(geometry, input.int64, sums.int64)
      }
    }
  }
}

extension qcc_pool_geometry {
  /// Nil where the kernels do not take it.
  fileprivate init?(_ instruction: PoolInstruction, input: MapShape, output: MapShape) {
    let extents = [
      input.rows, input.columns, input.channels, output.rows, output.columns, instruction.windowRows,
      instruction.windowColumns, instruction.strideRows, instruction.strideColumns, instruction.paddingTop,
      instruction.paddingLeft,
    ].compactMap { Int32(exactly: $0) }
    guard extents.count == 11 else { return nil }
    self.init(
      in_height: extents[0], in_width: extents[1], channels: extents[2], out_height: extents[3],
      out_width: extents[4], kernel_height: extents[5], kernel_width: extents[6], stride_height: extents[7],
      stride_width: extents[8], pad_top: extents[9], pad_left: extents[10])
    guard withUnsafePointer(to: self, { qcc_pool_geometry_is_valid($0) }) else { return nil }
  }
}
