import TestSupport
import Foundation

/// The command as it was built, beside the tests' own bundle.
enum Command {
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  static let testdata = root.appending(path: "testdata").path
  static let binary = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "qcc").path

  /// `qcc` with words as a shell reads them; `$T` is the folder `testdata`.
  /// - Parameter before: shell commands in front of it.
  static func run(_ words: String, in folder: String, before: String = "") throws -> Shell.Result {
    try Shell.run(
      "\(before.isEmpty ? "" : before + "; ")\"$QCC\" \(words)", in: folder,
      environment: ["QCC": binary, "T": testdata, "COLUMNS": "100"])
  }
}

/// A folder that is removed with the value.
final class Folder {
  let path: String

  init() throws {
    let url = FileManager.default.temporaryDirectory.appending(path: "qcc-command-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Names of all that is in it.
  var entries: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }
}
