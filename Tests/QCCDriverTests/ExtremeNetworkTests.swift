import Compiler
import Diagnostics
import Foundation
import Numbers
import QIR
import Testing
import Verify

/// Random networks with scales and biases from the least float32 to the largest: each is refused with a message, or proved and
/// equal to its reference. `QCC_CAMPAIGN` says how many are tried.
@Suite struct ExtremeNetworkTests {
  private static let count = ProcessInfo.processInfo.environment["QCC_CAMPAIGN"].flatMap { Int($0) } ?? 150

  @Test func areExactOrRefused() throws {
    let compiler = try Compiler()
    var exact = 0
    for seed in 0..<Self.count {
      let text = Self.network(seed: UInt64(seed))
      do {
        let compilation = try compiler.compile(GraphParser.graph(from: text))
        var options = Verifier.Options()
        options.emitted = false
        options.samples = 6
        options.threads = 1
        let report = try Verifier(compilation, options: options).report()
        #expect(report.bitExact, "seed \(seed): \(String(describing: report.firstDifference))\n\(text)")
        exact += 1
      } catch let problems as Diagnostics {
        #expect(problems.hasErrors)
      } catch is Diagnostic {}
    }
    print("extreme networks: \(exact) of \(Self.count) compile")
    #expect(exact * 4 > Self.count)
  }

  private static func network(seed: UInt64) -> String {
    var random = SplitMix(seed: seed &* 0x9E37_79B9 &+ 1)
    func number(_ exponents: ClosedRange<Int>) -> String {
      let number = Double.random(in: 1...2, using: &random) * exp2(Double(Int.random(in: exponents, using: &random)))
      return "\(Float(min(number, 3e38)))"
    }
    func step(near exponent: Int) -> String {
      let isExtreme = Int.random(in: 0..<4, using: &random) == 0
      return number(isExtreme ? -140...127 : exponent - 6...exponent + 6)
    }
    let exponent = Int.random(in: -100...100, using: &random)
    let bits = Int.random(in: 2...8, using: &random)
    let weight = Int.random(in: -20...20, using: &random)
    let bias =
      Int.random(in: 0..<3, using: &random) == 0 ? " bias=int16[3](seeded(\(seed + 7)))*\(number(-140...127))" : ""
    let function = ["affine(1, 0)", "relu", "leaky_relu(0.25)"].randomElement(using: &random) ?? "relu"
    return """
      graph extreme
      x = input shape=[3, 3, 2]
      q = quantize x by=quantized_bits_featuremap(\(bits),\(step(near: exponent)),\(Int.random(in: 0...3, using: &random)))
      c = conv2d q kernel=int8[2, 2, 2, 3](seeded(\(seed)))*\(number(weight - 3...weight + 3))\(bias)
      f = elementwise c functions=[\(function)]
      r = quantize f by=quantized_bits_featuremap(6,\(step(near: exponent + weight + 6)),\(Int.random(in: 0...40, using: &random)))
      s = quantize f by=quantized_bits(\(bits),\((exponent + weight).clamped(to: -60...60)),1)
      a = add r s
      b = quantize a by=quantized_bits_featuremap(8,\(step(near: exponent + weight + 6)),9)
      d = conv2d b kernel=int4[1, 1, 3, 2](seeded(\(seed + 1)))*\(number(-140...127))
      output d
      """
  }
}
