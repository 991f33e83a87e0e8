import Backend
import CEmitter
import Diagnostics
import Foundation
import IntegerProgram
import IntegerProgramTestSupport
import Numbers
import Schedule
import Targets
import Testing

/// Any names and numbers make C that compilers accept.
@Suite struct NamesTests {
  static let names = [
    "block/conv1", "block_conv1", "Größe", "int", "while", "a\"b\\c", "comment */ x /* y", "what??/", "??)",
    "line\nbreak",
    "", "0", "___", String(repeating: "long", count: 2000), "%d %s", "\u{0}", "重み", "#define", "codes", "weights",
  ]

  @Test func tensorsAndLayers() throws {
    let accelerator = try TargetFile.load("stmac")
    var random = RandomProgram(seed: 7)
    var last = random.input(MapShape(rows: 2, columns: 2, channels: 3), bits: 8)
    var ids = [last]
    for _ in Self.names {
      last = random.requantize(last)
      ids.append(last)
    }
    random.markOutputs([ids[1], last])
    var program = random.program
    for (index, name) in Self.names.enumerated() {
      program.tensors[ids[index].index].name = name
      guard case .requantize(var step) = program.instructions[index] else { continue }
      step.name = name
      program.instructions[index] = .requantize(step)
    }
    let tensors = NaiveProgram(program: program).run(random.inputs())
    for (number, name) in ["a/b c", "int", "stdint", "string", "bench", "layer_00", "8bit", "", "st_mac"].enumerated() {
      program.name = name
      let vectors = TestVectors(samples: [.init(tensors: tensors, of: program)])
      let project = try CProject(CEmitter().project(Schedule(program, for: accelerator), vectors: vectors))
      try project.compile(CProject.compilers[number % CProject.compilers.count], CProject.strict)
      let (status, output) = try project.bench()
      #expect(status == 0, "\(output)")
    }
  }

  /// A user's program sees the scales, zero points and offsets exactly.
  @Test func encodingsAreExact() throws {
    let accelerator = try TargetFile.load("stmac")
    var random = RandomProgram(seed: 8, name: "net")
    let scales: PerChannel = [0.1, 1.0 / 3, 5e-324, 1.7976931348623157e308, 2, -0.75]
    let input = random.input(MapShape(rows: 1, columns: 1, channels: 6), bits: 8)
    let output = random.requantize(input)
    random.markOutputs([output])
    random.rename(input, "in", encoding: Encoding(scales: [1.0 / 7], zeroPoint: -128))
    random.rename(output, "out", encoding: Encoding(scales: scales, zeroPoint: 3, offsets: [-1.0 / 9]))
    let project = try CProject(CEmitter().project(Schedule(random.program, for: accelerator), vectors: TestVectors()))
    let source = """
      #include <stdio.h>
      #include "net.h"
      int main(void) {
          printf("%a %d %d %d %a\\n", NET_INPUT_SCALE, NET_INPUT_ZERO_POINT, NET_OUTPUT_ZERO_POINT, NET_OUTPUT_SIZE,
              NET_OUTPUT_OFFSET);
          for (int i = 0; i < NET_OUTPUT_CHANNELS; ++i) printf("%a\\n", net_output_scales[i]);
          return 0;
      }
      """
    try Data(source.utf8).write(to: project.url("test/testbench.c"))
    try project.compile("gcc", CProject.strict)
    let words = try project.bench().output.split(whereSeparator: \.isWhitespace).map(String.init)
    let expected: [Double] = [1.0 / 7, -128, 3, 6, -1.0 / 9] + scales
    #expect(words.compactMap(Double.init) == expected)
  }

  @Test func extremeIntegers() throws {
    let accelerator = try TargetFile.load("stmac")
    let wide = "\(Int64.min)..\(Int64.max)"
    let program = try ProgramParser.program(
      from: """
        program extremes
        in = input -> [1, 1, 2] \(wide) scale=1
        out = requantize in by=clamp(\(-Int64.max)..\(Int64.max), floor((\(Int64.min) acc + \(1 << 62)) / 2^63)) \
        -> [1, 1, 2] \(wide) scale=1
        output out
        """)
    let samples = [[Int64.max, -5], [.min + 1, 0], [1, .min + 2]].map { codes in
      TestVectors.Sample(tensors: NaiveProgram(program: program).run([codes]), of: program)
    }
    #expect(samples.map { $0.outputs[0] } == [[-.max, 5], [.max, 0], [-1, .max - 1]])
    let project = try CProject(
      CEmitter().project(Schedule(program, for: accelerator), vectors: TestVectors(samples: samples)))
    for compiler in CProject.compilers {
      try project.compile(compiler, CProject.strict + CProject.sanitizers)
      let (status, output) = try project.bench()
      #expect(status == 0, "\(output)")
    }
  }

  @Test func modesBeyondTheMultiplierAreRefused() throws {
    let accelerator = try TargetFile.load("stmac")
    var random = RandomProgram(seed: 9)
    let input = random.input(MapShape(rows: 1, columns: 1, channels: 4), bits: 2)
    random.markOutputs([random.linear(input, engine: .fullyConnected, bits: 8, weightBits: 2)])
    var schedule = try Schedule(random.program, for: accelerator)
    guard case .engine(var layer) = schedule.steps[0] else { return }
    layer.mode = MultiplierMode(name: "2x2", wideBits: 2, narrowBits: 2, products: 8, idealFactor: 0.125)
    schedule.steps[0] = .engine(layer)
    #expect(throws: Diagnostics.self) { try CEmitter().project(schedule, vectors: TestVectors()) }
  }
}
