/// What a back end writes, as values: paths within the project's folder and their contents. The caller writes them.
package struct Project: Hashable, Sendable {
  package struct File: Hashable, Sendable {
    /// With forward slashes: `src/layers.c`
    package var path: String
    package var contents: [UInt8]

    package init(path: String, contents: [UInt8]) {
      self.path = path
      self.contents = contents
    }
  }

  /// The network's name in the project.
  package var name: String
  /// Sorted by path.
  package var files: [File]

  package init(name: String, files: [File]) {
    self.name = name
    self.files = files.sorted { $0.path < $1.path }
  }
}
