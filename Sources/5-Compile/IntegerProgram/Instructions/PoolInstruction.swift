import Diagnostics
import Numbers
import Text

/// The largest code of a window, or the sum of its codes. Windows hang over the edges where padding asks for it; only
/// the pixels inside count.
package struct PoolInstruction: Hashable, Sendable, InstructionKind {
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

  func write(to writer: inout AttributeWriter, in program: IntegerProgram) {
    writer.write("window", [windowRows, windowColumns])
    writer.write("stride", [strideRows, strideColumns], unless: [1, 1])
    writer.write("padding", [paddingTop, paddingLeft], unless: [0, 0])
    switch kind {
    case .maximum: writer.write("accumulator", accumulatorRange, unless: program[input].range)
    case .sum(let stages):
      writer.write("accumulator", accumulatorRange)
      writer.write("by_pixels", stages.sorted { $0.key < $1.key }.map(PixelStage.init))
    }
  }

  init(_ reader: inout InstructionReader, isMaximum: Bool) throws {
    let input = try reader.input()
    let window: Extents = try reader.attributes.read("window")
    let stride: Extents = try reader.attributes.read("stride", default: .one)
    let padding: Extents = try reader.attributes.read("padding", default: Extents(rows: 0, columns: 0))
    let range: ClosedRange<Int64> = try reader.attributes.read(
      "accumulator", default: isMaximum ? reader.program[input].range : nil)
    let kind =
      isMaximum
      ? Kind.maximum
      : .sum(
        stages: Dictionary(
          try (reader.attributes.read("by_pixels") as [PixelStage]).map { ($0.pixels, $0.stage) },
          uniquingKeysWith: { _, last in last }))
    self.init(
      name: reader.name, input: input, output: reader.output, window: (window.rows, window.columns),
      stride: (stride.rows, stride.columns), padding: (padding.rows, padding.columns), accumulatorRange: range,
      kind: kind)
  }

  var inputs: [TensorID] { [input] }
  var mnemonic: String { kind == .maximum ? "max_pool" : "sum_pool" }

  func verify(by verifier: inout ProgramVerifier) {
    let input = verifier.program[self.input]
    let output = verifier.program[self.output]
    verifier.requireShape(
      MapShape(rows: output.shape.rows, columns: output.shape.columns, channels: input.shape.channels), of: output)
    let sizes = [
      windowRows, windowColumns, strideRows, strideColumns,
      paddingTop + 1, paddingLeft + 1,
    ]
    guard
      verifier.require(
        sizes.allSatisfy { (1...1 << 20).contains($0) }, "a window, stride or padding out of range",
        supported: "windows and strides from 1, paddings from 0")
    else { return }
    // A window's pixels are its rows inside times its columns inside, so one row and one column say everything.
    var pixels = Set<Int>()
    let columns = Set(
      (0..<output.shape.columns).map { windowExtents(row: 0, column: $0, input: input.shape).columns })
    for row in 0..<output.shape.rows {
      let rows = windowExtents(row: row, column: 0, input: input.shape).rows
      for columns in columns { pixels.insert(rows * columns) }
    }
    guard verifier.require(!pixels.contains(0), "a window without a pixel of the feature map") else { return }
    switch kind {
    case .maximum:
      verifier.requireCodes(input.range.wide, in: output)
    case .sum(let stages):
      for count in pixels.sorted() {
        guard let stage = stages.count == 1 ? stages.values.first : stages[count] else {
          verifier.report("no output stage for windows with \(count) pixels inside the feature map")
          return
        }
        let bounds = accumulatorBounds(range: input.range, pixels: count)
        guard verifier.requireAccumulators(bounds, in: accumulatorRange) else { return }
        verifier.verify(stage, accumulators: [bounds.final], output: output)
      }
    }
  }
}

/// `4: clamp(…)`: what becomes of the sums of windows with this many pixels inside.
private struct PixelStage: TextValue {
  var pixels: Int
  var stage: OutputStage

  init(pixels: Int, stage: OutputStage) {
    self.pixels = pixels
    self.stage = stage
  }

  var text: String { "\(pixels): \(stage.text)" }

  init(scanning scanner: inout TextScanner) throws {
    pixels = try scanner.key()
    stage = try OutputStage(scanning: &scanner)
  }
}
