import Libc
import Synchronization
import Testing
import Threads

@Suite struct ThreadsTests {
  /// Every index once, in order, however many threads there are, and again with threads that waited meanwhile.
  @Test(arguments: [1, 2, 3, 8]) func resultsAreInOrder(threads: Int) {
    for count in [0, 1, 2, 7, 1000] {
      #expect(concurrently(count, threads: threads) { 3 * $0 } == (0..<count).map { 3 * $0 })
    }
  }

  /// As many as are asked for run at once: each waits for all others.
  @Test func threadsRunAtOnce() {
    final class Meeting: Sendable { let present = Atomic(0) }
    for count in [2, 5, 3] {
      let meeting = Meeting()
      onThreads(count) { _ in
        meeting.present.wrappingAdd(1, ordering: .sequentiallyConsistent)
        while meeting.present.load(ordering: .sequentiallyConsistent) < count { sched_yield() }
      }
      #expect(meeting.present.load(ordering: .sequentiallyConsistent) == count)
    }
  }

  @Test func workNestsAndIsLeftAlone() {
    let sums = concurrently(40, threads: 4) { outer in
      concurrently(50, threads: 3) { outer * $0 }.reduce(0, +)
    }
    #expect(sums == (0..<40).map { $0 * 1225 })
    for _ in 0..<100 { _ = Later { 1 } }
    #expect(Later { Later { 20 }.value + 1 }.value == 21)
  }
}
