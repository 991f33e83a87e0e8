import Compiler
import Frontends
import IntegerProgram
import Lowering
import Numbers
import Simulator
import Testing
import TestSupport

@testable import HardwareWidths
@testable import Prover

/// That widths are enough, and no bit more than enough, told by arithmetic in fractions and by the simulator.
@Suite struct WidthsTests {
  static let networks =
    [
      "digits_conv", "digits_conv_affine", "digits_conv_auto_po2", "digits_dense", "zoo/binary_weights", "zoo/bn_dense",
      "zoo/depth_multiplier", "zoo/dilation", "zoo/groups", "zoo/po2_weights", "zoo/same_uneven", "zoo/ternary_weights",
    ].map { "\(Repository.testdata)/\($0).h5" }
    + ["dscnn_kws", "fcae_ad", "resnet8_ic", "mobilenet_vww"].compactMap { name in
      Repository.models.map { "\($0)/qkeras/\(name)_affine.h5" }
    }

  private struct Network {
    var report: WidthsReport
    var layers: [String: ProvedLayer]
    var datapaths: [DatapathLayer]

    init(_ file: String) throws {
      let compilation = try Compiler().compile(Frontends.read(file))
      report = WidthsReport([(file, compilation)])
      layers = ProvedLayer.all(of: compilation)
      datapaths = DatapathLayer.all(of: compilation)
    }
  }

  /// One bit less of any width is wrong where the report says so: the codes that it names make the accumulator that it names, of
  /// which the network makes the code that it means, and the narrow datapath another.
  @Test(arguments: networks) func oneBitLessIsRefuted(_ file: String) throws {
    let network = try Network(file)
    let report = network.report.networks[0]
    var refutations: [(widths: [DatapathNumber: WidthsReport.Width], number: DatapathNumber, WidthsReport.Refutation)] =
      []
    for widths in report.layers.map(\.widths) + [report.widths] {
      for (number, width) in widths {
        let ends = [.sumFactor, .bias, .outputFactor].contains(number) ? 2 : 1
        #expect(width.refutations.count == (width.format.totalBits == 0 ? 0 : ends), "\(number) \(width)")
        refutations += width.refutations.map { (widths, number, $0) }
      }
    }
    #expect(!refutations.isEmpty)
    for (widths, number, refutation) in refutations {
      let layer = try #require(network.layers[refutation.layer])
      let found = refutation.counterexample
      #expect(refutation.format.totalBits == widths[number]!.format.totalBits - 1)
      if number == .accumulator {
        #expect(Rational(found.accumulator).held(in: widths[number]!.format) == Rational(found.accumulator))
        #expect(Rational(found.accumulator).held(in: refutation.format) == Rational(found.result))
        #expect(found.result != found.accumulator && found.wanted == found.accumulator)
        continue
      }
      let datapath = try #require(layer.datapath(of: found.channel))
      var formats = widths.mapValues(\.format)
      #expect(layer.ideal(of: found.channel).code(of: found.accumulator) == found.wanted)
      #expect(datapath.code(of: found.accumulator, in: formats) == found.wanted)
      formats[number] = refutation.format
      #expect(datapath.code(of: found.accumulator, in: formats) == found.result)
      #expect(found.result != found.wanted, "\(refutation)")
    }
    for (name, found) in Dictionary(grouping: refutations.map(\.2), by: \.layer) {
      try expectReached(found.map(\.counterexample), by: #require(network.layers[name]))
    }
  }

  /// Runs the layer alone on the windows of counterexamples, one sample each.
  private func expectReached(_ found: [Counterexample], by layer: ProvedLayer) throws {
    let reached = found.compactMap { found in found.window.map { (found, $0) } }
    #expect(reached.count == found.count, "\(layer.instruction.name)")
    let codes = reached.flatMap { layer.featureMap($0.1, channel: $0.0.channel) }
    #expect(codes.allSatisfy(layer.input.range.contains))
    for stage in [OutputStage.accumulator, layer.instruction.stage] {
      var program = IntegerProgram(name: "layer")
      var linear = layer.instruction
      var output = layer.output
      if stage == .accumulator { output.range = linear.accumulatorRange }
      linear.stage = stage
      linear.input = program.add(layer.input)
      linear.output = program.add(output)
      program.inputs = [linear.input]
      program.outputs = [program.output(linear.output)]
      program.instructions = [.linear(linear)]
      let simulated = try PreparedProgram(program).run([.int64(codes)], samples: reached.count)
      for (sample, (found, window)) in reached.enumerated() {
        let shape = linear.shape.output
        let place = (window.row * shape.columns + window.column) * shape.channels + found.channel
        let code = simulated.codes(of: linear.output, sample: sample)[place]
        let wanted =
          stage == .accumulator ? found.accumulator : layer.ideal(of: found.channel).code(of: found.accumulator)
        #expect(code == wanted)
      }
    }
  }

  /// At the accumulators where codes begin, and right before them, the datapath has the codes that the network means. It is a
  /// rising or falling line, so it has them everywhere.
  @Test(arguments: networks) func widthsAreEnough(_ file: String) throws {
    let network = try Network(file)
    let report = network.report.networks[0]
    var random = SplitMix(seed: 5)
    for (layer, datapath) in zip(report.layers, network.datapaths) where layer.note == nil {
      let proved = try #require(network.layers[layer.name])
      let requantization = try #require(proved.requantization)
      for channel in datapath.accumulators.indices.shuffled(using: &random).prefix(3) {
        let naive = try #require(proved.datapath(of: channel))
        for accumulator in steps(of: requantization, channel, in: datapath, using: &random) {
          let wanted = requantization(accumulator, channel: channel)
          for widths in [layer.widths, report.widths] {
            #expect(naive.code(of: accumulator, in: widths.mapValues(\.format)) == wanted, "\(layer.name)")
          }
        }
      }
    }
  }

  /// Both sides of some dozen steps, and the ends, of accumulators as far apart as what divides all weights.
  private func steps(
    of requantization: Requantization, _ channel: Int, in layer: DatapathLayer, using random: inout SplitMix
  ) -> [Int64] {
    let weights = layer.instruction.weights
    let channels = layer.instruction.shape.output.channels
    var apart: Int64 = 0
    for index in stride(from: channel, to: weights.count, by: channels) {
      var rest = abs(weights[index])
      while rest != 0 { (apart, rest) = (rest, apart % rest) }
    }
    let range = layer.accumulators[channel]
    func accumulator(_ step: Int64) -> Int64 { range.lowerBound + step * max(apart, 1) }
    func codeAt(_ step: Int64) -> Int64 { requantization(accumulator(step), channel: channel) }
    let last = (range.upperBound - range.lowerBound) / max(apart, 1)
    let codes = ClosedRange(between: codeAt(0), and: codeAt(last))
    var found: [Int64] = [0, last]
    let every = max(1, codes.count / 60)
    for code in stride(from: codes.lowerBound + 1, through: codes.upperBound, by: every) {
      let wanted = code + Int64.random(in: 0..<Int64(every), using: &random)
      var (low, high) = (Int64(0), last)
      while high - low > 1 {
        let middle = low + (high - low) / 2
        if (codeAt(middle) >= wanted) == (codeAt(last) == codes.upperBound) { high = middle } else { low = middle }
      }
      found += [low, high]
    }
    return found.map(accumulator)
  }

  /// Hardware for several networks has at least the bits of each; what refutes a bit less is named with its network.
  @Test func severalNetworks() throws {
    let files = ["digits_conv_affine", "digits_dense"].map { "\(Repository.testdata)/\($0).h5" }
    func report() throws -> WidthsReport {
      WidthsReport(try files.map { ($0, try Compiler().compile(Frontends.read($0))) })
    }
    let first = try report()
    let widths = try #require(first.widths)
    #expect(first.networks.map(\.file) == files)
    let accumulators = first.networks.compactMap { $0.widths[.accumulator]?.format.totalBits }
    #expect(widths[.accumulator]?.format.totalBits == accumulators.max())
    for number in DatapathNumber.allCases {
      let width = try #require(widths[number])
      #expect(width.refutations.allSatisfy { files.contains($0.network) && $0.counterexample.window != nil })
    }
    #expect(try first.printed(as: .json, style: .plain) == report().printed(as: .json, style: .plain))
  }

  /// A layer of zeros needs no accumulator, and one that hands out its sums nothing else.
  @Test func notes() throws {
    let network = try Network("\(Repository.testdata)/zoo/two_outputs.h5")
    let layers = network.report.networks[0].layers
    let handedOut = layers.filter { $0.note != nil }
    #expect(!handedOut.isEmpty && handedOut.allSatisfy { $0.widths.keys.elementsEqual([.accumulator]) })
    #expect(network.report.text().contains("hands out its accumulators"))
  }
}
