import Diagnostics
import Libc

/// A regular, readable file that is not empty, open for reading. Everything else that a path can name (nothing, a
/// folder, a pipe, …) is a `Diagnostic` that says what was found there.
package struct InputFile: ~Copyable, Sendable {
  package let path: String
  /// Bytes when it was opened.
  package let size: Int
  /// Open for reading as long as this value lives.
  package let descriptor: Int32

  /// - Throws: `Diagnostic` with the path.
  package init(_ path: String) throws(Diagnostic) {
    // A pipe would otherwise wait here for its other end.
    let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { throw Self.problem(opening: path, error: errno) }
    var status = stat()
    let found: String?
    if fstat(descriptor, &status) != 0 {
      found = "its size cannot be read (\(String(cString: strerror(errno))))"
    } else if status.st_mode & S_IFMT == S_IFDIR {
      found = "is a folder, not a file"
    } else if status.st_mode & S_IFMT != S_IFREG {
      found = "is a pipe or a device, not a regular file"
    } else if status.st_size == 0 {
      found = "the file is empty"
    } else {
      found = nil
    }
    if let found {
      close(descriptor)
      throw Diagnostic(found, at: .init(file: path))
    }
    self.path = path
    self.size = Int(status.st_size)
    self.descriptor = descriptor
  }

  /// Whether a path names such a file.
  package static func isOne(_ path: String) -> Bool { (try? InputFile(path)) != nil }

  deinit {
    close(descriptor)
  }

  /// The bytes from `offset` on: `count` of them, or fewer where the file ends before.
  package func bytes(at offset: Int, count: Int) throws(Diagnostic) -> [UInt8] {
    var failure: Int32 = 0
    let result = [UInt8](unsafeUninitializedCapacity: max(0, min(count, size - offset))) { buffer, filled in
      while filled < buffer.count {
        let read = pread(descriptor, buffer.baseAddress.map { $0 + filled }, buffer.count - filled, offset + filled)
        if read < 0 && errno == EINTR { continue }
        if read < 0 { failure = errno }
        if read <= 0 { return }
        filled += read
      }
    }
    if failure != 0 {
      throw Diagnostic("cannot be read (\(String(cString: strerror(failure))))", at: .init(file: path))
    }
    return result
  }

  /// The whole file.
  /// - Throws: `Diagnostic` if it has more than `limit` bytes, before any memory is taken.
  package func bytes(limit: Int) throws(Diagnostic) -> [UInt8] {
    try require(
      size <= limit, "the file has \(size) bytes", at: .init(file: path), supported: "files of up to \(limit >> 20) MiB"
    )
    return try bytes(at: 0, count: size)
  }

  private static func problem(opening path: String, error: Int32) -> Diagnostic {
    let place = Diagnostic.Location(file: path)
    switch error {
    case ENOENT, ENOTDIR: return Diagnostic("no such file", at: place)
    case EACCES, EPERM: return Diagnostic("no permission to read it", at: place, fix: "chmod +r '\(path)'")
    default: return Diagnostic("cannot be opened (\(String(cString: strerror(error))))", at: place)
    }
  }
}
