import IntegerProgram

/// A C project as values: paths within its folder and their contents. The caller writes them.
package struct EmittedProject: Sendable {
  package struct File: Hashable, Sendable {
    /// With forward slashes: `src/layers.c`
    package var path: String
    package var contents: [UInt8]
  }

  /// The network's C name: `<name>.h`, `<name>_run`.
  package var name: String
  /// Sorted by path.
  package var files: [File]
  /// The tensors that `testbench --output` writes for every sample, in its order.
  package var tracedTensors: [TensorID]
  /// Bytes of all feature maps that live at once.
  package var arenaBytes: Int

  /// Folders that hold headers, for `-I`.
  package static let headerFolders = ["include", "runtime", "src", "test"]
}
