import Diagnostics
import Libc

/// Writes files whole or not at all: into a neighbour that is moved when it is complete, with the permissions of the file
/// that stood there. Links are followed; devices and pipes are written as they are.
package enum OutputFile {
  /// - Throws: `Diagnostic` with the path, and nothing is left behind: no folder, no permission, a full disk, …
  package static func write(_ bytes: [UInt8], to path: String) throws { try write([(path, bytes)]) }

  /// Writes all of several files, or none.
  package static func write(_ files: [(path: String, bytes: [UInt8])]) throws {
    let whole = try files.map { file in try naming(file.path) { () throws in try neighbour(of: file.path, file.bytes) }
    }
    for (file, neighbour) in zip(files, whole) {
      try naming(file.path) { () throws in
        if let neighbour {
          try neighbour.move(to: resolvingLinks(file.path))
        } else if isStandardOutput(file.path) {
          try writeAll(file.bytes, to: STDOUT_FILENO)
        } else {
          try Descriptor(file.path, O_WRONLY | O_NOCTTY).writeAll(file.bytes)
        }
      }
    }
  }

  private static func naming<Result>(_ path: String, _ body: () throws -> Result) throws -> Result {
    do { return try body() } catch let error as SystemError { throw error.writing(path) }
  }

  /// Whether what is written to `path` comes out where the command prints.
  package static func isStandardOutput(_ path: String) -> Bool {
    var standardOutput = stat()
    guard fstat(STDOUT_FILENO, &standardOutput) == 0 else { return false }
    return FileStatus(path, followingLinks: true)?.isSame(as: standardOutput) ?? false
  }

  /// Whether `path` names a device or a pipe.
  package static func isStream(_ path: String) -> Bool {
    isStandardOutput(path) || FileStatus(path, followingLinks: true)?.kind == .other
  }

  /// A whole file beside the one that `path` names; nil where that is a stream.
  private static func neighbour(of path: String, _ bytes: [UInt8]) throws -> Scratch? {
    if isStream(path) { return nil }
    if FileStatus(path, followingLinks: true)?.kind == .folder {
      throw Diagnostic("is a folder: no file can be written there", at: .init(file: path))
    }
    let target = resolvingLinks(path)
    let before = FileStatus(target)
    if before != nil { try SystemError.check(access(target, W_OK)) }
    let file = try Scratch.file(in: folder(of: target), mode: before.map { $0.mode & 0o777 } ?? 0o666)
    try file.held.writeAll(bytes)
    if let before { file.held.resemble(before) }
    return file
  }
}
