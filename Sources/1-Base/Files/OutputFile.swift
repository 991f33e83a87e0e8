import Diagnostics

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Writes files whole or not at all: into a neighbour of another name that is moved when it is complete.
package enum OutputFile {
  /// - Throws: `Diagnostic` with the path, and nothing is left behind: no folder, no permission, a full disk, …
  package static func write(_ bytes: [UInt8], to path: String) throws {
    let place = Diagnostic.Location(file: path)
    var status = stat()
    if stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
      throw Diagnostic("is a folder: no file can be written there", at: place)
    }
    let part = "\(path).part\(getpid())"
    let descriptor = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw problem(errno, at: place) }
    var failure: Int32 = 0
    bytes.withUnsafeBytes { bytes in
      var written = 0
      while written < bytes.count {
        let count = systemWrite(descriptor, bytes.baseAddress.map { $0 + written }, bytes.count - written)
        if count < 0 && errno == EINTR { continue }
        guard count >= 0 else {
          failure = errno
          return
        }
        written += count
      }
    }
    // A network file system may report a full disk only here.
    if close(descriptor) != 0, failure == 0 { failure = errno }
    if failure == 0, rename(part, path) != 0 { failure = errno }
    if failure != 0 {
      unlink(part)
      throw problem(failure, at: place)
    }
  }

  private static func problem(_ error: Int32, at place: Diagnostic.Location) -> Diagnostic {
    switch error {
    case ENOENT, ENOTDIR: Diagnostic("cannot be written: its folder does not exist", at: place)
    case EACCES, EPERM, EROFS: Diagnostic("cannot be written: no permission", at: place)
    case ENOSPC, EDQUOT: Diagnostic("cannot be written: the disk is full", at: place)
    default: Diagnostic("cannot be written (\(String(cString: strerror(error))))", at: place)
    }
  }
}

/// `write(2)`, which inside of a function of that name would be that one.
func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
  write(descriptor, bytes, count)
}
