import ArgumentParser
import Files
import QCCDriver

struct StudyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "study",
    abstract: "Shows a search's study, goes on with it, or takes its best network out, any time, also while it runs.",
    discussion: """
      EXAMPLES
        qcc study show kws.study --report page.html
        qcc study resume kws.study --evaluations 500
        qcc study best kws.study -o best.onnx
      """,
    subcommands: [ShowCommand.self, ResumeCommand.self, BestCommand.self, ExportCommand.self])

  struct StudyArgument: ParsableArguments {
    @Argument(help: ArgumentHelp("The study.", valueName: "study"), completion: .file())
    var path: String

    func searcher(evaluations: Int? = nil, threads: Int? = nil) throws -> NetworkSearcher {
      let searcher = try NetworkSearcher(
        existing: path, version: QCC.configuration.version, evaluations: evaluations, threads: threads)
      show(searcher.quantizer.remarks)
      return searcher
    }
  }

  struct ShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show", abstract: "What was found so far: nothing is judged for it.")

    @OptionGroup var study: StudyArgument
    @OptionGroup var page: SearchPageOptions
    @OptionGroup var printing: ReportOptions

    func validate() throws { try page.validate(besides: [study.path]) }

    func run() throws {
      let searcher = try study.searcher()
      let report = try searcher.recorded()
      try OutputFile.write(page.file(report, searcher.recordedDetails(), by: searcher))
      try printing.show(report)
    }
  }

  struct ResumeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "resume",
      abstract: "Goes on with a search that was stopped, or takes part in one that runs.",
      usage: "qcc study resume [<options>] <study>")

    @OptionGroup var study: StudyArgument

    @Option(help: ArgumentHelp("Networks to judge at most. Default: as said before.", valueName: "count"))
    var evaluations: Int?

    @OptionGroup var running: SearchRunOptions

    func validate() throws { try running.page.validate(besides: [study.path]) }

    func run() throws {
      let searcher = try study.searcher(evaluations: evaluations, threads: running.threads)
      try running.run(searcher, study: study.path, test: nil)
    }
  }

  struct BestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "best", abstract: "Writes the best network that was found so far.")

    @OptionGroup var study: StudyArgument

    @Option(
      name: .shortAndLong,
      help: ArgumentHelp("The network as .onnx or QKeras .h5, or its plan as .json.", valueName: "file"),
      completion: .file(extensions: NetworkQuantizer.Result.suffixes))
    var output: String

    @OptionGroup var printing: ReportOptions

    func validate() throws { try validateNetworkName(output) }

    func run() throws { try printing.show(study.searcher().best(to: output)) }
  }

  struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "export", abstract: "Writes what was found so far for other tools.",
      discussion: "See docs/integrations/optuna.md.")

    @OptionGroup var study: StudyArgument

    @Option(
      help: ArgumentHelp(
        "A journal for Optuna and optuna-dashboard: values are what is minimized and the loss.", valueName: "file"),
      completion: .file())
    var optuna: String

    func run() throws { try study.searcher().exportOptunaJournal(to: optuna) }
  }
}
