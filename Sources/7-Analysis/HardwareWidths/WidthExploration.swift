import Arrays
import Compiler
import Diagnostics
import Inference
import IntegerProgram
import Simulator

/// Widths below those that are proved: what a network loses with them on some inputs, measured by running it.
///
/// From the proved point on, number by number, each takes the fewest bits with which the network is still right often enough;
/// what was taken before stays taken. Between two widths it is halved: that one bit less is too few is measured, too.
package struct WidthExploration: Sendable {
  package struct Step: Hashable, Sendable {
    package var number: DatapathNumber
    /// Where bits were taken.
    package var end: FormatEnd
    package var proved: FixedPointFormat
    package var format: FixedPointFormat
    /// With this number's bits and those of the steps before, 0 to 1.
    package var quality: Double
    /// With one bit less of it; absent where there is none.
    package var qualityOneBitLess: Double?
  }

  package let samples: Int
  /// `accuracy` where labels judge, `agreement` where the results of the exact network do.
  package let measure: String
  /// How much of the quality may be lost, 0 to 1.
  package let allowedDrop: Double
  /// Of the exact network, 0 to 1.
  package let quality: Double
  package private(set) var steps: [Step] = []

  private let layers: [DatapathLayer]
  private let judge: NarrowJudge

  /// - Parameters:
  ///   - allowedDrop: of the quality, 0 to 1.
  /// - Throws: what is wrong with the files, or that there is nothing to explore.
  package init(
    _ compilation: Compilation, inputs: [String], labels: String?, allowedDrop: Double
  ) throws {
    layers = DatapathLayer.all(of: compilation)
    judge = try NarrowJudge(compilation, inputs: inputs, labels: labels)
    samples = judge.samples
    measure = labels == nil ? "agreement" : "accuracy"
    self.allowedDrop = allowedDrop
    quality = try judge.quality(of: compilation.network.program)
    let search = WidthSearch(layers)
    guard let exact = search.smallest() else {
      throw Diagnostic(
        "no layer of the network runs on the datapath", at: .init(file: compilation.model.graph.file),
        supported: "layers whose sums a quantizer reads through affine functions and clips")
    }
    var formats = exact
    formats[.accumulator] = search.accumulatorFormat
    let proved = formats
    // A drop that is a whole number of samples is not lost in rounding.
    let least = quality - allowedDrop - 1e-9
    for number in DatapathNumber.allCases {
      for end in number.ends where formats[number].totalBits > 0 {
        try take(end, of: number, from: &formats, proved: proved, least: least)
      }
    }
  }

  private mutating func take(
    _ end: FormatEnd, of number: DatapathNumber, from formats: inout DatapathFormats,
    proved: DatapathFormats, least: Double
  ) throws {
    func narrowed(by bits: Int) -> DatapathFormats {
      var narrow = formats
      narrow[number] = narrow[number].without(end, bits: bits)
      return narrow
    }
    // So many bits less are good enough, and so many are not.
    var (enough, tooMany) = (0, formats[number].totalBits + 1)
    var (quality, lower) = (steps.last?.quality ?? self.quality, Double?.none)
    while tooMany - enough > 1 {
      let middle = enough + (tooMany - enough) / 2
      let found = try judge.quality(of: layers, in: narrowed(by: middle))
      if found >= least { (enough, quality) = (middle, found) } else { (tooMany, lower) = (middle, found) }
    }
    formats = narrowed(by: enough)
    steps.append(
      Step(
        number: number, end: end, proved: proved[number], format: formats[number], quality: quality,
        qualityOneBitLess: lower))
  }
}

/// Runs a network on some inputs, and says how often its largest result is the right one.
private struct NarrowJudge: Sendable {
  let samples: Int
  private let program: IntegerProgram
  private let codes: [CodeArray]
  private let classes: [Int]

  init(_ compilation: Compilation, inputs files: [String], labels: String?) throws {
    let network = compilation.network
    let graph = compilation.model.graph
    var problems = Diagnostics()
    let inputs = problems.collecting { try NetworkInputs(files: files, for: graph) }
    let output = graph[graph.outputs[0]]
    let given =
      problems.collecting { () throws -> Labels? in
        guard let labels else { return nil }
        guard let inputs else {
          // That the file can be read at least.
          _ = try ArrayFile.load(labels)
          return nil
        }
        return try Labels(labels, samples: inputs.samples, output: output, fix: nil)
      } ?? nil
    try problems.throwIfErrors()
    guard let inputs, inputs.samples > 0 else { throw Diagnostic("inputs without a sample") }
    guard output.shape.elements > 1 else {
      throw Diagnostic(
        "the output '\(output.name)' of one number", at: .init(file: graph.file),
        supported: "outputs of a number for each class")
    }
    samples = inputs.samples
    program = network.program
    codes = network.codes(of: inputs, samples: 0..<inputs.samples).byInput.map { .int64($0) }
    classes = try given?.classes ?? Self.classes(of: network.program, codes, samples: inputs.samples)
  }

  private static func classes(of program: IntegerProgram, _ codes: [CodeArray], samples: Int) throws -> [Int] {
    let simulated = try PreparedProgram(program).run(codes, samples: samples)
    return (0..<samples).map { largest(simulated.values(of: program.outputs[0], sample: $0)) }
  }

  /// The part of the samples with the right class.
  func quality(of program: IntegerProgram) throws -> Double {
    let found = try Self.classes(of: program, codes, samples: samples)
    return Double(zip(found, classes).count { $0 == $1 }) / Double(samples)
  }

  /// The same of hardware of these widths; less than none where it cannot be told.
  func quality(of layers: [DatapathLayer], in formats: DatapathFormats) throws -> Double {
    guard let narrow = program.narrowed(layers, to: formats) else { return -1 }
    return try quality(of: narrow)
  }
}
