import Simulator
import Synchronization

/// Keeps results as long as the process lives.
package final class MemoryLedger: TrialLedger {
  private let threads: Int

  package init(threads: Int? = nil) { self.threads = threads ?? processorCount }

  package func results(
    of tasks: [(key: String, task: TrialTask)], making make: @escaping @Sendable (TrialTask) throws -> [UInt8]
  ) throws -> [[UInt8]] {
    let next = Atomic(0)
    let found = Mutex([Result<[UInt8], any Error>?](repeating: nil, count: tasks.count))
    let list = tasks.map(\.task)
    onThreads(min(threads, tasks.count)) { _ in
      while true {
        let index = next.add(1, ordering: .relaxed).oldValue
        guard index < list.count else { return }
        let result = Result { try make(list[index]) }
        found.withLock { $0[index] = result }
      }
    }
    return try found.withLock { try $0.map { try $0?.get() ?? [] } }
  }
}
