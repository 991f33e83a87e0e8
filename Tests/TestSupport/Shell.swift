import Foundation

/// Commands as a user types them.
package enum Shell {
  package struct Result: Sendable {
    package var status: Int32
    package var output: String
    package var errors: String
  }

  /// - Parameter environment: added to the tests' own.
  package static func run(_ command: String, in folder: String, environment: [String: String] = [:]) throws -> Result {
    try run("/bin/sh", ["-c", command], in: folder, environment: environment)
  }

  package static func run(
    _ program: String, _ arguments: [String], in folder: String, environment: [String: String] = [:]
  ) throws -> Result {
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    process.currentDirectoryURL = URL(filePath: folder)
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    // Files, since a full pipe would stop the command.
    let place = FileManager.default.temporaryDirectory.appending(path: "qcc-shell-\(UUID().uuidString)").path
    let streams = ["\(place).out", "\(place).err"]
    defer { streams.forEach { try? FileManager.default.removeItem(atPath: $0) } }
    for stream in streams { try Data().write(to: URL(filePath: stream)) }
    process.standardOutput = FileHandle(forWritingAtPath: streams[0])
    process.standardError = FileHandle(forWritingAtPath: streams[1])
    try process.run()
    process.waitUntilExit()
    let texts = try streams.map { String(decoding: try Data(contentsOf: URL(filePath: $0)), as: UTF8.self) }
    // A signal as shells show it.
    let status = process.terminationStatus + (process.terminationReason == .uncaughtSignal ? 128 : 0)
    return Result(status: status, output: texts[0], errors: texts[1])
  }
}
