import Diagnostics
import Foundation
import Study
import Synchronization
import TestSupport
import Testing

/// Who may evaluate a trial.
@Suite struct ClaimTests {
  private let folder: Folder
  private var path: String { "\(folder.path)/s.study" }
  private let trials: [Study.Trial] = (0..<4).map { ("trial \($0)", "test", []) }

  init() throws { folder = try Folder() }

  private func study(_ worker: Study.Worker = .init(), _ timing: Study.Timing = .init()) throws -> Study {
    try Study(path, identity: [("count", "4")], worker: worker, timing: timing)
  }

  /// A worker of whom nothing is known but its claims.
  private var stranger: Study.Worker { .init(id: "stranger", host: "elsewhere", system: "another", pid: 1, started: 1) }

  /// Three processes start at once, and make the study at once.
  @Test func processesNeverEvaluateTheSame() throws {
    let workers = try (0..<3).map { _ in try StudyWorker(path, "record", 500) }
    #expect(workers.map { $0.ended() } == [0, 0, 0], "\(workers.map(\.errors))")
    let keys = workers.map(\.lines)
    #expect(keys.joined().sorted() == (0..<500).map { "trial \($0)" }.sorted())
    let entries = try Study(existing: path).results(kind: "test")
    #expect(entries.map(\.key).sorted() == keys.joined().sorted())
    #expect(entries.allSatisfy { $0.payload == Array("payload \($0.key.split(separator: " ")[1])".utf8) })
  }

  @Test func threadsOfOneWorkerNeverEvaluateTheSame() throws {
    let study = try study()
    let many: [Study.Trial] = (0..<200).map { ("trial \($0)", "test", []) }
    let claimed = Mutex<[Int]>([])
    DispatchQueue.concurrentPerform(iterations: 4) { _ in
      while let index = try? study.claim(oneOf: many) { claimed.withLock { $0.append(index) } }
    }
    #expect(claimed.withLock { $0.sorted() } == Array(0..<200))
  }

  /// At once: the process is seen to be gone.
  @Test func killedProcessHoldsNothing() throws {
    let holder = try StudyWorker(path, "hold", 4)
    #expect(holder.waits { $0.count > 4 })
    let study = try study()
    #expect(try study.claim(oneOf: trials) == nil)
    #expect(try study.results(of: trials.map(\.key)) == [nil, nil, nil, nil])
    holder.killed()
    #expect(try study.claim(oneOf: trials) == 0)
    #expect(try study.claim(oneOf: trials) == 1)
  }

  /// Also where whoever started the process has not noticed yet.
  @Test func unnoticedDeathIsSeen() throws {
    let parent = try StudyWorker("/bin/sh", ["-c", "'\(StudyWorker.binary)' '\(path)' hold 4 & exec sleep 60"])
    #expect(parent.waits { $0.count > 4 })
    let pid = try #require(parent.lines.last?.split(separator: " ").first.flatMap { pid_t($0) })
    let study = try study()
    #expect(try study.claim(oneOf: trials) == nil)
    kill(pid, SIGKILL)
    usleep(100_000)
    #expect(kill(pid, 0) == 0, "its entry is still there")
    #expect(try study.claim(oneOf: trials) == 0)
  }

  /// A process that hangs is not gone, but after the lease nobody waits for it.
  @Test func hangingProcessLosesItsClaims() throws {
    let holder = try StudyWorker(path, "hold", 4)
    #expect(holder.waits { $0.count > 4 })
    holder.send(SIGSTOP)
    #expect(try study().claim(oneOf: trials) == nil)
    var later = Study.Timing()
    later.now = { Date().timeIntervalSince1970 + 31 }
    #expect(try study(.init(), later).claim(oneOf: trials) == 0)
  }

  /// A claim of another host, whose processes cannot be looked at, is free when its lease is over.
  @Test func claimFromElsewhereLastsItsLease() throws {
    let clock = Mutex(1000.0)
    var timing = Study.Timing()
    timing.now = { 1000 }
    let theirs = try study(stranger, timing)
    #expect(try theirs.claim(oneOf: trials) == 0)
    timing.now = { clock.withLock { $0 } }
    let mine = try study(.init(), timing)
    #expect(try mine.claim(oneOf: [trials[0]]) == nil)
    clock.withLock { $0 = 1029.9 }
    #expect(try mine.claim(oneOf: [trials[0]]) == nil)
    clock.withLock { $0 = 1030 }
    #expect(try mine.claim(oneOf: [trials[0]]) == 0)
    // Whoever records first is the one whose result counts.
    try theirs.record("trial 0", result: [1], seconds: 2)
    try mine.record("trial 0", result: [2], seconds: 3)
    #expect(try mine.result(of: "trial 0") == [1])
    #expect(try mine.results().map(\.worker.id) == ["stranger"])
    #expect(try mine.claim(oneOf: [trials[0]]) == nil)
  }

  /// With a lease of 0.6 s a claim is there after 2, and goes with its worker.
  @Test func heartbeatKeepsClaims() throws {
    var timing = Study.Timing()
    timing.lease = 0.6
    var theirs: Study? = try study(stranger, timing)
    #expect(try theirs?.claim(oneOf: trials) == 0)
    let mine = try study(.init(), timing)
    for _ in 0..<20 {
      usleep(100_000)
      #expect(try mine.claim(oneOf: [trials[0]]) == nil)
    }
    theirs = nil
    #expect(try mine.claim(oneOf: [trials[0]]) == 0)
  }

  /// The number of a dead process may be that of a living one by now.
  @Test func processIsKnownByItsStart() throws {
    let me = Study.Worker()
    let earlier = Study.Worker(id: "x", host: me.host, system: me.system, pid: me.pid, started: me.started - 1)
    let dead = try study(earlier)
    #expect(try dead.claim(oneOf: trials) == 0)
    #expect(try study().claim(oneOf: trials) == 0)
    #expect(try study().claim(oneOf: trials) == 0, "the study before is closed")
  }

  @Test func releasedTrialIsFree() throws {
    let (mine, other) = (try study(), try study())
    #expect(try mine.claim(oneOf: trials) == 0)
    #expect(try other.claim(oneOf: trials) == 1)
    try other.release("trial 0")
    #expect(try other.claim(oneOf: trials) == 2, "only its worker releases a claim")
    try mine.release("trial 0")
    #expect(try other.claim(oneOf: trials) == 0)
  }

  @Test func failedTrialIsFreeAgain() throws {
    let (mine, other) = (try study(), try study())
    let problem = Diagnostic("no memory")
    #expect(throws: problem) {
      try mine.results(of: trials) { trial in
        if trial.key == "trial 2" { throw problem }
        return Array(trial.key.utf8)
      }
    }
    #expect(try other.results(of: trials.map(\.key)) == [Array("trial 0".utf8), Array("trial 1".utf8), nil, nil])
    #expect(try other.results(of: trials) { Array($0.key.utf8) } == trials.map { Array($0.key.utf8) })
    #expect(try other.results().map(\.key) == trials.map(\.key))
  }
}
