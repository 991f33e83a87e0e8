import Diagnostics
import IntegerProgram
import Targets
import Text
import Tiling

/// Reads the text form of a schedule (see `Schedule.text`) of a program: what is written is not judged, `verify` does that.
package struct ScheduleParser {
  private let program: IntegerProgram
  private let accelerator: Accelerator
  private var lines: [Line] = []
  private var next = 0

  private struct Line {
    var indent: Int
    var words: [Substring]
    var location: Diagnostic.Location
  }

  /// - Throws: `Diagnostic`, the first line that is no schedule's.
  package static func schedule(
    from text: String, of program: IntegerProgram, on accelerator: Accelerator, file: String? = nil
  ) throws -> Schedule {
    var parser = ScheduleParser(program: program, accelerator: accelerator)
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let words = LineTokens(line).words
      guard !words.isEmpty else { continue }
      parser.lines.append(
        Line(
          indent: line.prefix { $0 == " " }.count, words: words,
          location: .init(file: file.map { "\($0):\(index + 1)" } ?? "line \(index + 1)")))
    }
    return try parser.schedule()
  }

  private init(program: IntegerProgram, accelerator: Accelerator) {
    self.program = program
    self.accelerator = accelerator
  }

  private mutating func schedule() throws -> Schedule {
    guard let head = take(), head.words.first == "schedule" else {
      throw Diagnostic("no schedule", supported: "'schedule name on target', 'arena bytes', and a line per tensor")
    }
    guard let line = take(), line.words.count == 2, line.words[0] == "arena", let bytes = Int(line.words[1]) else {
      throw Diagnostic("no size of the arena", supported: "'arena bytes' behind the first line")
    }
    var buffers = program.tensors.map {
      Storage.Buffer(type: CodeType(holding: $0.range), place: .arena(offset: 0))
    }
    for (index, input) in program.inputs.enumerated() {
      let (line, words, buffer) = try tensor(input)
      guard words == ["input", "\(index)"] else { throw refused(line, "input \(index) -> type") }
      buffers[input.index] = Storage.Buffer(type: buffer.type, place: .input(index))
    }
    var steps: [ScheduleStep] = []
    for instruction in program.instructions {
      let (line, words, buffer) = try tensor(instruction.output)
      buffers[instruction.output.index] = buffer
      // A reshaped input lies where the input does.
      if case .reshape(let reshape) = instruction, case .input = buffers[reshape.input.index].place {
        buffers[instruction.output.index] = buffers[reshape.input.index]
      }
      if words == ["cpu"] { steps.append(.cpu) } else { steps.append(.engine(try layer(instruction, words, line))) }
    }
    if let line = peek() { throw refused(line, "nothing behind the last instruction") }
    return Schedule(
      program: program, accelerator: accelerator, steps: steps, storage: Storage(buffers: buffers, bytes: bytes))
  }

  // MARK: Lines

  private func peek() -> Line? { next < lines.count ? lines[next] : nil }

  private mutating func take() -> Line? {
    defer { next += 1 }
    return peek()
  }

  private func refused(_ line: Line, _ supported: String) -> Diagnostic {
    Diagnostic("'\(line.words.joined(separator: " ").prefix(60))'", at: line.location, supported: supported)
  }

  /// `name = words -> type at offset`
  private mutating func tensor(_ id: TensorID) throws -> (Line, words: [Substring], Storage.Buffer) {
    let name = program[id].name
    guard let line = take() else { throw Diagnostic("no line for '\(name)'") }
    let form = "\(QuotedName.text(of: name)) = … -> type at offset"
    guard line.words.count > 3, QuotedName.name(from: line.words[0]) == name, line.words[1] == "=",
      let arrow = line.words.firstIndex(of: "->"), arrow > 2, arrow + 1 < line.words.count,
      let type = CodeType(line.words[arrow + 1])
    else { throw refused(line, form) }
    var offset = 0
    if arrow + 2 < line.words.count {
      guard arrow + 4 == line.words.count, line.words[arrow + 2] == "at", let number = Int(line.words[arrow + 3]) else {
        throw refused(line, form)
      }
      offset = number
    }
    return (line, Array(line.words[2..<arrow]), .init(type: type, place: .arena(offset: offset)))
  }

  // MARK: Layers

  private mutating func layer(_ instruction: Instruction, _ words: [Substring], _ line: Line) throws -> TiledLayer {
    guard case .linear(let linear) = instruction, words[0] == linear.shape.engine.name[...] else {
      throw refused(line, "'cpu', or the engine of a layer and its loops")
    }
    var attributes = try AttributeReader(words.dropFirst(), at: line.location)
    let modes = accelerator.modes
    let name = try attributes.readWord("mode")
    guard let mode = modes.first(where: { $0.name == name }) else {
      throw Diagnostic(
        "multiplier mode \(name)", at: line.location, supported: modes.map(\.name).joined(separator: ", "))
    }
    var shape = linear.shape
    shape.outputBits = try attributes.read("output_bits")
    let width: Int? = try attributes.readIfPresent("width")
    try attributes.finish()
    return TiledLayer(shape: shape, mode: mode, nest: TileNest(body: try nodes(inside: line.indent), width: width))
  }

  private mutating func nodes(inside indent: Int) throws -> [TileNode] {
    var nodes: [TileNode] = []
    while let line = peek(), line.indent > indent {
      next += 1
      switch (line.words[0], line.words.count) {
      case ("begin", 1): nodes.append(.command(.begin))
      case ("pass", 1): nodes.append(.command(.pass))
      case ("store", 1): nodes.append(.command(.store))
      case ("load", 2):
        guard let operand = TileOperand(rawValue: String(line.words[1])) else {
          throw refused(line, "input or weights")
        }
        nodes.append(.command(.load(operand)))
      case ("for", 3...):
        var loop = TileLoop(name: String(line.words[1]), cuts: [], body: [])
        for word in line.words.dropFirst(2) {
          if word == "alternating" { loop.alternates = true } else { loop.cuts.append(try cut(word, line)) }
        }
        loop.body = try self.nodes(inside: line.indent)
        nodes.append(.loop(loop))
      default: throw refused(line, "for, begin, load input, load weights, pass, store")
      }
    }
    return nodes
  }

  private func cut(_ word: Substring, _ line: Line) throws -> TileCut {
    let sides = word.split(separator: "=", omittingEmptySubsequences: false)
    guard sides.count == 2, let axis = TileAxis(rawValue: String(sides[0])) else {
      throw refused(line, TileAxis.allCases.map { "\($0.rawValue)=slices" }.joined(separator: ", "))
    }
    if sides[1].hasPrefix("each("), sides[1].hasSuffix(")"), let count = Int(sides[1].dropFirst(5).dropLast()),
      (1...1 << 20).contains(count)
    {
      return TileCut(axis, (0..<count).map { TileSlice(start: $0, count: 1) })
    }
    return TileCut(
      axis,
      try sides[1].split(separator: "|", omittingEmptySubsequences: false).map { slice in
        guard let slice = TileSlice(slice) else { throw refused(line, "slices as 0..15|16..31, 0..8/2 or each(3)") }
        return slice
      })
  }
}

extension TileSlice {
  fileprivate init?(_ text: Substring) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count <= 2, let step = parts.count == 2 ? Int(parts[1]) : 1, (1...1 << 20).contains(step) else {
      return nil
    }
    let ends = parts[0].split(separator: "..", omittingEmptySubsequences: false).map { Int($0) }
    guard ends.count <= 2, let first = ends[0], let last = ends[ends.count - 1], 0 <= first, first <= last,
      last <= 1 << 30, (last - first) % step == 0
    else { return nil }
    self.init(start: first, step: step, count: (last - first) / step + 1)
  }
}

extension CodeType: CustomStringConvertible {
  package var description: String { (isSigned ? "int" : "uint") + "\(bits)" }

  fileprivate init?(_ text: Substring) {
    let types = [8, 16, 32, 64].flatMap { [CodeType(bits: $0), CodeType(bits: $0, isSigned: false)] }
    guard let type = types.first(where: { $0.description == text }) else {
      return nil
    }
    self = type
  }
}
