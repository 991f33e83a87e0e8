import Foundation
import Numbers
import Study
import TestSupport
import Testing

/// Processes that are killed at random moments.
@Suite struct KilledTests {
  /// Starts a process and kills it: one of two while it opens the study, the other at work.
  private func killed(_ study: String, _ work: String, _ count: Int, _ random: inout SplitMix) throws -> StudyWorker {
    let worker = try StudyWorker(study, work, count)
    if random.next() % 2 == 0 { _ = worker.waits { !$0.isEmpty } }
    usleep(UInt32(random.next() % 30_000))
    #expect(worker.killed())
    #expect(worker.errors == "")
    return worker
  }

  /// A result whose recording has returned is there.
  @Test func loseNothingRecorded() throws {
    try Folder.with { folder in
      let path = "\(folder)/s.study"
      var random = SplitMix(seed: 1)
      var (recorded, atWork) = (Set<String>(), 0)
      for _ in 0..<Repository.tries(100) {
        let said = try killed(path, "record", 100_000, &random).lines
        if !said.isEmpty { atWork += 1 }
        recorded.formUnion(said)
        // The first may not have come as far as to make one.
        let keys = FileManager.default.fileExists(atPath: path) ? try keys(path) : []
        let missing = recorded.subtracting(keys)
        #expect(missing == [])
      }
      #expect(atWork > Repository.tries(100) / 3)
      let entries = try Study(existing: path).results()
      #expect(Set(entries.map(\.key)).count == entries.count)
      #expect(entries.count - recorded.count <= Repository.tries(100), "of each one at most that it could not say")
      let wrong = entries.filter { $0.result != $0.payload + [UInt8](repeating: $0.payload.last ?? 0, count: 1000) }
      #expect(wrong == [])
    }
  }

  /// An empty file, where a process was killed that was about to make a study, is none.
  private func keys(_ path: String) throws -> [String] {
    try Study(path, identity: [("count", "100000")]).results().map(\.key)
  }

  /// Two at work, one of them killed again and again: both come to what one comes to alone, and evaluate no more.
  @Test func searchEndsTheSame() throws {
    try Folder.with { folder in
      let batches = 200
      let alone = try StudyWorker("\(folder)/alone.study", "search", batches)
      #expect(alone.ended() == 0, "\(alone.errors)")
      let path = "\(folder)/s.study"
      var random = SplitMix(seed: 2)
      let steady = try StudyWorker(path, "search", batches)
      while !steady.waits(atMost: 0, for: { $0.count == batches }) {
        let worker = try StudyWorker(path, "search", batches)
        // What is recorded it finds; then it takes part.
        _ = worker.waits { $0.count >= steady.lines.count }
        usleep(UInt32(random.next() % 30_000))
        worker.killed()
        #expect(worker.errors == "")
      }
      #expect(steady.ended() == 0, "\(steady.errors)")
      let resumed = try StudyWorker(path, "search", batches)
      #expect(resumed.ended() == 0)
      #expect([steady.lines, resumed.lines] == [alone.lines, alone.lines])
      func results(_ path: String) throws -> [String: [UInt8]] {
        Dictionary(uniqueKeysWithValues: try Study(existing: path).results().map { ($0.key, $0.result) })
      }
      #expect(try results(path) == results("\(folder)/alone.study"))
      #expect(Set(try Study(existing: path).results().map(\.worker)).count > 2, "some of the killed took part")
    }
  }
}
