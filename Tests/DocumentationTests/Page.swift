import Foundation
import Testing
import TestSupport

/// A text file of the repository.
struct Page {
  let path: String
  let text: String

  init(_ path: String) throws {
    self.path = path
    text = try String(contentsOf: Repository.root.appending(path: path), encoding: .utf8)
  }

  /// The README and everything under `docs`.
  static var all: [String] {
    ["README.md"] + Repository.files(in: Repository.path("docs"), ending: ".md").map { "docs/\($0)" }
  }

  func replacing(_ text: String) throws {
    try text.write(to: Repository.root.appending(path: path), atomically: true, encoding: .utf8)
  }

  static func exists(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: Repository.path(path))
  }
}
