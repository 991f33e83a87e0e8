import TestSupport

/// Where test files are.
enum Fixtures {
  static func path(_ name: String) -> String { "\(Repository.testdata)/hdf5/\(name)" }
}
