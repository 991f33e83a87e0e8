import Diagnostics
import Libc

/// What a system call says of its failure.
package struct SystemError: Error, Hashable, CustomStringConvertible {
  /// An `errno`.
  package var code: Int32

  package init(_ code: Int32 = errno) { self.code = code }

  package var description: String { String(cString: strerror(code)) }

  /// Throws where a system call gave another result than 0.
  package static func check(_ result: Int32) throws(SystemError) {
    if result != 0 { throw SystemError() }
  }

  /// Something that could not be written at `path`, a place that the user knows.
  package func writing(_ path: String, fix: String? = nil) -> Diagnostic {
    let reason =
      switch code {
      case ENOENT, ENOTDIR: ": its folder does not exist"
      case EACCES, EPERM, EROFS: ": no permission"
      case ENOSPC, EDQUOT: ": the disk is full"
      default: " (\(self))"
      }
    return Diagnostic("cannot be written\(reason)", at: .init(file: path), fix: fix)
  }
}
