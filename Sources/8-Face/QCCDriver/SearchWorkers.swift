import Diagnostics
import Files

/// Processes of this program that take part in a study until its search is at its end. What they say is what the first process
/// says too: nobody hears it.
package struct SearchWorkers: Sendable {
  private let processes: [ChildProcess]

  /// - Throws: `Diagnostic` where the system makes none.
  package init(_ count: Int, study: String, threads: Int) throws(Diagnostic) {
    var processes: [ChildProcess] = []
    for _ in 0..<count {
      do {
        processes.append(
          try ChildProcess(
            "/proc/self/exe", ["study", "resume", study, "--threads", String(threads)], output: "/dev/null"))
      } catch {
        for process in processes { process.end() }
        throw Diagnostic("a worker cannot be started: \(error)", at: .init(file: study))
      }
    }
    self.processes = processes
  }

  /// Until all of them are at their end.
  package func wait() {
    for process in processes { _ = process.wait() }
  }
}
