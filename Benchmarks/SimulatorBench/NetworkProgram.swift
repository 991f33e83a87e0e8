import IntegerProgram
import Numbers
import Targets
import Tiling
import TilingTestSupport

/// A network of the reference shapes with random weights and requantizers that use the whole range of codes. Where two
/// branches meet is found by shape, so ResNet8 has its three additions.
struct NetworkProgram {
  private(set) var program: IntegerProgram
  private(set) var macs = 0
  private var random = SplitMix(seed: 1)

  init(_ network: ReferenceNetwork) {
    program = IntegerProgram(name: network.name)
    var maps: [TensorID] = []
    for (index, layer) in network.layers.enumerated() {
      let extents = layer.input
      let shape = MapShape(rows: extents.rows, columns: extents.columns, channels: extents.channels)
      if maps.isEmpty {
        maps.append(add("input", shape, bits: layer.activationBits))
        program.inputs = maps
      }
      if layer.engine == .fullyConnected, program[maps[maps.count - 1]].shape.pixels > 1 {
        maps.append(averagePool(maps[maps.count - 1]))
      }
      guard let input = maps.last(where: { program[$0].shape == shape }) else {
        preconditionFailure("layer \(index) of \(network.name) reads a shape that nothing makes")
      }
      let next = index + 1 < network.layers.count ? network.layers[index + 1].activationBits : 8
      var layer = layer
      layer.activationBits = program[input].type.bits
      layer.outputBits = next
      maps.append(linear(layer, input, outputBits: next))
      macs += layer.macs
      if network.name == "ResNet8", [2, 5, 8].contains(index) {
        let output = maps[maps.count - 1]
        let shape = program[output].shape
        if let other = maps.dropLast().last(where: { program[$0].shape == shape }) {
          maps.append(sum([other, output]))
        }
      }
    }
    program.outputs = [program.output(maps[maps.count - 1])]
  }

  /// Random input codes of `samples` samples.
  mutating func input(samples: Int) -> [Int16] {
    let tensor = program[program.inputs[0]]
    return (0..<samples * tensor.shape.elements).map { _ in Int16(Int64.random(in: tensor.range, using: &random)) }
  }

  private mutating func add(_ name: String, _ shape: MapShape, bits: Int) -> TensorID {
    let half = Int64(1) << Int64(bits - 1)
    return program.add(
      ProgramTensor(name: name, shape: shape, range: -half...half - 1, encoding: Encoding(scales: [1])))
  }

  /// Multipliers of 12 bits, one per channel, that bring accumulators of `bound` to `bits`.
  private mutating func stage(bound: Int64, channels: Int, bits: Int) -> OutputStage {
    let half = Int64(1) << Int64(bits - 1)
    let shift = 12 + max(0, Int64.bitWidth - bound.leadingZeroBitCount - bits - 3)
    let requantizers = PerChannel(channels: channels) { _ in
      Requantizer.affine(
        AffineRequantizer(
          multiplier: Int64.random(in: 2048...4095, using: &random), addend: 1 << Int128(shift - 1), shift: shift))
    }
    return .requantize(Requantization(channels: requantizers, clamp: -half...half - 1))
  }

  private mutating func linear(
    _ shape: LinearLayerShape, _ input: TensorID, outputBits: Int
  ) -> TensorID {
    let output = MapShape(rows: shape.output.rows, columns: shape.output.columns, channels: shape.output.channels)
    let id = add("layer \(program.instructions.count)", output, bits: outputBits)
    let half = Int64(1) << Int64(shape.weightBits - 1)
    let taps = shape.kernel.rows * shape.kernel.columns * shape.reducedChannels
    let weights = (0..<taps * output.channels).map { _ in Int64.random(in: -half...half - 1, using: &random) }
    let bound = Int64(taps) * half << Int64(program[input].type.bits - 1)
    program.instructions.append(
      .linear(
        LinearInstruction(
          name: program[id].name, input: input, output: id, shape: shape, paddingCode: 0,
          weights: IntegerArray(weights),
          initial: Array(repeating: 0, count: output.channels), accumulatorRange: -bound...bound,
          stage: stage(bound: bound, channels: output.channels, bits: outputBits))))
    return id
  }

  private mutating func sum(_ inputs: [TensorID]) -> TensorID {
    let first = program[inputs[0]]
    let id = add("sum \(program.instructions.count)", first.shape, bits: first.type.bits)
    let terms = inputs.map {
      CombineInstruction.Term(input: $0, coefficients: [Int64.random(in: 100...200, using: &random)])
    }
    let bound = terms.reduce(0) { $0 - $1.coefficients[0] * program[$1.input].range.lowerBound }
    program.instructions.append(
      .combine(
        CombineInstruction(
          name: program[id].name, operation: .sum, terms: terms, output: id, accumulatorRange: -bound...bound,
          stage: stage(bound: bound, channels: 1, bits: first.type.bits))))
    return id
  }

  private mutating func averagePool(_ input: TensorID) -> TensorID {
    let tensor = program[input]
    let shape = tensor.shape
    let id = add("pool", MapShape(rows: 1, columns: 1, channels: shape.channels), bits: tensor.type.bits)
    let bound = -tensor.range.lowerBound * Int64(shape.pixels)
    program.instructions.append(
      .pool(
        PoolInstruction(
          name: "pool", input: input, output: id, window: (shape.rows, shape.columns), stride: (1, 1),
          padding: (0, 0), accumulatorRange: -bound...bound,
          kind: .sum(stages: [shape.pixels: stage(bound: bound, channels: 1, bits: tensor.type.bits)]))))
    return id
  }
}
