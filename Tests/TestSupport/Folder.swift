import Foundation

/// A new folder that is removed with the value.
package final class Folder {
  package let path: String

  package init() throws {
    let url = FileManager.default.temporaryDirectory.appending(path: "qcc-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.path
  }

  /// What `body` makes of the path of a folder that is there for as long as it runs.
  package static func with<Result>(_ body: (_ path: String) throws -> Result) throws -> Result {
    let folder = try Folder()
    return try withExtendedLifetime(folder) { try body(folder.path) }
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Names of all that is in it.
  package var entries: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }
}
