import BigInt
import Diagnostics
import QIR
import Quantization

/// A layer's weights as the engines take them: integer codes and one scale per output channel.
struct OperandWeights {
  var codes: [Int64]
  /// One for all output channels, or one per output channel.
  var scales: [Rational]

  /// - Parameter outputChannel: of the element at an index of the flattened tensor.
  init(
    _ parameter: Parameter, outputChannels: Int, outputChannel: (Int) -> Int, at location: Diagnostic.Location
  ) throws {
    switch parameter {
    case .quantized(let tensor):
      let inner = tensor.shape[(tensor.scaleAxis + 1)...].reduce(1, *)
      let scaleCount = tensor.scales.count
      // Which scale each output channel uses, as far as it uses only one.
      var scaleOf: [Int?] = Array(repeating: nil, count: outputChannels)
      var isPerOutput = true
      if scaleCount > 1 {
        for index in tensor.codes.indices where isPerOutput {
          let scale = index / inner % scaleCount
          let output = outputChannel(index)
          if let other = scaleOf[output], other != scale { isPerOutput = false }
          scaleOf[output] = scale
        }
      }
      if scaleCount == 1 {
        codes = tensor.codes
        scales = tensor.scales
      } else if isPerOutput {
        codes = tensor.codes
        scales = scaleOf.map { tensor.scales[$0 ?? 0] }
      } else {
        let (unit, multiples) = try Self.commonUnit(of: tensor.scales, at: location)
        codes = tensor.codes.indices.map { tensor.codes[$0] * multiples[$0 / inner % scaleCount] }
        scales = [unit]
      }
    case .real(let numbers, _):
      (codes, scales) = try Self.exactCodes(of: numbers, at: location)
    }
  }

  /// Scales along an input axis: each must be a whole multiple of one unit.
  private static func commonUnit(
    of scales: [Rational], at location: Diagnostic.Location
  ) throws -> (unit: Rational, multiples: [Int64]) {
    let smallest = scales.filter { $0.sign > 0 }.min() ?? .one
    let multiples = scales.map { $0 / smallest }
    guard multiples.allSatisfy({ $0.isInteger && $0.numerator.magnitude.bitWidth < 40 }) else {
      throw Diagnostic(
        "weights whose scales differ along an input axis", at: location,
        supported: "scales per output channel, or scales that are multiples of each other (alpha='auto_po2')",
        fix: "leave scale_axis at its default or use alpha='auto_po2'")
    }
    return (smallest, multiples.map { Int64($0.floor) })
  }

  /// float32 weights that no quantizer touches, where they all are multiples of one power of two in 16 bits.
  private static func exactCodes(
    of numbers: [Float], at location: Diagnostic.Location
  ) throws -> (codes: [Int64], scales: [Rational]) {
    let exponents = numbers.filter { $0 != 0 }.map { Int($0.exponent) - $0.significandWidth }
    guard let least = exponents.min() else { return (numbers.map { _ in 0 }, [.one]) }
    let largest = numbers.map(\.magnitude).max() ?? 0
    let bits = Int(largest.exponent) - least + 2
    guard bits <= 16 else {
      throw Diagnostic(
        "float32 weights that need \(bits) bits to be exact", at: location, supported: "weights exact in 16 bits",
        fix: "give the layer a quantizer: QConv2D, QDepthwiseConv2D or QDense with kernel_quantizer=")
    }
    let unit = Double(sign: .plus, exponent: least, significand: 1)
    return (numbers.map { Int64(Double($0) / unit) }, [.powerOfTwo(least)])
  }
}
