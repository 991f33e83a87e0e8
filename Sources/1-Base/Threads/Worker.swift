import Libc
import Synchronization

/// Work for a thread, and who waits for its end.
final class Errand: Sendable {
  private let body: @Sendable () -> Void
  private let end = Semaphore()

  /// nil where there is no thread to be had.
  init?(_ body: @escaping @Sendable () -> Void) {
    self.body = body
    guard Worker.take(self) else { return nil }
  }

  fileprivate func run() { body() }
  fileprivate func finish() { end.post() }

  /// Once only.
  func wait() { end.wait() }
}

/// A thread that waits for the next errand when one is done: starting one anew, with a stack and memory of its own, takes as long as
/// the requantizers of some ten channels.
private final class Worker: Sendable {
  /// Those that have nothing to do.
  private static let idle = Mutex<[Worker]>([])

  private let errand: Mutex<Errand?>
  private let call = Semaphore()

  private init(_ errand: Errand) { self.errand = Mutex(errand) }

  /// Whether there is a thread for it.
  static func take(_ errand: Errand) -> Bool {
    guard let worker = idle.withLock({ $0.popLast() }) else { return Worker(errand).start() }
    worker.errand.withLock { $0 = errand }
    worker.call.post()
    return true
  }

  private func start() -> Bool {
    let worker = Unmanaged.passRetained(self)
    var thread = pthread_t()
    let failure = pthread_create(
      &thread, nil,
      { worker in
        worker.map { Unmanaged<Worker>.fromOpaque($0).takeRetainedValue().work() }
        return nil
      }, worker.toOpaque())
    guard failure == 0 else {
      worker.release()
      return false
    }
    pthread_detach(thread)
    return true
  }

  private func work() {
    while true {
      runErrand()
      call.wait()
    }
  }

  /// What it holds is let go before the thread waits.
  private func runErrand() {
    let errand = errand.withLock { errand in
      defer { errand = nil }
      return errand
    }
    errand?.run()
    // Whoever waited finds this thread idle.
    Self.idle.withLock { $0.append(self) }
    errand?.finish()
  }
}

private final class Semaphore: @unchecked Sendable {
  private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

  init() { sem_init(semaphore, 0, 0) }

  deinit {
    sem_destroy(semaphore)
    semaphore.deallocate()
  }

  func post() { sem_post(semaphore) }

  func wait() {
    // Signals interrupt it.
    while sem_wait(semaphore) != 0 {}
  }
}
