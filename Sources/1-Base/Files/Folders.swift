import Diagnostics

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The last system call's error in words.
package func systemError() -> String { String(cString: strerror(errno)) }

/// Files and folders as a whole.
package enum Folders {
  /// Writes a whole file.
  ///
  /// - Throws: `Diagnostic` with the file and what the system says.
  package static func write(_ bytes: [UInt8], to path: String) throws {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw Diagnostic("cannot be written: \(systemError())", at: .init(file: path)) }
    var failure: String?
    bytes.withUnsafeBytes { buffer in
      var offset = 0
      while offset < buffer.count {
        let count = systemWrite(descriptor, buffer.baseAddress?.advanced(by: offset), buffer.count - offset)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else {
          failure = systemError()
          return
        }
        offset += count
      }
    }
    if close(descriptor) != 0, failure == nil { failure = systemError() }
    if let failure {
      unlink(path)
      throw Diagnostic(
        "cannot be written: \(failure)", at: .init(file: path), fix: "free space there, or say another place with -o")
    }
  }

  /// Reads a whole file.
  package static func read(_ path: String) throws -> [UInt8] {
    guard let file = fopen(path, "rb") else {
      throw Diagnostic("cannot be read: \(systemError())", at: .init(file: path))
    }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = fread(&chunk, 1, chunk.count, file)
      bytes += chunk[..<count]
      if count < chunk.count { return bytes }
    }
  }

  /// Makes a folder and those above it.
  package static func makeFolder(_ path: String) throws {
    var above = ""
    for part in path.split(separator: "/", omittingEmptySubsequences: false) {
      above += above.isEmpty && part.isEmpty ? "/" : (above.isEmpty || above == "/" ? "" : "/") + part
      if above == "/" || part.isEmpty { continue }
      guard mkdir(above, 0o777) == 0 || errno == EEXIST else {
        throw Diagnostic("the folder cannot be made: \(systemError())", at: .init(file: above))
      }
    }
  }

  package static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// Removes a folder with all that is in it.
  package static func removeTree(_ path: String) {
    var status = stat()
    guard lstat(path, &status) == 0 else { return }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      unlink(path)
      return
    }
    for name in entries(of: path) { removeTree(path + "/" + name) }
    rmdir(path)
  }

  /// The names in a folder, without `.` and `..`.
  package static func entries(of path: String) -> [String] {
    guard let folder = opendir(path) else { return [] }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted()
  }
}
