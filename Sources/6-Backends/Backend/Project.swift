import Diagnostics
import Files
import Libc
import Schedule

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
  /// What the accelerator leaves to the processor; nil without one.
  package var host: HostWork?

  package init(name: String, files: [File], memory: Memory = Memory(), host: HostWork? = nil) {
    self.name = name
    self.host = host
    self.files = files.sorted { $0.path < $1.path }
    self.memory = memory
  }

  /// What the network takes of a machine's memory, but for its code.
  package struct Memory: Hashable, Sendable {
    package struct Part: Hashable, Sendable {
      package var name: String
      package var bytes: Int
      /// What of it is in use at once: it takes no less; nil where that is all.
      package var least: Int?

      package init(_ name: String, _ bytes: Int, least: Int? = nil) {
        self.name = name
        self.bytes = bytes
        self.least = least
      }

      fileprivate var description: String { "\(name) \(bytes)" + (least.map { " (\($0) live at once)" } ?? "") }
    }

    /// `22,016 bytes: weights 18,432, requantization 3,584`
    package struct Parts: Hashable, Sendable, CustomStringConvertible {
      package var parts: [Part]
      package var bytes: Int { parts.reduce(0) { $0 + $1.bytes } }
      package var description: String {
        "\(bytes) bytes" + (parts.isEmpty ? "" : ": " + parts.map(\.description).joined(separator: ", "))
      }
    }

    package var constants: Parts
    package var arrays: Parts

    package init(constants: [Part] = [], arrays: [Part] = []) {
      self.constants = Parts(parts: constants)
      self.arrays = Parts(parts: arrays)
    }
  }

  /// Writes every file under `folder`, which nobody else uses.
  package func write(to folder: String) throws {
    var made: Set<String> = []
    for file in files {
      for parent in File.folders(of: file.path) where made.insert(parent).inserted {
        try SystemError.check(mkdir("\(folder)/\(parent)", 0o777))
      }
      try Folders.write(file.contents, to: "\(folder)/\(file.path)")
    }
  }

  /// Puts the project at `folder`, whole or not at all. Of what stands there only files are replaced or removed that qcc
  /// wrote and nobody changed since.
  ///
  /// - Parameter force: other things that stand where the project's files go are kept under another name beside them.
  /// - Returns: what is to be said of files of the user.
  /// - Throws: `Diagnostics` with all that is in the way, or with what the system says.
  package func place(at folder: String, force: Bool = false) throws -> [Diagnostic] {
    var folder = folder
    while folder.count > 1, folder.hasSuffix("/") { folder.removeLast() }
    guard !folder.isEmpty else { throw Diagnostic("the project's folder has no name", fix: "name it with -o") }
    let place = resolvingLinks(folder)
    do {
      while true {
        switch FileStatus(place)?.kind {
        case .folder: return try ProjectFolder(place, shown: folder).put(self, force: force)
        case nil: if try makeFolder(place) { return [] }
        default:
          throw Diagnostic(
            "a file stands where the project's folder should be", at: .init(file: folder),
            fix: "say another folder with -o")
        }
      }
    } catch let error as SystemError {
      throw error.writing(folder, fix: "say another folder with -o")
    }
  }

  /// Writes the project beside `place` and moves it there.
  ///
  /// - Returns: false where something stands there meanwhile.
  private func makeFolder(_ place: String) throws -> Bool {
    let above = Files.folder(of: place)
    try Folders.make(above)
    let scratch = try Scratch.folder(in: above)
    var whole = self
    whole.files.append(.init(path: Manifest.name, contents: Manifest(files).contents))
    try whole.write(to: scratch.path)
    do throws(SystemError) {
      try scratch.move(to: place)
    } catch {
      if [EEXIST, ENOTEMPTY, ENOTDIR].contains(error.code) { return false }
      throw error
    }
    return true
  }
}

extension Project.File {
  /// The folders that hold a file within the project, from the outside in.
  static func folders(of path: String) -> [String] {
    path.indices.filter { path[$0] == "/" }.map { String(path[..<$0]) }
  }
}
