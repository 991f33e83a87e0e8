import TestSupport
import Foundation

/// The command as it was built, beside the tests' own bundle.
enum Command {
  static let binary = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "qcc").path

  /// `qcc` with words as a shell reads them; `$T` is the folder `testdata`.
  /// - Parameter before: shell commands in front of it.
  static func run(_ words: String, in folder: String, before: String = "") throws -> Shell.Result {
    try Shell.run(
      "\(before.isEmpty ? "" : before + "; ")\"$QCC\" \(words)", in: folder,
      environment: ["QCC": binary, "T": Repository.testdata, "COLUMNS": "100"])
  }
}
