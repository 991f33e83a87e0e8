import Diagnostics
import Files

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Other programs, run to their end.
enum Subprocess {
  /// - Parameter folder: takes its temporary files, and `log`, what it prints.
  /// - Throws: `Diagnostic` with the first lines it printed where it fails.
  static func run(_ program: String, _ arguments: [String], folder: String, purpose: String) throws {
    let log = folder + "/log"
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_TRUNC, 0o666)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    var words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) } + [nil]
    defer { words.forEach { free($0) } }
    let temporary = strdup("TMPDIR=\(folder)")
    defer { free(temporary) }
    var settings = [temporary] + inherited { strncmp($0, "TMPDIR=", 7) != 0 } + [nil]
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
    let process = Interrupts.starting {
      var process = pid_t()
      failure = posix_spawnp(&process, program, &actions, &attributes, &words, &settings)
      return failure == 0 ? process : nil
    }
    guard let process else {
      throw Diagnostic("\(purpose): '\(program)' does not start: \(SystemError(failure))")
    }
    var information = siginfo_t()
    while waitid(P_PID, id_t(process), &information, WEXITED | WNOWAIT) != 0, errno == EINTR {}
    var status: Int32 = 0
    Interrupts.ended(process) { waitpid(process, &status, 0) }
    guard status == 0 else {
      let printed = (try? Folders.read(log)).map { String(decoding: $0, as: UTF8.self) } ?? ""
      let how = status & 0x7f == 0 ? "exit code \(status >> 8 & 0xff)" : "signal \(status & 0x7f)"
      var problem = Diagnostic("\(purpose): '\(program)' failed with \(how)")
      problem.quoted = printed.split(separator: "\n").prefix(5).map(String.init)
      throw problem
    }
  }

  /// The settings of the process' environment that are kept. A compiler's temporary files go away with the folder, also where
  /// the compiler is ended.
  private static func inherited(_ isKept: (UnsafePointer<CChar>) -> Bool) -> [UnsafeMutablePointer<CChar>?] {
    var settings: [UnsafeMutablePointer<CChar>?] = []
    var next: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?> = environ
    while let setting = next.pointee {
      if isKept(setting) { settings.append(setting) }
      next += 1
    }
    return settings
  }

  /// The C compiler: `CC`, or the first of cc, gcc and clang in `PATH`; nil where there is none.
  static var compiler: String? {
    if let named = getenv("CC").map({ String(cString: $0) }), !named.isEmpty { return named }
    let folders = (getenv("PATH").map { String(cString: $0) } ?? "").split(separator: ":")
    return ["cc", "gcc", "clang"].first { name in
      folders.contains { access("\($0)/\(name)", X_OK) == 0 }
    }
  }
}
