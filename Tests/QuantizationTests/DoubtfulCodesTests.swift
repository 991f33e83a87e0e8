import Numbers
import Quantization
import Testing

/// The kernel that looks over many codes at once may doubt a code that is certain, and never the other way round.
struct DoubtfulCodesTests {
  @Test(arguments: 0..<40) func whatIsNotDoubtfulIsCertain(seed: Int) {
    var random = SplitMix(seed: UInt64(seed))
    let channels = seed % 3 == 0 ? 5 : 1
    let quantizers = PerChannel((0..<channels).map { _ in quantizer(&random) })
    var values: [Double] = []
    var errors: [Double] = []
    var codes: [Int64] = []
    for element in 0..<2_000 * channels {
      let quantizer = quantizers[element % channels]
      let value = number(near: quantizer, &random)
      values.append(value)
      errors.append(
        [0, 1e-12, 1e-3, 0.4].randomElement(using: &random)! * abs(value) * Double.random(in: 0...1, using: &random))
      let near = quantizer.codes(of: value, within: errors[element], in: .double)
      codes.append([near.lowerBound, near.upperBound, near.upperBound + 1, 0].randomElement(using: &random)! - 3)
    }
    let doubtful = quantizers.doubtful(of: values, within: errors, codes: codes, plus: 3)
    #expect(doubtful == doubtful.sorted() && Set(doubtful).count == doubtful.count)
    let certain = Set(values.indices).subtracting(doubtful)
    for element in certain {
      let near = quantizers[element % channels].codes(of: values[element], within: errors[element], in: .double)
      #expect(near == codes[element] + 3...codes[element] + 3, "\(values[element]) within \(errors[element])")
    }
    // What is neither clip nor step is left to exact arithmetic.
    let isKnown = quantizers.allSatisfy { !$0.functions.contains(.leakyReLU(slope: .powerOfTwo(-2))) }
    #expect(!isKnown || certain.count > values.count / 8, "nearly everything is in doubt")
  }

  @Test func whatIsNoNumberIsDoubtful() {
    let quantizers: PerChannel = [
      FeatureMapQuantizer(functions: [.relu], step: .powerOfTwo(-3), range: 0...255)
    ]
    let doubtful = quantizers.doubtful(
      of: [.nan, .infinity, 0, 1], within: [0, 0, .nan, .infinity], codes: [0, 255, 0, 8], plus: 0)
    #expect(doubtful == [0, 1, 2, 3])
    #expect(quantizers.doubtful(of: [1], within: [0], codes: [8], plus: 0) == [])
  }

  private func quantizer(_ random: inout SplitMix) -> FeatureMapQuantizer {
    let step =
      Rational(Int64.random(in: 1...1000, using: &random)) / Rational(Int64.random(in: 1...1000, using: &random))
    let functions: [[RealFunction]] = [
      [], [.relu], [.clip(lower: -step * 9, upper: step * 7)], [.leakyReLU(slope: .powerOfTwo(-2))],
    ]
    return FeatureMapQuantizer(
      functions: functions[Int.random(in: 0...3, using: &random)], step: step,
      zeroPoint: Int64.random(in: -100...100, using: &random), range: -128...127)
  }

  /// Anywhere, on a boundary, or the double next to one.
  private func number(near quantizer: FeatureMapQuantizer, _ random: inout SplitMix) -> Double {
    let scale = quantizer.format.scale.double
    let boundary = scale * (Double(Int.random(in: -300...300, using: &random)) + 0.5)
    return switch Int.random(in: 0...3, using: &random) {
    case 0: boundary
    case 1: Bool.random(using: &random) ? boundary.nextUp : boundary.nextDown
    default: Double.random(in: -300...300, using: &random) * scale
    }
  }
}
