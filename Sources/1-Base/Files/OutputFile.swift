import Diagnostics

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Writes files whole or not at all: into a neighbour that is moved when it is complete, with the permissions of the file
/// that stood there. Links are followed; devices and pipes are written as they are.
package enum OutputFile {
  /// - Throws: `Diagnostic` with the path, and nothing is left behind: no folder, no permission, a full disk, …
  package static func write(_ bytes: [UInt8], to path: String) throws {
    do {
      if isStandardOutput(path) { return try writeAll(bytes, to: STDOUT_FILENO) }
      switch FileStatus(path, followingLinks: true)?.kind {
      case .folder: throw Diagnostic("is a folder: no file can be written there", at: .init(file: path))
      case .other: try writeAll(bytes, to: try Descriptor(path, O_WRONLY | O_NOCTTY).number)
      default: try replace(resolvingLinks(path), with: bytes)
      }
    } catch let error as SystemError {
      throw error.writing(path)
    }
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

  private static func replace(_ path: String, with bytes: [UInt8]) throws(SystemError) {
    let before = FileStatus(path)
    if before != nil { try SystemError.check(access(path, W_OK)) }
    let file = try Scratch.file(in: folder(of: path), mode: before.map { $0.mode & 0o777 } ?? 0o666)
    try writeAll(bytes, to: file.descriptor)
    if let before { file.resemble(before) }
    try file.move(to: path)
  }
}
