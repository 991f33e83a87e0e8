import Compiler
import Frontends
import IntegerProgram
import Numbers
import Simulator
import Testing
import TestSupport

@testable import HardwareWidths

/// Widths below the proved ones, run by the simulator.
@Suite struct ExplorationTests {
  private static let file = "\(Repository.testdata)/digits_conv_affine.h5"

  private static func compilation(_ file: String = file) throws -> Compilation {
    try Compiler().compile(Frontends.read(file))
  }

  /// Whatever the widths, registers that overflow among them, the narrowed program's requantizations are the datapath.
  @Test(arguments: [0, 1, 2, 3, 5, 8]) func narrowedProgramsAreTheDatapath(_ bits: Int) throws {
    for file in [Self.file, "\(Repository.testdata)/digits_conv_auto_po2.h5"] {
      let compilation = try Self.compilation(file)
      let layers = DatapathLayer.all(of: compilation)
      let search = WidthSearch(layers)
      var formats = try #require(search.smallest())
      formats[.accumulator] = search.accumulatorFormat
      for number in DatapathNumber.allCases {
        if let end = number.ends.first {
          formats[number] = formats[number].without(end, bits: min(bits, formats[number].totalBits))
        }
      }
      let program = compilation.network.program
      let narrow = try #require(program.narrowed(layers, to: formats))
      try narrow.verify()
      let widths = Dictionary(uniqueKeysWithValues: DatapathNumber.allCases.map { ($0, formats[$0]) })
      let proved = ProvedLayer.all(of: compilation)
      var random = SplitMix(seed: 23)
      var differing = 0
      for layer in layers where layer.note == nil {
        guard case .linear(let linear) = narrow.instructions[layer.index],
          case .requantize(let requantization) = linear.stage
        else {
          Issue.record("\(layer.name) is no layer with a requantization")
          continue
        }
        for channel in layer.accumulators.indices {
          let naive = try #require(proved[layer.name]?.datapath(of: channel))
          let range = layer.accumulators[channel]
          for accumulator in [range.lowerBound, range.upperBound]
            + (0..<40).map({ _ in Int64.random(in: range, using: &random) })
          {
            let code = requantization(accumulator, channel: channel)
            #expect(code == naive.code(of: accumulator, in: widths), "\(layer.name) \(channel) \(accumulator)")
            if code != layer.channels[channel].wantedCode(of: accumulator) { differing += 1 }
          }
        }
      }
      #expect((differing == 0) == (bits == 0), "\(bits): \(differing)")
    }
  }

  /// Each step is good enough, and one bit less is not.
  @Test(arguments: [0, 0.02]) func stepsEndWhereTheyHaveTo(_ drop: Double) throws {
    let exploration = try WidthExploration(
      Self.compilation(), inputs: ["\(Repository.testdata)/digits_x.npy"],
      labels: "\(Repository.testdata)/digits_labels.npy", allowedDrop: drop)
    #expect(exploration.samples == 450 && exploration.measure == "accuracy")
    #expect((exploration.quality * 450).rounded() == 441)
    #expect(exploration.steps.count == 9)
    for step in exploration.steps {
      #expect(step.quality >= exploration.quality - drop - 1e-6, "\(step)")
      if let lower = step.qualityOneBitLess { #expect(lower < exploration.quality - drop, "\(step)") }
      #expect(step.format.totalBits <= step.proved.totalBits)
    }
    #expect(exploration.steps.contains { $0.format.totalBits < $0.proved.totalBits })
  }

  /// Without labels the exact network judges.
  @Test func agreement() throws {
    let exploration = try WidthExploration(
      Self.compilation(), inputs: ["\(Repository.testdata)/digits_x.npy"], labels: nil, allowedDrop: 0.01)
    #expect(exploration.measure == "agreement" && exploration.quality == 1)
  }
}
