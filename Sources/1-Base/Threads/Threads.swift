import Libc

/// Processors that threads can run on.
package let processorCount = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))

/// A thread that runs `body`; nil where there is none to be had.
func startThread(_ body: @escaping @Sendable () -> Void) -> pthread_t? {
  final class Start {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  let start = Unmanaged.passRetained(Start(body))
  var thread = pthread_t()
  let failure = pthread_create(
    &thread, nil,
    { start in
      start.map { Unmanaged<Start>.fromOpaque($0).takeRetainedValue().body() }
      return nil
    }, start.toOpaque())
  if failure == 0 { return thread }
  start.release()
  return nil
}

/// Runs `body` once for each of 0 ..< count, each on a thread of its own, the first on the caller's; returns when all are
/// done. Plain threads: work that never waits needs no scheduler, and none has to be loaded at start-up.
package func onThreads(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
  var threads: [pthread_t] = []
  for index in stride(from: 1, to: count, by: 1) {
    if let thread = startThread({ body(index) }) {
      threads.append(thread)
    } else {
      body(index)
    }
  }
  body(0)
  for thread in threads { pthread_join(thread, nil) }
}

/// The results of `body` for 0 ..< count, in order, whatever thread found them.
///
/// - Parameter threads: how many at most; each takes every how many-th one.
package func concurrently<Result: Sendable>(
  _ count: Int, threads: Int, _ body: @escaping @Sendable (Int) -> Result
) -> [Result] {
  let workers = min(threads, count)
  guard workers > 1 else { return (0..<count).map(body) }
  var results = [Result?](repeating: nil, count: count)
  results.withUnsafeMutableBufferPointer { results in
    nonisolated(unsafe) let results = results
    onThreads(workers) { worker in
      for index in stride(from: worker, to: count, by: workers) { results[index] = body(index) }
    }
  }
  return results.compactMap { $0 }
}
