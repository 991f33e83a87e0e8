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
  package var memory: Memory

  package init(name: String, files: [File], memory: Memory = Memory()) {
    self.name = name
    self.files = files.sorted { $0.path < $1.path }
    self.memory = memory
  }

  /// What the network takes of a machine's memory, but for its code.
  package struct Memory: Hashable, Sendable {
    package struct Part: Hashable, Sendable {
      package var name: String
      package var bytes: Int

      package init(_ name: String, _ bytes: Int) {
        self.name = name
        self.bytes = bytes
      }
    }

    /// `22,016 bytes: weights 18,432, requantization 3,584`
    package struct Parts: Hashable, Sendable, CustomStringConvertible {
      package var parts: [Part]
      package var bytes: Int { parts.reduce(0) { $0 + $1.bytes } }
      package var description: String {
        "\(bytes) bytes" + (parts.isEmpty ? "" : ": " + parts.map { "\($0.name) \($0.bytes)" }.joined(separator: ", "))
      }
    }

    package var constants: Parts
    package var arrays: Parts

    package init(constants: [Part] = [], arrays: [Part] = []) {
      self.constants = Parts(parts: constants)
      self.arrays = Parts(parts: arrays)
    }
  }
}
