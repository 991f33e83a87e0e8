import CValueKernels
import Diagnostics
import IntegerProgram
import Numbers

/// A linear layer: one kernel run per pair of input limb and weight limb, their sums joined, then the output stage; in one go
/// where the sums of one pair fit 32 bits and the stage takes them out of registers.
struct LinearStep: PreparedStep {
  private let input: TensorID
  private let output: TensorID
  private let inputElements: Int
  private let outputElements: Int
  private let outputPixels: Int
  /// By weight limb.
  private let kernels: [LinearKernel]
  /// How the kernels read the feature map: as it lies in memory where that is bytes or int16, else in limbs.
  private let format: CodeFormat
  private let inputLimbs: Int
  /// The padding code as it lies in memory, one per input limb.
  private let padding: [Int32]
  private let sumFormat: CodeFormat
  private let stage: PreparedStage
  /// What requantizes in registers.
  private let tileRequantizer: Packed?

  /// - Throws: `Diagnostic` where the kernels do not take the layer.
  init(_ instruction: LinearInstruction, in program: IntegerProgram) throws(Diagnostic) {
    let shape = instruction.shape
    let inputTensor = program[instruction.input]
    input = instruction.input
    output = instruction.output
    inputElements = shape.input.elements
    outputElements = shape.output.elements
    outputPixels = shape.output.pixels
    inputLimbs = inputTensor.limbs

    let sums = instruction.accumulatorBounds(inputRange: inputTensor.range)
    let ranges = PerChannel(
      zip(sums, instruction.initial).map { bounds, initial in
        bounds.final.shifted(by: -Int128(initial)).clampedTo64Bits
      })
    let weights = try require(
      limbs(of: instruction.weights.widened, count: instruction.shape.weightLimbs),
      "weights do not fit \(instruction.shape.weightLimbs * 16) bits", at: .init(layer: instruction.name))
    // Kernels compute modulo 2^32: the finished sum has to fit, partial ones need not.
    let fits32 = inputLimbs * weights.count == 1 && ranges.allSatisfy { CodeFormat(integersHolding: $0) != .int64 }
    sumFormat = fits32 ? .int32 : .int64

    let paddingCode = shape.readsPadding ? instruction.paddingCode : inputTensor.range.lowerBound
    let lying = CodeFormat(inputTensor)
    let takesBytes =
      lying.isByte && fits32 && lying.range.contains(paddingCode) && instruction.weightType.bits <= 8
    format = takesBytes ? lying : .int16
    if takesBytes {
      padding = [Int32(paddingCode - lying.origin)]
    } else {
      let limbs = try require(
        limbs(of: [paddingCode], count: inputLimbs), "the padding code does not fit the feature map's type",
        at: .init(layer: instruction.name))
      padding = limbs.map { Int32($0[0]) }
    }
    let largest = max(inputTensor.range.upperBound, paddingCode) - lying.origin
    let codes = qcc_codes(
      bytes: Int32(format.bytes), offset: Int32(-format.origin), largest: takesBytes ? Int32(largest) : 0)
    kernels = try weights.map { plane throws(Diagnostic) in
      try require(
        LinearKernel(shape, weights: plane, input: codes), "the simulator does not take a layer of this size",
        at: .init(layer: instruction.name))
    }
    stage = PreparedStage(
      instruction.stage, initial: instruction.initial, sums: ranges, output: CodeFormat(program[instruction.output]))
    tileRequantizer = fits32 && shape.groups == 1 ? stage.tileRequantizer : nil
  }

  /// Samples that a kernel runs over at once: many where no sums of all of them have to lie in memory, or are few.
  private func samplesAtOnce(_ samples: Int) -> Int {
    kernels[0].isBatched && (tileRequantizer != nil || outputPixels == 1) ? samples : 1
  }

  /// Where things lie in the scratch memory for `samples` samples at once.
  private struct Layout {
    var sums: Int
    var partialSums: Int
    var planes: Int
    var end: Int
  }

  private func layout(samples: Int) -> Layout {
    let sums = CodeMemory.aligned(kernels.map { $0.scratchBytes(pixels: outputPixels * samples) }.max() ?? 0)
    let hasSums = tileRequantizer == nil
    let partialSums = CodeMemory.aligned(sums + (hasSums ? outputElements * samples * sumFormat.bytes : 0))
    let isSplit = inputLimbs * kernels.count > 1
    let planes = CodeMemory.aligned(partialSums + (isSplit ? outputElements * samples * CodeFormat.int64.bytes : 0))
    // One plane also where codes are widened.
    let end = planes + (format.isByte ? 0 : inputElements * samples * inputLimbs * CodeFormat.int16.bytes)
    return Layout(sums: sums, partialSums: partialSums, planes: planes, end: CodeMemory.aligned(end))
  }

  func scratchBytes(samples: Int) -> Int { layout(samples: samplesAtOnce(samples)).end }

  func run(_ frame: Frame) {
    let samples = samplesAtOnce(frame.samples)
    let layout = layout(samples: samples)
    let sums = CodePointer(base: frame.scratch + layout.sums, format: sumFormat)
    for first in stride(from: 0, to: frame.samples, by: samples) {
      let input = frame[input].advanced(by: first * inputElements)
      let output = frame[output].advanced(by: first * outputElements)
      let planes = planes(input, samples: samples, scratch: frame.scratch + layout.planes)
      if let tileRequantizer {
        kernels[0].run(
          planes, pixels: outputPixels * samples, padding: padding[0], requantizer: tileRequantizer, codes: output,
          scratch: frame.scratch)
      } else {
        accumulate(planes, samples: samples, sums: sums, layout: layout, scratch: frame.scratch)
        stage.apply(sums, positions: outputPixels * samples, to: output)
      }
    }
  }

  /// The input as the kernels read it: as it lies in memory, or its limbs, one plane after another.
  private func planes(
    _ input: CodePointer, samples: Int, scratch: UnsafeMutableRawPointer
  ) -> UnsafeMutableRawPointer {
    if input.format == format { return input.base }
    let planes = scratch.assumingMemoryBound(to: Int16.self)
    let count = inputElements * samples
    switch input.format {
    case .byte, .int16: CodePointer(base: scratch, format: .int16).write(input, count: count)
    case .int32: precondition(qcc_split_limbs_i32(input.int32, count, inputLimbs, planes), "a code beyond its range")
    case .int64: precondition(qcc_split_limbs_i64(input.int64, count, inputLimbs, planes), "a code beyond its range")
    }
    return scratch
  }

  private func accumulate(
    _ planes: UnsafeMutableRawPointer, samples: Int, sums: CodePointer, layout: Layout, scratch: UnsafeMutableRawPointer
  ) {
    let partialSums = CodePointer(base: scratch + layout.partialSums, format: .int64)
    for inputLimb in 0..<inputLimbs {
      let plane = planes + inputLimb * inputElements * samples * format.bytes
      for (weightLimb, kernel) in kernels.enumerated() {
        let limb = inputLimb + weightLimb
        let target = limb == 0 ? sums : partialSums
        kernel.run(
          plane, pixels: outputPixels * samples, padding: padding[inputLimb], sums: target, scratch: scratch)
        // Limbs from the fifth on vanish modulo 2^64.
        if limb > 0, limb < 4 {
          qcc_add_shifted_i64(partialSums.int64, outputElements * samples, Int32(16 * limb), sums.int64)
        }
      }
    }
  }
}

/// Balanced base 2^16 digits of `codes`, one plane per digit, least significant first; nil where `count` digits do not
/// hold them.
private func limbs(of codes: [Int64], count: Int) -> [[Int16]]? {
  var planes = [Int16](repeating: 0, count: codes.count * count)
  guard qcc_split_limbs_i64(codes, codes.count, count, &planes) else { return nil }
  return (0..<count).map { Array(planes[$0 * codes.count..<($0 + 1) * codes.count]) }
}
