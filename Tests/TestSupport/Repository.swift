import Foundation

/// Files of the repository, wherever it is checked out.
package enum Repository {
  package static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  package static func path(_ file: String) -> String { root.appending(path: file).standardized.path }

  package static let testdata = path("testdata")

  /// The reference networks, beside the checkout or where `QCC_MODELS` says; nil where they are not.
  package static let models: String? = {
    let folder = ProcessInfo.processInfo.environment["QCC_MODELS"] ?? path("../shared/models")
    return FileManager.default.fileExists(atPath: folder) ? folder : nil
  }()

  /// The names of a folder's files with this ending, golden ones left out, sorted.
  package static func files(in folder: String, ending: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { $0.hasSuffix(ending) && !$0.hasSuffix(".golden\(ending)") }.sorted()
  }

  /// How often a campaign tries: what `QCC_CAMPAIGN` says, else few times.
  package static func tries(_ few: Int) -> Int {
    ProcessInfo.processInfo.environment["QCC_CAMPAIGN"].flatMap(Int.init) ?? few
  }

  /// Whether expected texts are written afresh.
  package static let isBlessing = ProcessInfo.processInfo.environment["QCC_BLESS"] == "1"
}
