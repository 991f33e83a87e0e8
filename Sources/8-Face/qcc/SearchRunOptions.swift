import ArgumentParser
import Diagnostics
import Files
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
      let result = try searcher.quantizer.quantized(by: found.search.plan(of: chosen))
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
