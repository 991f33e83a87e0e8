import CValueKernels
import Diagnostics
import IntegerProgram
import Numbers

/// A linear layer: one kernel run per pair of input limb and weight limb, their sums joined, then the output stage.
struct LinearStep: PreparedStep {
  private let input: TensorID
  private let output: TensorID
  private let inputElements: Int
  private let outputElements: Int
  private let outputPixels: Int
  /// By weight limb.
  private let kernels: [LinearKernel]
  private let inputLimbs: Int
  /// The padding code's limbs, one per input limb.
  private let padding: [Int16]
  private let sumWidth: CodeWidth
  private let stage: PreparedStage

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

    let padding = try require(
      limbs(of: [instruction.shape.readsPadding ? instruction.paddingCode : 0], count: inputLimbs),
      "the padding code does not fit the feature map's type", at: .init(layer: instruction.name))
    self.padding = padding.map { $0[0] }
    let weights = try require(
      limbs(of: instruction.weights, count: instruction.shape.weightLimbs),
      "weights do not fit \(instruction.shape.weightLimbs * 16) bits", at: .init(layer: instruction.name))
    kernels = try weights.map { plane throws(Diagnostic) in
      try require(
        LinearKernel(shape, weights: plane), "the simulator does not take a layer of this size",
        at: .init(layer: instruction.name))
    }

    let sums = instruction.accumulatorBounds(inputRange: inputTensor.range)
    let ranges = PerChannel(
      zip(sums, instruction.initial).map { bounds, initial in
        bounds.final.shifted(by: -Int128(initial)).clampedTo64Bits
      })
    // Kernels compute modulo 2^32: the finished sum has to fit, partial ones need not.
    let fits32 = inputLimbs * weights.count == 1 && ranges.allSatisfy { CodeWidth(holding: $0) != .int64 }
    sumWidth = fits32 ? .int32 : .int64
    stage = PreparedStage(
      instruction.stage, initial: instruction.initial, sums: ranges, output: CodeWidth(program[instruction.output]))
  }

  private var isBatched: Bool { kernels[0].isBatched }

  /// Where things lie in the scratch memory for `samples` samples at once.
  private struct Layout {
    var sums: Int
    var partialSums: Int
    var planes: Int
    var end: Int
  }

  private func layout(samples: Int) -> Layout {
    let sums = CodeMemory.aligned(kernels.map { $0.scratchBytes(samples: samples) }.max() ?? 0)
    let partialSums = CodeMemory.aligned(sums + outputElements * samples * sumWidth.bytes)
    let isSplit = inputLimbs * kernels.count > 1
    let planes = CodeMemory.aligned(partialSums + (isSplit ? outputElements * samples * CodeWidth.int64.bytes : 0))
    let end = planes + (inputLimbs > 1 ? inputElements * samples * inputLimbs * CodeWidth.int16.bytes : 0)
    return Layout(sums: sums, partialSums: partialSums, planes: planes, end: CodeMemory.aligned(end))
  }

  func scratchBytes(samples: Int) -> Int { layout(samples: isBatched ? samples : 1).end }

  func run(_ frame: Frame) {
    let samples = isBatched ? frame.samples : 1
    let layout = layout(samples: samples)
    let sums = CodePointer(base: frame.scratch + layout.sums, width: sumWidth)
    for first in stride(from: 0, to: frame.samples, by: samples) {
      let input = frame[input].advanced(by: first * inputElements)
      let planes = planes(input, samples: samples, scratch: frame.scratch + layout.planes)
      accumulate(planes, samples: samples, sums: sums, layout: layout, scratch: frame.scratch)
      stage.apply(
        sums, positions: outputPixels * samples, to: frame[output].advanced(by: first * outputElements))
    }
  }

  /// The input's limbs, one plane after another; the codes themselves where one limb holds them.
  private func planes(
    _ input: CodePointer, samples: Int, scratch: UnsafeMutableRawPointer
  ) -> UnsafeMutablePointer<Int16> {
    let planes = scratch.assumingMemoryBound(to: Int16.self)
    let count = inputElements * samples
    switch input.width {
    case .int16: return input.int16
    case .int32: precondition(qcc_split_limbs_i32(input.int32, count, inputLimbs, planes), "a code beyond its range")
    case .int64: precondition(qcc_split_limbs_i64(input.int64, count, inputLimbs, planes), "a code beyond its range")
    }
    return planes
  }

  private func accumulate(
    _ planes: UnsafeMutablePointer<Int16>, samples: Int, sums: CodePointer, layout: Layout,
    scratch: UnsafeMutableRawPointer
  ) {
    let partialSums = CodePointer(base: scratch + layout.partialSums, width: .int64)
    for inputLimb in 0..<inputLimbs {
      let plane = planes + inputLimb * inputElements * samples
      for (weightLimb, kernel) in kernels.enumerated() {
        let limb = inputLimb + weightLimb
        let target = limb == 0 ? sums : partialSums
        kernel.run(plane, samples: samples, padding: padding[inputLimb], sums: target, scratch: scratch)
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
