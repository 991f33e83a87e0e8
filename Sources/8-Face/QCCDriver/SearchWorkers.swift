import Diagnostics
import Files

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Processes of this program that take part in a study until its search is at its end.
package struct SearchWorkers: Sendable {
  private let processes: [pid_t]

  /// - Throws: `Diagnostic` where the system makes none.
  package init(_ count: Int, study: String, threads: Int) throws(Diagnostic) {
    var processes: [pid_t] = []
    for _ in 0..<count {
      do {
        processes.append(try Self.start(["qcc", "study", "resume", study, "--threads", String(threads)]))
      } catch {
        for process in processes { kill(process, SIGTERM) }
        throw Diagnostic("a worker cannot be started: \(error)", at: .init(file: study))
      }
    }
    self.processes = processes
  }

  /// Until all of them are at their end.
  package func wait() {
    for process in processes {
      var status: Int32 = 0
      while waitpid(process, &status, 0) < 0, errno == EINTR {}
    }
  }

  /// What they say is what the first process says too: nobody hears it.
  private static func start(_ arguments: [String]) throws(SystemError) -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var process = pid_t()
    try SystemError.check(
      posix_spawn(&process, "/proc/self/exe", &actions, nil, &words, environ) == 0 ? 0 : -1)
    return process
  }
}
