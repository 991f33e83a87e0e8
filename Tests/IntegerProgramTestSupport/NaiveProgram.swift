import IntegerProgram
import Tiling

/// What a program computes, read off the definitions of its instructions: the other side of every comparison here.
package struct NaiveProgram {
  package let program: IntegerProgram

  package init(program: IntegerProgram) {
    self.program = program
  }

  /// The codes of every tensor.
  package func run(_ inputs: [[Int64]]) -> [[Int64]] {
    var codes = Array(repeating: [Int64](), count: program.tensors.count)
    for (id, values) in zip(program.inputs, inputs) { codes[id.index] = values }
    for instruction in program.instructions {
      codes[instruction.output.index] = result(of: instruction, codes)
    }
    return codes
  }

  private func result(of instruction: Instruction, _ codes: [[Int64]]) -> [Int64] {
    let output = program[instruction.output].shape
    let sources = instruction.inputs.map { codes[$0.index] }
    switch instruction {
    case .linear(let layer): return linear(layer, sources[0])
    case .combine(let step):
      return (0..<output.elements).map { index in
        let channel = index % output.channels
        let values = zip(step.terms, sources).map {
          $0.coefficients[channel] * $1[index] + $0.offsets[channel]
        }
        let accumulator =
          switch step.operation {
          case .sum: values.reduce(0, +)
          case .product: values.reduce(1, *)
          case .maximum: values.max() ?? 0
          case .minimum: values.min() ?? 0
          }
        return apply(step.stage, accumulator, channel)
      }
    case .matrixProduct(let step): return matrixProduct(step, sources)
    case .pool(let pool): return self.pool(pool, sources[0])
    case .requantize(let step):
      return sources[0].enumerated().map { step.requantization($0.element, channel: $0.offset % output.channels) }
    case .move(let move): return self.move(move, sources)
    case .reshape: return sources[0]
    }
  }

  private func linear(_ layer: LinearInstruction, _ source: [Int64]) -> [Int64] {
    let shape = layer.shape
    let input = program[layer.input].shape
    let output = program[layer.output].shape
    // A fully connected layer sees its input as one pixel.
    let map = shape.engine == .fullyConnected ? MapShape(rows: 1, columns: 1, channels: input.elements) : input
    let perGroup = shape.output.channels / shape.groups
    return pixels(output).flatMap { row, column in
      (0..<output.channels).map { channel in
        var accumulator = layer.initial[channel]
        for kernelRow in 0..<shape.kernel.rows {
          for kernelColumn in 0..<shape.kernel.columns {
            let r = row * shape.stride.rows + kernelRow * shape.dilation.rows - shape.padding.top
            let c = column * shape.stride.columns + kernelColumn * shape.dilation.columns - shape.padding.left
            for reduced in 0..<shape.reducedChannels {
              let first =
                shape.engine == .depthwise
                ? channel / shape.channelMultiplier : channel / perGroup * shape.reducedChannels
              let tap = (kernelRow * shape.kernel.columns + kernelColumn) * shape.reducedChannels + reduced
              let operand = code(source, map, r, c, first + reduced) ?? layer.paddingCode
              accumulator += operand * layer.weights[tap * output.channels + channel]
            }
          }
        }
        return apply(layer.stage, accumulator, channel)
      }
    }
  }

  private func matrixProduct(_ step: MatrixProductInstruction, _ sources: [[Int64]]) -> [Int64] {
    let (first, second) = (program[step.first.input].shape, program[step.second.input].shape)
    let output = program[step.output].shape
    let factors = zip([step.first, step.second], sources).map { factor, codes in
      codes.map { $0 * factor.coefficients[0] + factor.offsets[0] }
    }
    return (0..<output.rows).flatMap { matrix in
      (0..<output.columns).flatMap { i in
        (0..<output.channels).map { j in
          let sum = (0..<first.channels).reduce(Int64(0)) { sum, k in
            let (row, column) = step.transposesSecond ? (j, k) : (k, j)
            return sum + factors[0][(matrix * first.columns + i) * first.channels + k]
              * factors[1][(matrix * second.columns + row) * second.channels + column]
          }
          return apply(step.stage, sum, j)
        }
      }
    }
  }

  private func pool(_ pool: PoolInstruction, _ source: [Int64]) -> [Int64] {
    let input = program[pool.input].shape
    let output = program[pool.output].shape
    return pixels(output).flatMap { row, column in
      (0..<output.channels).map { channel in
        var window: [Int64] = []
        for r in 0..<pool.windowRows {
          for c in 0..<pool.windowColumns {
            let top = row * pool.strideRows - pool.paddingTop
            let left = column * pool.strideColumns - pool.paddingLeft
            if let code = code(source, input, top + r, left + c, channel) { window.append(code) }
          }
        }
        switch pool.kind {
        case .maximum: return window.max() ?? 0
        case .sum(let stages):
          let stage = stages.count == 1 ? stages.values.first : stages[window.count]
          return apply(stage ?? .accumulator, window.reduce(0, +), channel)
        }
      }
    }
  }

  private func move(_ move: MoveInstruction, _ sources: [[Int64]]) -> [Int64] {
    var result = Array(repeating: move.fill ?? 0, count: program[move.output].shape.elements)
    for (part, source) in zip(move.parts, sources) {
      let extents = part.box.axes.map(\.extent)
      for element in 0..<extents.reduce(1, *) {
        var (rest, from, to) = (element, part.box.source, part.box.target)
        for axis in part.box.axes.reversed() {
          let index = rest % axis.extent
          rest /= axis.extent
          from += (axis.positions.map { $0[index] } ?? index) * axis.sourceStride
          to += index * axis.targetStride
        }
        result[to] = source[from] * part.coefficient + part.offset
      }
    }
    return result
  }

  private func apply(_ stage: OutputStage, _ accumulator: Int64, _ channel: Int) -> Int64 {
    switch stage {
    case .accumulator: accumulator
    case .requantize(let requantization): requantization(accumulator, channel: channel)
    }
  }

  private func pixels(_ shape: MapShape) -> [(Int, Int)] {
    (0..<shape.rows).flatMap { row in (0..<shape.columns).map { (row, $0) } }
  }

  private func code(_ codes: [Int64], _ shape: MapShape, _ row: Int, _ column: Int, _ channel: Int) -> Int64? {
    guard (0..<shape.rows).contains(row), (0..<shape.columns).contains(column) else { return nil }
    return codes[(row * shape.columns + column) * shape.channels + channel]
  }
}
