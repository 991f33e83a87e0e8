#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Where test networks are.
enum Files {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  static let testdata = root.appending(path: "testdata").path
  /// The reference networks, where they are.
  static let models: String? = {
    let path = root.appending(path: "../shared/models").standardized.path
    return FileManager.default.fileExists(atPath: path) ? path : nil
  }()

  /// Networks in a folder, without golden files, sorted.
  static func networks(in folder: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { $0.hasSuffix(".h5") && !$0.hasSuffix(".golden.h5") }.sorted()
  }

  static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }
}
