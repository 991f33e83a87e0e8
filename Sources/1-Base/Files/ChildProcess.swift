import Libc

/// A program that runs for this one. It is in a process group of its own, which an interrupt of this process ends, and has no
/// input.
package struct ChildProcess: Sendable {
  private let process: pid_t

  /// - Parameters:
  ///   - program: a path, or a name that is looked for in `PATH`.
  ///   - output: the file that takes what it prints.
  ///   - setting: a name and a value in its environment, beside or in place of what this process has.
  package init(
    _ program: String, _ arguments: [String], output: String, setting: (name: String, value: String)? = nil
  ) throws(SystemError) {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o666)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    var words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) } + [nil]
    defer { words.forEach { free($0) } }
    let added = setting.map { strdup("\($0.name)=\($0.value)") } ?? nil
    defer { free(added) }
    let name = setting.map { "\($0.name)=" }
    let kept = Self.environment.filter { setting in name.map { strncmp(setting, $0, $0.utf8.count) != 0 } ?? true }
    var settings = (added.map { [$0] } ?? []) + kept + [nil]
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // What an interrupt ends is the whole group; signals are for the program as they are when a shell starts it.
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    for signal in [SIGPIPE, SIGXFSZ] { sigaddset(&signals, signal) }
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    var failure: Int32 = 0
    func start() -> pid_t? {
      Interrupts.starting {
        var process = pid_t()
        failure = posix_spawnp(&process, program, &actions, &attributes, &words, &settings)
        return failure == 0 ? process : nil
      }
    }
    var started = start()
    // A program that this process has just written may be open for writing for another moment: in a child that another thread
    // started while it was written, and that is no program of its own yet.
    for _ in 0..<Self.patience where failure == ETXTBSY {
      usleep(10_000)
      started = start()
    }
    guard let started else { throw SystemError(failure) }
    process = started
  }

  /// How often a program that is still written is tried again, a hundredth of a second later.
  private static let patience = 100

  private static var environment: [UnsafeMutablePointer<CChar>] {
    var settings: [UnsafeMutablePointer<CChar>] = []
    var next: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?> = environ
    while let setting = next.pointee {
      settings.append(setting)
      next += 1
    }
    return settings
  }

  /// Until it is at its end. Once.
  ///
  /// - Returns: its status, as `waitpid` gives it.
  package func wait() -> Int32 {
    var information = siginfo_t()
    while waitid(P_PID, id_t(process), &information, WEXITED | WNOWAIT) != 0, errno == EINTR {}
    var status: Int32 = 0
    Interrupts.ended(process) { waitpid(process, &status, 0) }
    return status
  }

  /// How it ended, where that is no success: `exit code 1`.
  package static func failure(_ status: Int32) -> String? {
    if status == 0 { return nil }
    return status & 0x7f == 0 ? "exit code \(status >> 8 & 0xff)" : "signal \(status & 0x7f)"
  }

  /// Ends it, and what it started.
  package func end() {
    kill(-process, SIGKILL)
    _ = wait()
  }
}
