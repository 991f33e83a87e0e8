import Backend
import CEmitter
import Foundation
import IntegerProgram
import Numbers
import Schedule
import Targets
import Testing

/// What a project's host functions make of output codes is what the model's operators make of them.
@Suite struct DequantizationTests {
  static let tails = [
    "softmax",
    "elementwise functions=[affine(0.3, -1/3), clip(-1, none), clip(none, 2)]",
    "elementwise functions=[leaky_relu(0.2), thresholded_relu(0.5, 0.1)]",
    "elementwise functions=[hard_swish(3, 6), sigmoid]",
    "elementwise functions=[tanh]",
    "elementwise functions=[sigmoid], affine scale=[0.3, 1/3, -2] shift=[0, -0.7, 1]",
    "batch_normalization mean=[0.5, -0.25, 0] scale=[1.5, -0.75, 0.1] beta=[0, 1, -2] stored=12",
    "max_pool size=[2, 3] stride=[1, 2] padding=[1, 0, 1, 1]",
    "max_pool size=[2, 2] dilation=[2, 1], identity",
    "pad padding=[1, 0, 2, 1], average_pool size=[3, 3] stride=[2, 1]",
    "average_pool size=[3, 2] padding=[1, 1, 0, 1] factor=0.9",
    "transpose permutation=[2, 0, 1], softmax, reshape shape=[8, 6], transpose permutation=[1, 0]",
    "select axes=[[2, 0, 3], all, [1, 1, 0, 2]], select axes=[1..2, [3, 2, 1, 0], all]",
    "quantize by=quantized_bits(4,1,1)",
    "quantize by=quantized_relu_po2(4)",
    "quantize by=quantized_hswish(6,2)",
    "quantize by=binary(alpha=0.5)",
    "quantize by=quantized_ulaw(5,1)",
    "quantize by=quantized_sigmoid(5), max_pool size=[2, 2], quantize by=onnx>quantize(4,0.3,2,1)",
  ]

  private static let program = """
    program tails
    x = input -> [4, 4, 3] -128..127 scale=0.1

    """
    + tails.enumerated().map { index, tail in
      "output x name=\(index) scale=[0.03, -0.011, 0.007] zero_point=-3 offset=[0.1, 0, -0.5] shape=[4, 4, 3] host=[\(tail)]\n"
    }.joined()

  @Test func hostFunctionsAreTheOperators() throws {
    let program = try ProgramParser.program(from: Self.program)
    #expect(try ProgramParser.program(from: program.text()) == program)
    try program.verify()
    let schedule = try Schedule(program, for: TargetFile.load("stmac"))
    let batch = BatchFile(schedule)
    var random = SplitMix(seed: 1)
    let samples = (0..<6).map { _ in (0..<48).map { _ in Int64.random(in: -128...127, using: &random) } }
    let project = try CProject(CEmitter().project(schedule, vectors: TestVectors()))
    for compiler in CProject.compilers {
      try project.compile(compiler, CProject.strict + CProject.sanitizers + ["-Wconversion"])
      try Data(samples.flatMap { batch.encode(inputs: [$0]) }).write(to: project.url("in"))
      let (status, output) = try project.bench(["--input", "in", "--output", "out"])
      #expect(status == 0, "\(output)")
      let written = [UInt8](try Data(contentsOf: project.url("out")))
      for (index, codes) in samples.enumerated() {
        let made = try #require(batch.decode(written, sample: index))
        for (tail, (output, values)) in zip(Self.tails, zip(program.outputs, made.values)) {
          let (expected, errors) = output.boundedValues(of: codes)
          #expect(values.count == expected.count)
          let distances = zip(values, expected).map { abs($0 - $1) }
          #expect(zip(distances, errors).allSatisfy(<=), "\(tail)")
        }
      }
    }
  }
}
