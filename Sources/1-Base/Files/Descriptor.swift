import Libc

/// An open file or folder, closed with the value.
package final class Descriptor {
  private let number: Int32

  package init(_ path: String, _ flags: Int32, mode: mode_t = 0) throws(SystemError) {
    number = open(path, flags | O_CLOEXEC, mode)
    if number < 0 { throw SystemError() }
  }

  package func writeAll(_ bytes: [UInt8]) throws(SystemError) {
    defer { withExtendedLifetime(self) {} }
    try Files.writeAll(bytes, to: number)
  }

  /// Waits for other processes that hold the file or folder. Where the file system knows no locks nobody is waited for.
  package func lock() { while flock(number, LOCK_EX) != 0, errno == EINTR {} }

  /// - Returns: false where another process holds it; nil where the file system knows no locks.
  func tryLock() -> Bool? { flock(number, LOCK_EX | LOCK_NB) == 0 ? true : errno == EWOULDBLOCK ? false : nil }

  /// Gives it the owner and the permissions of another file, as far as the user may.
  func resemble(_ other: FileStatus) {
    _ = fchown(number, other.owner, other.group)
    _ = fchmod(number, other.mode)
  }

  /// Whether it is what stands at `path`, no link followed.
  func stands(at path: String) -> Bool {
    var mine = stat()
    guard fstat(number, &mine) == 0, let there = FileStatus(path) else { return false }
    return there.isSame(as: mine)
  }

  deinit { close(number) }
}

/// Writes all of `bytes` to an open file.
func writeAll(_ bytes: [UInt8], to descriptor: Int32) throws(SystemError) {
  var written = 0
  while written < bytes.count {
    let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress.map { $0 + written }, $0.count - written) }
    if count < 0 && errno == EINTR { continue }
    guard count > 0 else { throw SystemError(count == 0 ? ENOSPC : errno) }
    written += count
  }
  // A network file system may report a full disk only where a descriptor of the file is closed.
  try SystemError.check(close(dup(descriptor)))
}
