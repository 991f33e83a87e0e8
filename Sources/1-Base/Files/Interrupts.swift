import Libc
import Synchronization

/// SIGINT, SIGTERM and SIGHUP: programs that run for this one end, what is not finished is removed, and then the process
/// ends by the signal, as those who sent it expect.
package enum Interrupts {
  private struct Unfinished {
    var paths: Set<String> = []
    /// Process groups.
    var programs: Set<pid_t> = []
  }

  private static let unfinished = Mutex(Unfinished())
  private static let steps = Mutex(())

  /// From here on. Called before there is a second thread: a signal is taken by the one thread that waits for it, and so
  /// may do all that a thread may. Signals that the process was started to ignore (`nohup`) stay ignored.
  package static func handle() {
    let signals = UnsafeMutablePointer<sigset_t>.allocate(capacity: 1)
    sigemptyset(signals)
    for number in [SIGINT, SIGTERM, SIGHUP] {
      let isIgnored = unsafeBitCast(signal(number, SIG_DFL), to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
      if isIgnored { signal(number, SIG_IGN) } else { sigaddset(signals, number) }
    }
    pthread_sigmask(SIG_BLOCK, signals, nil)
    var thread = pthread_t()
    let failure = pthread_create(
      &thread, nil,
      { signals in
        if let signals = signals?.assumingMemoryBound(to: sigset_t.self) { Interrupts.wait(for: signals) }
        return nil
      }, signals)
    if failure != 0 { pthread_sigmask(SIG_UNBLOCK, signals, nil) }
  }

  /// Runs `body` to its end, also where a signal arrives meanwhile.
  package static func deferred<Result: Sendable>(_ body: () -> Result) -> Result {
    steps.withLock { _ in body() }
  }

  /// Starts a program that runs for this one, and knows it until it has `ended`.
  ///
  /// - Parameter start: its process, which is in a process group of its own; nil where it does not start.
  package static func starting(_ start: () -> pid_t?) -> pid_t? {
    unfinished.withLock { unfinished in
      let group = start()
      if let group { unfinished.programs.insert(group) }
      return group
    }
  }

  /// - Parameter collect: ends the process' entry in the system: its number may belong to another one afterwards.
  package static func ended(_ group: pid_t, _ collect: () -> Void) {
    unfinished.withLock { unfinished in
      unfinished.programs.remove(group)
      collect()
    }
  }

  static func remember(_ path: String) { unfinished.withLock { _ = $0.paths.insert(path) } }

  static func isUnfinished(_ path: String) -> Bool { unfinished.withLock { $0.paths.contains(path) } }

  static func forget(_ path: String) { unfinished.withLock { _ = $0.paths.remove(path) } }

  /// Moves what was unfinished to its place, unless it is being removed already.
  static func finish(_ path: String, _ move: () throws(SystemError) -> Void) throws(SystemError) {
    try unfinished.withLock { (unfinished) throws(SystemError) in
      try move()
      unfinished.paths.remove(path)
    }
  }

  private static func wait(for signals: UnsafeMutablePointer<sigset_t>) {
    var received: Int32 = 0
    while sigwait(signals, &received) != 0 {}
    steps.withLock { _ in
      unfinished.withLock { unfinished in
        for group in unfinished.programs { kill(-group, SIGKILL) }
        // Other threads, and programs that are about to end, may still write there.
        for path in unfinished.paths {
          for _ in 0..<1000 {
            Folders.removeTree(path)
            if FileStatus(path) == nil { break }
            usleep(1000)
          }
        }
        pthread_sigmask(SIG_UNBLOCK, signals, nil)
        kill(getpid(), received)
        _exit(128 + received)
      }
    }
  }
}
