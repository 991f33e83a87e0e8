import Diagnostics
import Numbers

extension ProgramVerifier {
  mutating func verify(_ instruction: SumInstruction) {
    let output = program[instruction.output]
    guard require(!instruction.terms.isEmpty, "a sum of nothing") else { return }
    for term in instruction.terms { requireShape(output.shape, of: program[term.input]) }
    let bounds = instruction.accumulatorBounds(ranges: instruction.terms.map { program[$0.input].range })
    guard requireAccumulators(bounds, in: instruction.accumulatorRange) else { return }
    verify(instruction.stage, accumulators: [bounds.final], output: output)
  }

  mutating func verify(_ instruction: PoolInstruction) {
    let input = program[instruction.input]
    let output = program[instruction.output]
    requireShape(
      MapShape(rows: output.shape.rows, columns: output.shape.columns, channels: input.shape.channels), of: output)
    let sizes = [
      instruction.windowRows, instruction.windowColumns, instruction.strideRows, instruction.strideColumns,
      instruction.paddingTop + 1, instruction.paddingLeft + 1,
    ]
    guard
      require(
        sizes.allSatisfy { (1...1 << 20).contains($0) }, "a window, stride or padding out of range",
        supported: "windows and strides from 1, paddings from 0")
    else { return }
    // A window's pixels are its rows inside times its columns inside, so one row and one column say everything.
    var pixels = Set<Int>()
    let columns = Set(
      (0..<output.shape.columns).map { instruction.windowExtents(row: 0, column: $0, input: input.shape).columns })
    for row in 0..<output.shape.rows {
      let rows = instruction.windowExtents(row: row, column: 0, input: input.shape).rows
      for columns in columns { pixels.insert(rows * columns) }
    }
    guard require(!pixels.contains(0), "a window without a pixel of the feature map") else { return }
    switch instruction.kind {
    case .maximum:
      requireCodes(input.range.wide, in: output)
    case .sum(let stages):
      for count in pixels.sorted() {
        guard let stage = stages.count == 1 ? stages.values.first : stages[count] else {
          report("no output stage for windows with \(count) pixels inside the feature map")
          return
        }
        let bounds = instruction.accumulatorBounds(range: input.range, pixels: count)
        guard requireAccumulators(bounds, in: instruction.accumulatorRange) else { return }
        verify(stage, accumulators: [bounds.final], output: output)
      }
    }
  }

  mutating func verify(_ instruction: RequantizeInstruction) {
    let input = program[instruction.input]
    let output = program[instruction.output]
    requireShape(input.shape, of: output)
    verify(instruction.requantization, accumulators: [input.range.wide], output: output)
  }

  mutating func verify(_ instruction: ConcatenateInstruction) {
    let output = program[instruction.output]
    guard
      require((0...2).contains(instruction.axis), "axis \(instruction.axis)", supported: "0 to 2"),
      require(!instruction.parts.isEmpty, "a concatenation of nothing")
    else { return }
    var extent = 0
    for part in instruction.parts {
      let tensor = program[part.input]
      extent += tensor.shape[axis: instruction.axis]
      var expected = output.shape
      expected[axis: instruction.axis] = tensor.shape[axis: instruction.axis]
      requireShape(expected, of: tensor)
      requireCodes(
        tensor.range.wide.scaled(by: Int128(part.coefficient)).shifted(by: Int128(part.offset)), in: output)
    }
    var expected = output.shape
    expected[axis: instruction.axis] = extent
    requireShape(expected, of: output)
  }

  mutating func verify(_ instruction: PadInstruction) {
    let input = program[instruction.input]
    let output = program[instruction.output]
    require(
      instruction.top >= 0 && instruction.left >= 0 && output.shape.channels == input.shape.channels
        && output.shape.rows - instruction.top >= input.shape.rows
        && output.shape.columns - instruction.left >= input.shape.columns,
      "\(input.shape) padded by \(instruction.top) rows and \(instruction.left) columns", tensor: output.name,
      supported: "what fits \(output.shape)")
    requireCodes(input.range.wide, in: output)
    requireCodes(Int128(instruction.code)...Int128(instruction.code), in: output)
  }

  mutating func verify(_ instruction: ReshapeInstruction) {
    let input = program[instruction.input]
    let output = program[instruction.output]
    require(
      input.shape.elements == output.shape.elements, "\(output.shape.elements) elements", tensor: output.name,
      supported: "\(input.shape.elements)")
    requireCodes(input.range.wide, in: output)
  }

  private mutating func requireAccumulators(_ bounds: AccumulatorBounds, in range: ClosedRange<Int64>) -> Bool {
    require(
      range.wide.contains(bounds.partial),
      "accumulators from \(bounds.partial.lowerBound) to \(bounds.partial.upperBound)",
      supported: "the instruction's range, \(range.lowerBound) to \(range.upperBound)")
  }
}

extension MapShape {
  fileprivate subscript(axis axis: Int) -> Int {
    get {
      switch axis {
      case 0: rows
      case 1: columns
      default: channels
      }
    }
    set {
      switch axis {
      case 0: rows = newValue
      case 1: columns = newValue
      default: channels = newValue
      }
    }
  }
}
