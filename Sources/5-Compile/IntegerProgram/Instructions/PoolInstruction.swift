import Diagnostics
import Numbers
import Targets

/// The largest code of a window, or the sum of its codes. Windows hang over the edges where padding asks for it; only
/// the pixels inside count.
package struct PoolInstruction: Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    case maximum
    /// The sum, requantized by how many pixels of the window lie inside the feature map. `stages` maps that count to
    /// the stage; all windows inside: one entry.
    case sum(stages: [Int: OutputStage])
  }

  package var name: String
  package var input: TensorID
  package var output: TensorID
  package var window: (rows: Int, columns: Int) { (windowRows, windowColumns) }
  package var windowRows: Int
  package var windowColumns: Int
  package var strideRows: Int
  package var strideColumns: Int
  package var paddingTop: Int
  package var paddingLeft: Int
  package var accumulatorRange: CodeRange
  package var kind: Kind

  package init(
    name: String, input: TensorID, output: TensorID, window: (rows: Int, columns: Int),
    stride: (rows: Int, columns: Int), padding: (top: Int, left: Int), accumulatorRange: CodeRange, kind: Kind
  ) {
    self.name = name
    self.input = input
    self.output = output
    windowRows = window.rows
    windowColumns = window.columns
    strideRows = stride.rows
    strideColumns = stride.columns
    paddingTop = padding.top
    paddingLeft = padding.left
    self.accumulatorRange = accumulatorRange
    self.kind = kind
  }
}

extension PoolInstruction: InstructionKind {
  var inputs: [TensorID] { [input] }
  var mnemonic: String { kind == .maximum ? "max_pool" : "sum_pool" }

  func verify(by verifier: inout ProgramVerifier) { verifier.verify(self) }
}

extension PoolInstruction {
  /// Bounds of a sum over at most `pixels` codes of `range`.
  package func accumulatorBounds(range: CodeRange, pixels: Int) -> AccumulatorBounds {
    var bounds = AccumulatorBounds(initial: 0)
    bounds.add(range.wide, count: pixels)
    return bounds
  }

  /// How many rows and columns of the window of output (`row`, `column`) lie inside a feature map of `input`.
  package func windowExtents(row: Int, column: Int, input: MapShape) -> Extents {
    func inside(_ first: Int, _ count: Int, _ extent: Int) -> Int { max(0, min(first + count, extent) - max(first, 0)) }
    return Extents(
      rows: inside(row * strideRows - paddingTop, windowRows, input.rows),
      columns: inside(column * strideColumns - paddingLeft, windowColumns, input.columns))
  }
}

extension ProgramVerifier {
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
}
