import Compiler
import HardwareWidths
import IntegerProgram
import Lowering
import Numbers
import Prover

/// The datapath in exact fractions, one channel of one layer: what the formula says, step by step.
struct NaiveDatapath {
  var factors: IdealFunction.Factors
  var crossTerm: Int64
  var clamp: CodeRange
  var tiesToEven: Bool

  func code(of accumulator: Int64, in widths: [DatapathNumber: FixedPointFormat]) -> Int64 {
    func held(_ value: Rational, _ number: DatapathNumber) -> Rational {
      value.held(in: widths[number] ?? .integers(bits: 0))
    }
    let bias = factors.shift + factors.sum * Rational(crossTerm)
    let sum =
      held(factors.sum, .sumFactor)
      * (held(Rational(accumulator), .accumulator) - held(Rational(crossTerm), .crossTerm)) + held(bias, .bias)
    let position = sum * held(factors.output, .outputFactor)
    let rounded = tiesToEven ? position.roundedHalfEven : (position + Rational(0.5)).floor
    let code = rounded + held(Rational(factors.offset), .zeroPoint).floor
    return min(max(code, BigInteger(word: clamp.lowerBound)), BigInteger(word: clamp.upperBound)).int64 ?? .min
  }
}

extension Rational {
  /// The nearest number of a format, what does not fit taken modulo the format's range.
  func held(in format: FixedPointFormat) -> Rational {
    let total = format.integerBits + format.fractionBits
    guard total > 0 else { return .zero }
    let range = BigInteger(1) << total
    var units = (self * .powerOfTwo(format.fractionBits)).roundedHalfEven.modulus(range)
    if format.isSigned, units >= range / 2 { units = units - range }
    return Rational(units) * .powerOfTwo(-format.fractionBits)
  }
}

/// A layer of a compiled network with what its proofs are about.
struct ProvedLayer {
  let instruction: LinearInstruction
  let input: ProgramTensor
  let output: ProgramTensor
  let requantization: Requantization?
  let ideals: [IdealFunction]

  /// By the layer's name.
  static func all(of compilation: Compilation) -> [String: ProvedLayer] {
    let program = compilation.network.program
    var layers: [String: ProvedLayer] = [:]
    for case .linear(let linear) in program.instructions {
      let output = program[linear.output]
      var requantization: Requantization?
      if case .requantize(let stage) = linear.stage { requantization = stage }
      layers[linear.name] = ProvedLayer(
        instruction: linear, input: program[linear.input], output: output, requantization: requantization,
        ideals: compilation.network.proofs.first { $0.layer == output.name }?.ideals ?? [])
    }
    return layers
  }

  func ideal(of channel: Int) -> IdealFunction { ideals[ideals.count == 1 ? 0 : channel] }

  func datapath(of channel: Int) -> NaiveDatapath? {
    guard let requantization, let factors = ideal(of: channel).factors else { return nil }
    let channels = instruction.shape.output.channels
    let weights = stride(from: channel, to: instruction.weights.count, by: channels).map { instruction.weights[$0] }
    let tiesToEven = requantization.channels.contains {
      if case .affine(let affine) = $0 { affine.rounding == .halfEven } else { false }
    }
    return NaiveDatapath(
      factors: factors, crossTerm: weights.reduce(0, +) * instruction.paddingCode, clamp: requantization.clamp,
      tiesToEven: tiesToEven)
  }

  /// The feature map that has a window's codes, the code of zero elsewhere.
  func featureMap(_ window: Counterexample.Window, channel: Int) -> [Int64] {
    let shape = instruction.shape
    var map = [Int64](
      repeating: instruction.paddingCode.clamped(to: input.range), count: input.shape.elements)
    var codes = window.codes[...]
    for kernelRow in 0..<shape.kernel.rows {
      for kernelColumn in 0..<shape.kernel.columns {
        let row = window.row * shape.stride.rows - shape.padding.top + kernelRow * shape.dilation.rows
        let column = window.column * shape.stride.columns - shape.padding.left + kernelColumn * shape.dilation.columns
        for input in 0..<shape.reducedChannels {
          guard shape.engine.hasPixels else {
            map[input] = codes.removeFirst()
            continue
          }
          guard (0..<shape.input.rows).contains(row), (0..<shape.input.columns).contains(column) else { continue }
          let first =
            shape.reducedChannels == 1 && shape.channelMultiplier * shape.input.channels == shape.output.channels
              && shape.groups == 1
            ? channel / shape.channelMultiplier
            : channel / (shape.output.channels / shape.groups) * shape.reducedChannels
          map[(row * shape.input.columns + column) * shape.input.channels + first + input] = codes.removeFirst()
        }
      }
    }
    precondition(codes.isEmpty, "a window has a code for every tap inside")
    return map
  }
}
