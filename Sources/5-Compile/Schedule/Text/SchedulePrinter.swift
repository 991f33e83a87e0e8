import IntegerProgram
import Text
import Tiling

extension Schedule {
  /// The schedule for people and for `ScheduleParser`: the bytes of the arena, a line per tensor that says what makes it and where
  /// it lies, and under each layer the loops that its engine runs.
  ///
  ///     schedule digits on stmac
  ///     arena 288
  ///     x = input 0 -> int8
  ///     q = conv2D mode=8x4 output_bits=8 -> int8 at 0
  ///       for block rows=0..5 columns=0..5
  ///         …
  package var text: String {
    var lines = ["schedule \(QuotedName.text(of: program.name)) on \(QuotedName.text(of: accelerator.name))"]
    lines.append("arena \(storage.bytes)")
    for (index, input) in program.inputs.enumerated() { lines.append(line("input \(index)", making: input)) }
    for (instruction, step) in zip(program.instructions, steps) {
      switch step {
      case .cpu: lines.append(line("cpu", making: instruction.output))
      case .engine(let layer):
        let width = layer.nest.width.map { " width=\($0)" } ?? ""
        let words = "\(layer.shape.engine) mode=\(layer.mode) output_bits=\(layer.shape.outputBits)\(width)"
        lines.append(line(words, making: instruction.output))
        lines += layer.nest.body.flatMap(\.lines).map { "  " + $0 }
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func line(_ words: String, making tensor: TensorID) -> String {
    let buffer = storage[tensor]
    let place =
      switch buffer.place {
      case .input: ""
      case .arena(let offset): " at \(offset)"
      }
    return "\(QuotedName.text(of: program[tensor].name)) = \(words) -> \(buffer.type)\(place)"
  }
}

extension TileNode {
  fileprivate var lines: [String] {
    switch self {
    case .command(.begin): ["begin"]
    case .command(.load(let operand)): ["load \(operand.rawValue)"]
    case .command(.pass): ["pass"]
    case .command(.store): ["store"]
    case .loop(let loop):
      [(["for", loop.name] + loop.cuts.map(\.text) + (loop.alternates ? ["alternating"] : [])).joined(separator: " ")]
        + loop.body.flatMap(\.lines).map { "  " + $0 }
    }
  }
}

extension TileCut {
  /// `rows=0..15|16..31`, `kernel_rows=0..8/2|1..9/2`, or `groups=each(32)`
  fileprivate var text: String {
    let each =
      slices.count > 1 && slices.enumerated().allSatisfy { $0.element == TileSlice(start: $0.offset, count: 1) }
    return "\(axis.rawValue)=" + (each ? "each(\(slices.count))" : slices.map(\.text).joined(separator: "|"))
  }
}

extension TileSlice {
  fileprivate var text: String {
    count == 1 ? "\(start)" : "\(start)..\(last)" + (step == 1 ? "" : "/\(step)")
  }
}
