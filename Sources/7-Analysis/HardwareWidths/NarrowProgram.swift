import IntegerProgram
import Numbers
import Prover
import Quantization

extension IntegerProgram {
  /// The program as hardware of these widths runs it: layers on the datapath give the codes that its rounded constants and its
  /// register give, exact or not. nil where an accumulator overflows its register so often that nobody would have it.
  func narrowed(_ layers: [DatapathLayer], to formats: DatapathFormats) -> IntegerProgram? {
    var program = self
    for layer in layers where !layer.channels.isEmpty {
      guard case .linear(var linear) = instructions[layer.index],
        let requantization = layer.requantization(in: formats)
      else { return nil }
      linear.stage = .requantize(requantization)
      program.instructions[layer.index] = .linear(linear)
    }
    return program
  }
}

extension DatapathLayer {
  /// What the datapath does to accumulators, as a requantization that is proved equal to it.
  fileprivate func requantization(in formats: DatapathFormats) -> Requantization? {
    let register = formats[.accumulator]
    let held = channels.map { register.held($0.accumulators) }
    let overflows = zip(channels, held).contains { $0.accumulators != $1 }
    var ideals: [IdealFunction] = []
    for (channel, held) in zip(channels, held) {
      guard let line = channel.line(in: formats, accumulators: held) else { return nil }
      ideals.append(line.ideal(clamp: channel.clamp))
    }
    let result = RequantizationProof(ideals: ideals, accumulators: PerChannel(held)).result
    guard result.unproved.isEmpty else { return nil }
    guard overflows else { return result.requantization }
    var tables: [Requantizer] = []
    for (index, channel) in channels.enumerated() {
      let steps = result.requantization.steps(of: index, over: held[index])
      guard let table = steps.table(over: channel.accumulators, wrappedInto: register) else { return nil }
      tables.append(.table(table))
    }
    return Requantization(channels: PerChannel(tables), clamp: result.requantization.clamp)
  }
}

extension DatapathLine {
  fileprivate func ideal(clamp: CodeRange) -> IdealFunction {
    let (slope, shift) = position
    let steps = UniformSteps(
      gain: .one, bias: tiesToEven ? .zero : .powerOfTwo(-1), zeroPoint: Int64(zeroPoint), clamp: clamp,
      rounding: tiesToEven ? .halfEven : .floor)
    return IdealFunction(
      scale: slope, shift: shift,
      tail: .init(
        functions: [],
        quantizer: FeatureMapQuantizer(steps: .uniform(steps), format: CodeFormat(scale: .one, range: clamp))))
  }
}

extension FixedPointFormat {
  /// What a register makes of accumulators of a range: themselves, or anything that it holds.
  fileprivate func held(_ range: CodeRange) -> CodeRange {
    let all =
      Int64(-(1 as Int128) << Int128(max(0, totalBits - 1)))...Int64((1 as Int128) << Int128(max(0, totalBits - 1)) - 1)
    return range.clamped(to: all) == range ? range : all
  }
}

extension Requantization {
  /// The steps of a channel, which are monotone, over a range.
  fileprivate func steps(of channel: Int, over range: CodeRange) -> ThresholdTable {
    var thresholds: [Int64] = []
    var codes = [self(range.lowerBound, channel: channel)]
    var open = [range]
    while let stretch = open.popLast() {
      let last = self(stretch.upperBound, channel: channel)
      if self(stretch.lowerBound, channel: channel) == last { continue }
      if stretch.upperBound - stretch.lowerBound == 1 {
        thresholds.append(stretch.upperBound)
        codes.append(last)
        continue
      }
      let middle = stretch.lowerBound + (stretch.upperBound - stretch.lowerBound) / 2
      open.append(middle...stretch.upperBound)
      open.append(stretch.lowerBound...middle)
    }
    return ThresholdTable(thresholds: thresholds, codes: codes)
  }
}

extension ThresholdTable {
  /// More steps than anybody needs.
  private static let maximumSteps = 1 << 18

  /// The same function of accumulators that lose their upper bits in a register first; nil where that makes too many steps.
  fileprivate func table(over range: CodeRange, wrappedInto register: FixedPointFormat) -> ThresholdTable? {
    let period = (1 as Int128) << Int128(register.totalBits)
    let least = -period / 2
    let first = (Int128(range.lowerBound) - least) >> Int128(register.totalBits)
    let last = (Int128(range.upperBound) - least) >> Int128(register.totalBits)
    guard last - first < 1 << 18, (Int(last - first) + 1) * self.codes.count <= Self.maximumSteps else { return nil }
    var thresholds: [Int64] = []
    var codes: [Int64] = []
    func append(_ code: Int64, from accumulator: Int128) {
      if codes.isEmpty || accumulator <= range.lowerBound {
        codes = [code]
        thresholds = []
      } else if accumulator <= range.upperBound, codes[codes.count - 1] != code {
        thresholds.append(Int64(accumulator))
        codes.append(code)
      }
    }
    for turn in first...last {
      append(self.codes[0], from: least + turn * period)
      for (threshold, code) in zip(self.thresholds, self.codes.dropFirst()) {
        append(code, from: Int128(threshold) + turn * period)
      }
    }
    return ThresholdTable(thresholds: thresholds, codes: codes)
  }
}
