import IntegerProgram
import Targets
import Tiling

/// One of each instruction: input 4x4x2, convolution, requantization, sum, pooling, concatenation, padding, reshaping.
func smallProgram() -> IntegerProgram {
  var program = IntegerProgram(name: "small")
  func add(_ name: String, _ rows: Int, _ columns: Int, _ channels: Int, _ range: ClosedRange<Int64>) -> TensorID {
    program.add(
      ProgramTensor(
        name: name, shape: MapShape(rows: rows, columns: columns, channels: channels), range: range,
        encoding: Encoding(scales: [0.5])))
  }
  let input = add("input", 4, 4, 2, -8...7)
  let map = add("conv", 4, 4, 3, -128...127)
  let narrow = add("narrow", 4, 4, 3, -8...7)
  let sum = add("sum", 4, 4, 3, -1000...1000)
  let pooled = add("pool", 2, 4, 3, -1000...1000)
  let joined = add("joined", 4, 4, 3, -1005...1005)
  let padded = add("padded", 5, 5, 3, -8...7)
  let flat = add("flat", 1, 1, 48, -1005...1005)
  program.inputs = [input]
  program.outputs = [flat, padded]

  let shape = LinearLayerShape(
    engine: .conv2D, input: MapExtents(rows: 4, columns: 4, channels: 2),
    output: MapExtents(rows: 4, columns: 4, channels: 3), kernel: Extents(rows: 3, columns: 3),
    padding: .init(top: 1, left: 1), activationBits: 4, weightBits: 8)
  let affine = [12, 9, -10].map { multiplier in
    Requantizer.affine(AffineRequantizer(multiplier: multiplier, addend: 64, shift: 7 + Int(multiplier & 1)))
  }
  program.instructions = [
    .linear(
      LinearInstruction(
        name: "conv", input: input, output: map, shape: shape, paddingCode: 0,
        weights: (0..<54).map { Int64(($0 * 37) % 256 - 128) }, weightLimbs: 1, initial: [0, 100, -5],
        accumulatorRange: -32768...32767,
        stage: .requantize(Requantization(channels: affine, clamp: -128...127)))),
    .requantize(
      RequantizeInstruction(
        name: "narrow", input: map, output: narrow,
        requantization: Requantization(
          channels: [.table(ThresholdTable(thresholds: [-50, 0, 60], codes: [-8, -1, 3, 7]))], clamp: -8...7))),
    .sum(
      SumInstruction(
        name: "sum", terms: [.init(input: map, coefficient: 3), .init(input: narrow, coefficient: -20)], output: sum,
        accumulatorRange: -1000...1000, stage: .accumulator)),
    .pool(
      PoolInstruction(
        name: "pool", input: map, output: pooled, window: (2, 2), stride: (2, 1), padding: (0, 1),
        accumulatorRange: -1000...1000, kind: .sum(stages: [2: .accumulator, 4: .accumulator]))),
    .concatenate(
      ConcatenateInstruction(
        name: "joined", parts: [.init(input: pooled), .init(input: pooled, coefficient: -1, offset: 5)], axis: 0,
        output: joined)),
    .pad(PadInstruction(name: "padded", input: narrow, output: padded, top: 1, left: 0, code: -1)),
    .reshape(ReshapeInstruction(name: "flat", input: joined, output: flat)),
  ]
  return program
}
