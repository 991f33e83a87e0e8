import TestSupport

/// Networks of `testdata`.
enum TestFiles {
  /// Those in a folder, sorted: `zoo/add`
  static func networks(in folder: String) -> [String] {
    Repository.files(in: Repository.testdata + folder, ending: ".h5")
      .map { "\(folder.dropFirst())\(folder.isEmpty ? "" : "/")\($0.dropLast(3))" }
  }

  static func network(_ name: String) -> String { "\(Repository.testdata)/\(name).h5" }
  static func golden(_ name: String) -> String { "\(Repository.testdata)/\(name).golden.h5" }
}
