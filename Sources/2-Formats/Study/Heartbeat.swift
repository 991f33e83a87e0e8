import Libc
import Synchronization

/// Something done every few seconds on a thread of its own, from `start` on for as long as the value lives.
final class Heartbeat: Sendable {
  private struct Thread {
    let thread: pthread_t
    /// The end of a pipe: what is written there ends the thread.
    let end: Int32
  }

  /// What the thread holds of it.
  private final class Beat: Sendable {
    let milliseconds: Int32
    let beat: @Sendable () -> Void
    let wake: Int32

    init(milliseconds: Int32, beat: @escaping @Sendable () -> Void, wake: Int32) {
      self.milliseconds = milliseconds
      self.beat = beat
      self.wake = wake
    }

    func run() {
      var waited = pollfd(fd: wake, events: Int16(POLLIN), revents: 0)
      // Time that no setting of the clock changes.
      while poll(&waited, 1, milliseconds) <= 0 { beat() }
      close(wake)
    }
  }

  private let seconds: Double
  private let beat: @Sendable () -> Void
  private let running = Mutex<Thread?>(nil)

  init(every seconds: Double, _ beat: @escaping @Sendable () -> Void) {
    self.seconds = seconds
    self.beat = beat
  }

  var hasStarted: Bool { running.withLock { $0 != nil } }

  /// Where no thread can be made nothing beats.
  func start() {
    running.withLock { running in
      if running != nil { return }
      var ends: [Int32] = [0, 0]
      guard pipe(&ends) == 0 else { return }
      for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
      let start = Unmanaged.passRetained(Beat(milliseconds: Int32(seconds * 1000), beat: beat, wake: ends[0]))
      var thread = pthread_t()
      let failure = pthread_create(
        &thread, nil,
        { start in
          if let start { Unmanaged<Beat>.fromOpaque(start).takeRetainedValue().run() }
          return nil
        }, start.toOpaque())
      if failure == 0 {
        running = Thread(thread: thread, end: ends[1])
      } else {
        start.release()
        for end in ends { close(end) }
      }
    }
  }

  deinit {
    running.withLock { running in
      guard let running else { return }
      _ = write(running.end, [0], 1)
      pthread_join(running.thread, nil)
      close(running.end)
    }
  }
}
