import ArgumentParser
import Exploration
import Files
import Page
import Presentation
import QCCDriver
import Search
import Threads

/// How a search runs and what it hands out: nothing of it changes what is found.
struct SearchRunOptions: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "The chosen network as .onnx or QKeras .h5, or its plan as .json; while the search runs the best so far.",
      valueName: "file"),
    completion: .file(extensions: NetworkQuantizer.Result.suffixes))
  var output: String?

  @Option(help: ArgumentHelp("Processes that take part.", valueName: "count"))
  var workers = 1

  @Option(help: ArgumentHelp("Threads of each process. Default: one per core.", valueName: "count"))
  var threads: Int?

  @OptionGroup var page: SearchPageOptions
  @OptionGroup var printing: ReportOptions

  func validate() throws {
    try validateThreads(threads)
    guard (1...256).contains(workers) else { throw ValidationError("--workers takes 1 to 256") }
    if let output { try validateNetworkName(output) }
    try page.validate(besides: [output])
  }

  /// - Parameter test: inputs that judge the chosen network, and their labels.
  func run(_ searcher: NetworkSearcher, study: String, test: (inputs: [String], labels: String?)?) throws {
    let clock = ContinuousClock()
    let start = clock.now
    let others = try SearchWorkers(
      workers - 1, study: study, threads: threads ?? max(1, processorCount / max(workers, 1)))
    var line = SearchLine()
    // What is found first may be all that there is time for.
    let improved = output.map { output in
      { (best: NetworkQuantizer.Result) in try OutputFile.write(best.bytes(for: output, style: nil), to: output) }
    }
    let found = try searcher.run(progress: { line.draw($0, $1, $2) }, improved: improved)
    line.finish()
    others.wait()
    if let problem = searcher.problem(of: found) { throw problem }
    var report = searcher.report(of: found, seconds: Double((clock.now - start) / .seconds(1)))
    var files: [(path: String, bytes: [UInt8])] = []
    if let chosen = found.chosen {
      let result = try searcher.network(of: chosen, in: found.search)
      if let test { report.test = try searcher.tested(result, on: test.inputs, labels: test.labels) }
      if let output {
        files.append((output, try result.bytes(for: output, style: nil)))
        show(result.remarks(on: output))
      }
    }
    try OutputFile.write(files + page.file(report, searcher.details(of: found), by: searcher))
    try printing.show(report)
  }
}

/// The page of a search.
struct SearchPageOptions: ParsableArguments {
  @Option(
    name: .customLong("report"),
    help: ArgumentHelp(
      "A page with the front, how the search went, widths and what changing them does.", valueName: "file.html"),
    completion: .file(extensions: ["html"]))
  var page: String?

  /// - Parameter others: files that the command reads or writes.
  func validate(besides others: [String?]) throws {
    if let page, page.isEmpty || others.contains(page) {
      throw ValidationError("--report takes a file of its own")
    }
  }

  /// The file to write, if one is wanted.
  func file(
    _ report: SearchReport, _ details: @autoclosure () throws -> SearchDetails, by searcher: NetworkSearcher
  ) rethrows -> [(path: String, bytes: [UInt8])] {
    guard let page else { return [] }
    let graph = searcher.quantizer.network.graph
    let html = SearchPage(
      report, try details(), minimize: searcher.settings.minimize, file: graph.file ?? "", network: graph.name,
      target: searcher.quantizer.compiler.target.name
    ).html()
    return [(page, Array(html.utf8))]
  }
}

/// The line that a search draws on a terminal while it runs.
struct SearchLine {
  private let clock = ContinuousClock()
  private let start = ContinuousClock.now
  private var isDrawn = false

  mutating func draw(_ done: Int, _ total: Int, _ best: Trial?) {
    guard Terminal.standardError.isTerminal else { return }
    let seconds = Double((clock.now - start) / .seconds(1))
    let left = done > 0 ? seconds / Double(done) * Double(total - done) : 0
    var line = "\(done) of at most \(total) networks"
    if let best {
      line +=
        ", best \(fixed(best.costs.speedup, decimals: 2))x ideal, \(fixed(best.costs.cycleSpeedup, decimals: 2))x cycles"
      line += ", drop \(fixed(best.verdict.drop * 100, decimals: 2))"
    }
    line += ", \(fixed(left, decimals: 0)) s left at most"
    var standardError = StandardError()
    print(
      "\r" + String(line.prefix((Terminal.standardError.columns ?? 80) - 1)) + "\u{1B}[K", terminator: "",
      to: &standardError)
    isDrawn = true
  }

  /// Wipes the line.
  func finish() {
    guard isDrawn else { return }
    var standardError = StandardError()
    print("\r\u{1B}[K", terminator: "", to: &standardError)
  }
}

/// One number that a search is to make large.
struct ScoreOptions: ParsableArguments {
  enum Kind: String, ExpressibleByArgument, CaseIterable { case forgiving }

  @Option(
    help: "Chooses the network of the largest score, AutoQKeras': a metric that forgives what smaller networks lose.")
  var score: Kind?

  @Option(
    name: .customLong("delta-p"),
    help: ArgumentHelp("Percent forgiven where the network is smaller by the rate. Default: 8.", valueName: "percent"))
  var deltaP: Double?

  @Option(
    name: .customLong("delta-n"),
    help: ArgumentHelp("Percent fined where the network is larger by the rate. Default: 8.", valueName: "percent"))
  var deltaN: Double?

  @Option(help: ArgumentHelp("Of sizes, above 1. Default: 2.", valueName: "factor"))
  var rate: Double?

  @Option(help: ArgumentHelp("What the reference's size is multiplied by. Default: 1.", valueName: "factor"))
  var stress: Double?

  @Option(
    help: ArgumentHelp("The flat network that sizes are compared with, one of --widths. Default: 8.", valueName: "bits")
  )
  var referenceBits: Int?

  @Flag(help: "Scores in float32, and no stress on energy, as QKeras 0.9.0 has it.")
  var qkerasCompatible = false

  /// - Throws: `ValidationError` where the options make no score of what is minimized.
  func validate(minimize: Costs.Kind, widths: [Int]) throws {
    let numbers = [
      ("--delta-p", deltaP, 0.0), ("--delta-n", deltaN, 0), ("--rate", rate, 1.nextUp), ("--stress", stress, 0.nextUp),
    ]
    if score == nil {
      if let (name, _, _) = numbers.first(where: { $0.1 != nil }) {
        throw ValidationError("\(name) is for --score forgiving")
      }
      if referenceBits != nil { throw ValidationError("--reference-bits is for --score forgiving") }
      if qkerasCompatible { throw ValidationError("--qkeras-compatible is for --score forgiving") }
      return
    }
    if ForgivingScore.Measure(minimize) == nil {
      throw ValidationError("--score forgiving is of --minimize bits, energy or cycles, not \(minimize.rawValue)")
    }
    for (name, value, least) in numbers {
      guard let value, !(value >= least && value.isFinite) else { continue }
      throw ValidationError("\(name) takes \(least > 0 ? "more than \(Int(least))" : "0 or more"), not \(value)")
    }
    let bits = referenceBits ?? SearchSettings().referenceBits
    if !widths.contains(bits) {
      throw ValidationError("--reference-bits takes one of the widths, not \(bits)")
    }
  }

  func apply(to settings: inout SearchSettings) {
    guard score != nil, let measure = ForgivingScore.Measure(settings.minimize) else { return }
    var formula = ForgivingScore(measure, isCompatible: qkerasCompatible)
    formula.deltaP = deltaP ?? formula.deltaP
    formula.deltaN = deltaN ?? formula.deltaN
    formula.rate = rate ?? formula.rate
    formula.stress = stress ?? formula.stress
    settings.score = formula
    settings.referenceBits = referenceBits ?? settings.referenceBits
  }
}
