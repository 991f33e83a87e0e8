import TestSupport

/// Where test files are.
enum Fixtures {
  static func npy(_ name: String) -> String { "\(Repository.testdata)/npy/\(name)" }
  static func hdf5(_ name: String) -> String { "\(Repository.testdata)/hdf5/\(name)" }
}
