import Foundation
import Numbers
import Testing
import TestSupport

/// Commands that end at random moments: what stands under its final name is whole, and nothing else stays.
/// `make check-interrupts` tries 200 of each signal.
@Suite struct InterruptTests {
  /// What stands there before, and the command.
  private static let works = [
    ("\"$QCC\" compile $T/digits_dense.h5 -o net", "compile $T/digits_conv.h5 -o net"),
    ("true", "compile $T/digits_dense.h5 -o net"),
    ("echo old > page.html", "report $T/digits_conv.h5 -o page.html"),
    ("echo old > y.npy", "simulate $T/digits_conv.h5 --inputs $T/digits_x.npy -o y.npy"),
    ("echo old > net.onnx", "export $T/digits_dense.h5 -o net.onnx"),
    ("true", "verify $T/digits_dense.h5"),
  ]

  /// Files below a folder with their contents.
  private static func files(_ folder: String) -> [String: Data] {
    var files: [String: Data] = [:]
    for case let path as String in FileManager.default.enumerator(atPath: folder) ?? .init() {
      files[path] = try? Data(contentsOf: URL(filePath: "\(folder)/\(path)"))
    }
    return files
  }

  /// Processes whose command names a folder. Bytes are searched: Foundation keeps the strings of every search to the end.
  private static func programs(in folder: String) -> [String] {
    let processes = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return processes.filter { process in
      guard let command = try? Data(contentsOf: URL(filePath: "/proc/\(process)/cmdline")) else { return false }
      return command.range(of: Data(folder.utf8)) != nil && !command.starts(with: "/bin/sh".utf8)
    }
  }

  @Test(arguments: [SIGKILL, SIGTERM], 0..<Repository.tries(6)) func leaveNothing(_ signal: Int32, _ number: Int) throws
  {
    let (before, command) = Self.works[number % Self.works.count]
    let (folder, whole, temporary) = (try Folder(), try Folder(), try Folder())
    let setting = "export TMPDIR=\(temporary.path)"
    let run = { (folder: Folder) in try Command.run(command, in: folder.path, before: setting) }
    for place in [folder, whole] { _ = try Command.run("--version; \(before)", in: place.path) }
    let old = Self.files(folder.path)
    let start = Date()
    let result = try run(whole)
    #expect(result.status == 0, "\(result.errors)")
    let duration = Date().timeIntervalSince(start)
    let new = Self.files(whole.path)

    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-c", "exec \"$QCC\" \(command)"]
    process.currentDirectoryURL = URL(filePath: folder.path)
    process.environment = ProcessInfo.processInfo.environment.merging(
      ["QCC": Command.binary, "T": Repository.testdata, "TMPDIR": temporary.path]) { $1 }
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    var random = SplitMix(seed: UInt64(number) << 8 | UInt64(signal))
    Thread.sleep(forTimeInterval: duration * Double(random.next() >> 11) / Double(1 << 53))
    kill(process.processIdentifier, signal)
    process.waitUntilExit()
    let isInterrupted = process.terminationReason == .uncaughtSignal
    #expect(process.terminationStatus == (isInterrupted ? signal : 0))

    let left = Self.files(folder.path)
    let torn = left.filter { !$0.key.contains(".qcc-") && $0.value != old[$0.key] && $0.value != new[$0.key] }
    #expect(torn.keys.sorted() == [], "\(command)")
    if signal == SIGTERM {
      let isOldOrNew = left == old || left == new
      #expect(isOldOrNew, "\(command): \(left.keys.sorted())")
      #expect(temporary.entries == [], "\(command)")
      #expect(Self.programs(in: temporary.path) == [], "\(command)")
    }
    // What a killed process started may still be at work.
    for _ in 0..<600 {
      if Self.programs(in: temporary.path).isEmpty { break }
      Thread.sleep(forTimeInterval: 0.1)
    }
    #expect(try run(folder).status == 0)
    let isNew = Self.files(folder.path) == new
    #expect(isNew, "\(command)")
    #expect(temporary.entries == [], "\(command)")
  }
}
