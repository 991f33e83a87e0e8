import BigInt
import Diagnostics
import IntegerProgram
import Numbers
import QIR
import Quantization

/// A layer's weights as the engines take them: integer codes and one scale per output channel.
struct OperandWeights {
  /// Output channels are the last index, or the last two together.
  var codes: [Int64]
  let outputChannels: Int
  /// Of the output channels.
  var scales: PerChannel<Rational>
  /// What holds every code, and the limbs that it is fed in.
  let type: IntegerType
  let limbs: Int

  /// - Parameter conventions: of the model's file, for messages and for weights that have no quantizer.
  init(_ parameter: Parameter, outputChannels: Int, conventions: Conventions, at location: Diagnostic.Location) throws {
    self.outputChannels = outputChannels
    switch parameter {
    case .quantized(let tensor):
      codes = tensor.codes.widened
      let inner = tensor.shape[(tensor.scaleAxis + 1)...].reduce(1, *)
      let scaleCount = tensor.scales.count
      if scaleCount == 1 {
        scales = PerChannel(tensor.scales)
      } else if outputChannels.isMultiple(of: inner * scaleCount) {
        // Scales repeat with the output channels.
        scales = PerChannel(channels: outputChannels) { tensor.scales[$0 / inner % scaleCount] }
      } else {
        // Scales along an input axis: codes become multiples of one unit.
        let common = try require(
          CommonUnit(of: tensor.scales, largest: [tensor.codes.range.largestMagnitude]),
          "weights whose scales differ along an input axis and have no common unit", at: location,
          supported: "scales per output channel, or scales whose common unit gives weights of at most "
            + "\(CommonUnit.maximumBits) bits", fix: conventions.avoidingInputScales)
        for index in codes.indices { codes[index] *= common.multiples[index / inner % scaleCount] }
        scales = [common.unit]
      }
    case .real(let numbers, _):
      (codes, scales) = try Self.exactCodes(of: numbers, conventions, at: location)
    }
    let range = codes.hull() ?? 0...0
    type = .narrowestSigned(holding: range)
    limbs = limbCount(of: range)
  }

  /// Every weight with its output channel.
  func forEach(_ body: (_ weight: Int64, _ outputChannel: Int) -> Void) {
    var channel = 0
    for code in codes {
      body(code, channel)
      channel += 1
      if channel == outputChannels { channel = 0 }
    }
  }

  /// float32 weights that no quantizer touches, as multiples of one power of two: exact, in as many bits as that takes.
  private static func exactCodes(
    of numbers: [Float], _ conventions: Conventions, at location: Diagnostic.Location
  ) throws -> (codes: [Int64], scales: PerChannel<Rational>) {
    let exponents = numbers.filter { $0 != 0 }.map { Int($0.exponent) - $0.significandWidth }
    guard let least = exponents.min() else { return (numbers.map { _ in 0 }, [.one]) }
    let largest = numbers.map(\.magnitude).max() ?? 0
    let bits = Int(largest.exponent) - least + 2
    let most = conventions.unquantizedWeightBits ?? CommonUnit.maximumBits
    try require(
      bits <= most, "float32 weights that need \(bits) bits to be exact", at: location,
      supported: "weights exact in \(most) bits", fix: conventions.quantizingWeights)
    let unit = Double(sign: .plus, exponent: least, significand: 1)
    return (numbers.map { Int64(Double($0) / unit) }, [.powerOfTwo(least)])
  }
}
