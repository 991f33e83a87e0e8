import Foundation
import TestSupport

/// A process of its own at work on a study (`Tests/StudyWorker`).
final class StudyWorker {
  static let binary = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
    .appending(path: "study-worker").path

  private let process = Process()
  private let output: Folder

  convenience init(_ study: String, _ work: String, _ count: Int) throws {
    try self.init(Self.binary, [study, work, "\(count)"])
  }

  init(_ program: String, _ arguments: [String]) throws {
    output = try Folder()
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    process.standardInput = FileHandle.nullDevice
    let streams = ["out", "err"].map { "\(output.path)/\($0)" }
    for stream in streams { try Data().write(to: URL(filePath: stream)) }
    process.standardOutput = FileHandle(forWritingAtPath: streams[0])
    process.standardError = FileHandle(forWritingAtPath: streams[1])
    try process.run()
  }

  /// What it has printed up to now, whole lines.
  var lines: [String] {
    text("out").split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
  }
  var errors: String { text("err") }

  private func text(_ stream: String) -> String {
    String(decoding: (try? Data(contentsOf: URL(filePath: "\(output.path)/\(stream)"))) ?? Data(), as: UTF8.self)
  }

  /// Whether it prints that in time.
  func waits(atMost seconds: Double = 60, for isEnough: ([String]) -> Bool) -> Bool {
    let start = Date()
    while !isEnough(lines) {
      if Date().timeIntervalSince(start) >= seconds || !process.isRunning { return isEnough(lines) }
      usleep(2_000)
    }
    return true
  }

  func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

  /// Ends it, unless it has ended; whether it was still at work.
  @discardableResult func killed() -> Bool {
    send(SIGKILL)
    process.waitUntilExit()
    return process.terminationReason == .uncaughtSignal
  }

  /// Its exit status.
  func ended() -> Int32 {
    process.waitUntilExit()
    return process.terminationStatus
  }

  deinit { if process.isRunning { killed() } }
}
