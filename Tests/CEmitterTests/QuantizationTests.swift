import Backend
import CEmitter
import Diagnostics
import Foundation
import IntegerProgram
import Numbers
import Quantization
import Quantizers
import Schedule
import Targets
import Testing

/// The codes that a project's functions make of numbers are those of exact arithmetic.
@Suite struct QuantizationTests {
  static let quantizers = [
    "quantized_bits(8,0,1)", "quantized_bits(16,6,1)", "quantized_bits(31,0,1)", "quantized_bits(4,1,0,alpha=0.3)",
    "quantized_bits(8,0,0,alpha=-0.7)", "quantized_bits(1,0,1)", "quantized_relu(8,2)",
    "quantized_relu(6,2,negative_slope=0.25)", "quantized_relu_po2(4)", "quantized_linear(8,0,0,alpha=0.1)",
    "quantized_sigmoid(8)", "quantized_hswish(6,2)", "quantized_ulaw(5,1)", "binary(alpha=0.5)", "ternary(alpha=1)",
    "onnx>quantize(8,0.30000001192092896,2,1)", "onnx>quantize(8,0.3,0,0)", "onnx>quantize(9,0.1,77,0)",
    "onnx>quantize(16,0.1,40000,0)", "onnx>quantize(24,0.7,0,1)",
    "onnx>quantize(8,3,0,1)", "onnx>quantize(8,1e-40,0,1)", "qonnx>quant(0.1,0,4.5,1,0,'ROUND')",
    "qonnx>quant(0.25,0,6,1,0,'CEIL')", "qonnx>quant(0.25,3,6,1,1,'FLOOR')", "qonnx>quant(0.3,0,6,1,0,'UP')",
    "qonnx>quant(0.25,0,6,0,0,'DOWN')", "qonnx>quant(0.25,0,6,1,0,'HALF_UP')", "qonnx>quant(0.7,0,6,1,0,'HALF_DOWN')",
  ]

  private static func quantizer(_ text: String) throws -> FeatureMapQuantizer {
    let location = Diagnostic.Location(file: text)
    return try Quantizer(QuantizerArguments(parsing: text, location: location)).kind.featureMap(at: location)
  }

  /// The inputs of the test's program: every quantizer on one channel, and some of several.
  private static func inputs() throws -> [ProgramQuantization] {
    let alone = try quantizers.enumerated().map { index, text in
      ProgramQuantization(quantizers: [try quantizer(text)], codeShift: [0, 128, -3][index % 3])
    }
    let several: [[FeatureMapQuantizer]] = [
      try [("quantized_bits(8,0,1)", 1), ("quantized_bits(8,2,1)", 4), ("quantized_relu(4,1)", 3)].map {
        try quantizer($0.0).multiplyingCodes(by: $0.1)
      },
      try ["quantized_relu_po2(4)", "onnx>quantize(8,0.3,2,1)", "quantized_hswish(6,2)"].map(quantizer),
    ]
    return alone + several.map { ProgramQuantization(quantizers: PerChannel($0), codeShift: 5) }
  }

  private static func code(_ value: Double, _ quantization: ProgramQuantization, channel: Int) throws -> Int64 {
    let largest = Double.greatestFiniteMagnitude
    let number = value.isNaN ? 0 : max(-largest, min(value, largest))
    let exact = try #require(quantization.quantizers[channel].code(of: Rational(number)))
    return exact.code - quantization.codeShift
  }

  /// Numbers on both sides of steps, and steps themselves where they are doubles, or floats.
  private static func steps(_ quantization: ProgramQuantization, channel: Int, _ random: inout SplitMix) throws
    -> [Double]
  {
    let format = quantization.quantizers[channel].format
    let ends = [format.range.lowerBound, format.range.upperBound].map(format.value(of:))
    let margin = max(4 * abs(format.scale.double), (ends[1] - ends[0]) / 8)
    let reach = (ends[0] - margin)...(ends[1] + margin)
    var found: [Double] = [
      0, -0.0, .nan, .infinity, -.infinity, .leastNonzeroMagnitude, -.leastNonzeroMagnitude, 1.7e308, -1.7e308,
    ]
    for _ in 0..<30 {
      var (low, high) = (Double.random(in: reach, using: &random), Double.random(in: reach, using: &random))
      found.append(low)
      let code = try code(low, quantization, channel: channel)
      guard try Self.code(high, quantization, channel: channel) != code else { continue }
      while true {
        let middle = low / 2 + high / 2
        if middle == low || middle == high { break }
        if try Self.code(middle, quantization, channel: channel) == code { low = middle } else { high = middle }
      }
      for value in [low, high] { found += [value.nextDown, value, value.nextUp] }
      let single = Float(high)
      found += [single.nextDown, single, single.nextUp].map(Double.init)
    }
    return found
  }

  @Test func codesAreThoseOfExactArithmetic() throws {
    let inputs = try Self.inputs()
    let lines = inputs.enumerated().map { index, input in
      let range = input.quantizers.map(\.format.range).hull().shifted(by: -input.codeShift)
      return "x\(index) = input -> [1, 1, \(input.quantizers.count)] \(range.lowerBound)..\(range.upperBound) scale=1\n"
    }
    let program = try ProgramParser.program(
      from: "program net\n" + lines.joined() + inputs.indices.map { "output x\($0)\n" }.joined())
    let schedule = try Schedule(program, for: TargetFile.load("cpu"))
    let project = try CProject(CEmitter(quantizations: inputs).project(schedule, vectors: TestVectors()))

    var random = SplitMix(seed: 5)
    var values: [[Double]] = []
    for input in inputs {
      let channels = try input.quantizers.indices.map { try Self.steps(input, channel: $0, &random) }
      let count = channels.map(\.count).min() ?? 0
      values.append((0..<count).flatMap { sample in channels.map { $0[sample] } })
    }
    try Data(values.flatMap { $0 }.withUnsafeBytes(Array.init)).write(to: project.url("in"))

    let calls = inputs.indices.map { index in
      let channels = inputs[index].quantizers.count
      let type = schedule.storage[program.inputs[index]].type
      return """
          for (int n = 0; n < \(values[index].count / channels); ++n) {
            double numbers[\(channels)]; float floats[\(channels)]; \(type)_t codes[\(channels)];
            if (fread(numbers, sizeof numbers, 1, stdin) != 1) return 1;
            net_quantize_\(index)(numbers, codes);
            for (int i = 0; i < \(channels); ++i) { printf("%lld ", (long long)codes[i]); floats[i] = (float)numbers[i]; }
            net_quantize_float_\(index)(floats, codes);
            for (int i = 0; i < \(channels); ++i) printf("%lld\\n", (long long)codes[i]);
          }

        """
    }
    let source = "#include <stdio.h>\n#include \"net.h\"\nint main(void) {\n\(calls.joined())  return 0;\n}\n"
    for (compiler, flags) in [("gcc", ["-O2"]), ("clang", ["-O1"] + CProject.sanitizers)]
    where CProject.compilers.contains(compiler) {
      try project.compile(source, as: "codes", with: compiler, CProject.strict + flags + ["-Wno-float-conversion"])
      let output = try project.run("/bin/sh", ["-c", "./codes < in"]).output
      let made = output.split(whereSeparator: \.isWhitespace).compactMap { Int64($0) }
      var place = 0
      var wrong: [String] = []
      for (input, values) in zip(inputs, values) {
        let channels = input.quantizers.count
        for sample in stride(from: 0, to: values.count, by: channels) {
          for isFloat in [false, true] {
            for channel in 0..<channels {
              let number = values[sample + channel]
              let value = isFloat ? Double(Float(number)) : number
              let expected = try Self.code(value, input, channel: channel)
              let index = place + (isFloat ? channels : 0) + channel
              if index >= made.count || made[index] != expected { wrong.append("\(value): \(expected)") }
            }
          }
          place += 2 * channels
        }
      }
      #expect(made.count == place)
      #expect(wrong.isEmpty, "\(compiler): \(wrong.count), first \(wrong.prefix(5))")
    }
  }

  /// Where doubles alone do not decide, nothing is promised.
  @Test func irrationalStepsHaveNoFunction() throws {
    #expect(try Self.quantizer("quantized_sigmoid(8,use_real_sigmoid=1)").doubleSteps == nil)
    #expect(try Self.quantizer("quantized_tanh(8,use_real_tanh=1)").doubleSteps == nil)
    #expect(try Self.quantizer("qonnx>quant(0.1,0,16,1,0,'FLOOR')").doubleSteps == nil)
  }
}
