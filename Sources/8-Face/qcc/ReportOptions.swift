import ArgumentParser
import Presentation

extension ReportFormat: ExpressibleByArgument {}

/// How a command prints what it found.
struct ReportOptions: ParsableArguments {
  @Option(help: "How the report is printed.")
  var format = ReportFormat.text

  func show(_ report: some Report) throws {
    print(try report.printed(as: format, style: Terminal.standardOutput.style), terminator: "")
  }
}
