import Diagnostics
import Libc

/// Files and folders as a whole.
package enum Folders {
  /// Writes a file in a folder of one's own.
  package static func write(_ bytes: [UInt8], to path: String) throws(SystemError) {
    try Descriptor(path, O_WRONLY | O_CREAT | O_TRUNC, mode: 0o666).writeAll(bytes)
  }

  /// Reads a whole file.
  package static func read(_ path: String) throws(SystemError) -> [UInt8] {
    guard let file = fopen(path, "rbe") else { throw SystemError() }
    defer { fclose(file) }
    var status = stat()
    fstat(fileno(file), &status)
    var bytes: [UInt8] = []
    // A regular file ends before the last of these; others say no size.
    var room = max(Int(status.st_size), 4095) + 1
    while true {
      let chunk = [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
        count = fread(buffer.baseAddress, 1, room, file)
      }
      bytes = bytes.isEmpty ? chunk : bytes + chunk
      if chunk.count < room {
        if ferror(file) != 0 { throw SystemError() }
        return bytes
      }
      room = 1 << 20
    }
  }

  /// Makes a folder and those above it.
  ///
  /// - Throws: `Diagnostic` with the one that cannot be made.
  package static func make(_ path: String) throws {
    if mkdir(path, 0o777) == 0 || errno == EEXIST { return }
    let above = folder(of: path)
    if errno == ENOENT, above != path, above != "." {
      try make(above)
      if mkdir(path, 0o777) == 0 || errno == EEXIST { return }
    }
    throw Diagnostic("the folder cannot be made: \(SystemError())", at: .init(file: path))
  }

  /// Removes a folder with all that is in it.
  package static func removeTree(_ path: String) {
    guard let status = FileStatus(path) else { return }
    guard status.kind == .folder else {
      unlink(path)
      return
    }
    for name in entries(of: path) { removeTree(path + "/" + name) }
    rmdir(path)
  }

  /// The names in a folder that start so, without `.` and `..`.
  package static func entries(of path: String, prefix: String = "") -> [String] {
    guard let folder = opendir(path) else { return [] }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { name in
          guard strncmp(name, prefix, prefix.utf8.count) == 0, strcmp(name, ".") != 0,
            strcmp(name, "..") != 0
          else { return }
          names.append(String(cString: name))
        }
      }
    }
    return names.sorted()
  }
}
