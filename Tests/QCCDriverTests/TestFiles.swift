import Foundation

/// Where test networks are.
enum TestFiles {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  static let testdata = root.appending(path: "testdata").path
  /// The reference networks, where they are.
  static let models: String? = {
    let path = root.appending(path: "../shared/models").standardized.path
    return FileManager.default.fileExists(atPath: path) ? path : nil
  }()

  /// Networks in a folder of `testdata`, without golden files, sorted.
  static func networks(in folder: String) -> [String] {
    names(in: testdata + folder, ending: ".h5").filter { !$0.hasSuffix(".golden") }
      .map { "\(folder.dropFirst())\(folder.isEmpty ? "" : "/")\($0)" }
  }

  /// The files of a folder with this ending, without it, sorted.
  static func names(in path: String, ending: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    return names.filter { $0.hasSuffix(ending) }.sorted().map { String($0.dropLast(ending.count)) }
  }

  static func network(_ name: String) -> String { "\(testdata)/\(name).h5" }
  static func golden(_ name: String) -> String { "\(testdata)/\(name).golden.h5" }
}

/// A folder that is removed with the value.
final class Folder {
  let path: String

  init() throws {
    let url = FileManager.default.temporaryDirectory.appending(path: "qcc-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}
