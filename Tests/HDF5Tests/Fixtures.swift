#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Where test files are.
enum Fixtures {
  private static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// Reference models beside the checkout, or where `QCC_MODELS` says.
  static let referenceModels: String? = {
    let beside = root.deletingLastPathComponent().appending(path: "shared/models").path
    let folder = ProcessInfo.processInfo.environment["QCC_MODELS"] ?? beside
    return FileManager.default.fileExists(atPath: folder) ? folder : nil
  }()

  static func path(_ name: String) -> String {
    root.appending(path: "testdata/hdf5/\(name)").path
  }

  static func inTemporaryFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "hdf5-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder.path)
  }
}
