import ArgumentParser
import CValueKernels
import Diagnostics
import Files
import Presentation

#if canImport(Glibc)
  @preconcurrency import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

@main
struct QCC: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "qcc",
    abstract: "Compiles quantized neural networks for the ST-MAC accelerators, and proves the result exact.",
    discussion: """
      EXAMPLES
        qcc compile model.h5 --target stmac -o build/
        qcc verify model.h5
        qcc tile-report model.h5

      Models are Keras H5 files as QKeras 0.9 with TensorFlow 2.15 saves them, or ONNX
      files with quantizers in them (QDQ, QLinear, QONNX).
      """,
    version: "0.1.0",
    subcommands: [
      CompileCommand.self, QuantizeCommand.self, TuneCommand.self, SearchCommand.self, StudyCommand.self,
      EvaluateCommand.self,
      ProfileCommand.self, VerifyCommand.self, ExportCommand.self,
      TileReportCommand.self, WidthsCommand.self, SimulateCommand.self,
      SummaryCommand.self, QToolsCommand.self, EnergyCommand.self, MemoryCommand.self, ReportCommand.self,
      TargetsCommand.self,
    ])

  /// Exit codes: 0, 1 for a problem with files or networks, 2 for wrong usage.
  static func main() {
    qcc_prepare_heap()
    // A file that grows beyond a limit is a failed write like any other, not the end of the process.
    signal(SIGXFSZ, SIG_IGN)
    // A reader that went away is noticed where output ends, after what is not finished was removed.
    signal(SIGPIPE, SIG_IGN)
    Interrupts.handle()
    do {
      do {
        var command = try parseAsRoot()
        try command.run()
      } catch  where exitCode(for: error) == .success {
        // Help and the like.
        print(fullMessage(for: error))
      }
      try finishOutput()
    } catch let problems as Diagnostics {
      fail(problems.all)
    } catch let problem as Diagnostic {
      fail([problem])
    } catch let code as ExitCode {
      QCC.exit(withError: code)
    } catch {
      let code = exitCode(for: error)
      guard code == .validationFailure else { exit(withError: error) }
      var standardError = StandardError()
      let lines = fullMessage(for: error).split(separator: "\n", omittingEmptySubsequences: false)
      print(lines.map(\.printable).joined(separator: "\n"), to: &standardError)
      QCC.exit(withError: ExitCode(2))
    }
  }

  private static func finishOutput() throws {
    let reason = fflush(nil) != 0 ? ": \(SystemError())" : ""
    guard !reason.isEmpty || ferror(stdout) != 0 else { return }
    var output = pollfd(fd: STDOUT_FILENO, events: 0, revents: 0)
    if poll(&output, 1, 0) == 1, output.revents & Int16(POLLERR) != 0 {
      signal(SIGPIPE, SIG_DFL)
      raise(SIGPIPE)
    }
    throw Diagnostic("standard output cannot be written\(reason)")
  }

  private static func fail(_ problems: [Diagnostic]) {
    show(problems)
    QCC.exit(withError: ExitCode(1))
  }
}

/// As many messages as anybody reads.
private let messageLimit = 200

/// Prints diagnostics to standard error, each once.
func show(_ problems: [Diagnostic]) {
  var seen: Set<Diagnostic> = []
  let different = problems.filter { seen.insert($0).inserted }
  // Where some are left out, errors are the last.
  let ordered =
    different.count <= messageLimit
    ? different : different.filter { $0.severity == .error } + different.filter { $0.severity != .error }
  let style = Terminal.standardError.style
  var standardError = StandardError()
  for problem in ordered.prefix(messageLimit) {
    let severity = problem.severity.rawValue
    let colored =
      switch problem.severity {
      case .error: style.red(severity)
      case .warning: style.yellow(severity)
      case .note: style.bold(severity)
      }
    print(colored + problem.description.dropFirst(severity.count), to: &standardError)
  }
  if ordered.count > messageLimit {
    print("\(ordered.count - messageLimit) more messages are left out", to: &standardError)
  }
}
