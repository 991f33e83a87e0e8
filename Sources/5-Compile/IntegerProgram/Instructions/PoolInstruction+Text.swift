import Targets
import Text

extension PoolInstruction {
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
