import Libc
import Synchronization

/// Processors that threads can run on.
package let processorCount = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))

/// Runs `body` once for each of 0 ..< count, each on a thread of its own, the first on the caller's; returns when all are
/// done. Plain threads: work that never waits needs no scheduler, and none has to be loaded at start-up.
package func onThreads(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
  var others: [Errand] = []
  for index in stride(from: 1, to: count, by: 1) {
    if let errand = Errand({ body(index) }) {
      others.append(errand)
    } else {
      body(index)
    }
  }
  body(0)
  for errand in others { errand.wait() }
}

/// The results of `body` for 0 ..< count, in order, whatever thread found them.
///
/// - Parameter threads: how many at most; each takes the next few that nobody took.
package func concurrently<Result: Sendable>(
  _ count: Int, threads: Int, _ body: @escaping @Sendable (Int) -> Result
) -> [Result] {
  let workers = min(threads, count)
  guard workers > 1 else { return (0..<count).map(body) }
  var results = [Result?](repeating: nil, count: count)
  let queue = Queue(count: count, some: max(1, count / (16 * workers)))
  results.withUnsafeMutableBufferPointer { results in
    nonisolated(unsafe) let results = results
    onThreads(workers) { _ in
      while let next = queue.next() {
        for index in next { results[index] = body(index) }
      }
    }
  }
  return results.compactMap { $0 }
}

/// 0 ..< count, some at a time.
private final class Queue: Sendable {
  private let count: Int
  private let some: Int
  private let taken = Atomic(0)

  init(count: Int, some: Int) {
    self.count = count
    self.some = some
  }

  func next() -> Range<Int>? {
    let first = taken.wrappingAdd(some, ordering: .relaxed).oldValue
    return first < count ? first..<min(first + some, count) : nil
  }
}
