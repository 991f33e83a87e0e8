import Diagnostics
import Libc

/// What a path names.
package struct FileStatus {
  package enum Kind { case regular, folder, link, other }

  private let status: stat

  /// nil where nothing is there, or where that cannot be told.
  package init?(_ path: String, followingLinks: Bool = false) {
    var status = stat()
    guard (followingLinks ? stat(path, &status) : lstat(path, &status)) == 0 else { return nil }
    self.status = status
  }

  package var kind: Kind {
    switch status.st_mode & S_IFMT {
    case S_IFREG: .regular
    case S_IFDIR: .folder
    case S_IFLNK: .link
    default: .other
    }
  }

  /// In bytes.
  package var size: Int { Int(status.st_size) }
  /// Permissions.
  package var mode: mode_t { status.st_mode & 0o7777 }
  /// When its contents were changed, in nanoseconds.
  package var modified: Int64 {
    #if canImport(Darwin)
      let time = status.st_mtimespec
    #else
      let time = status.st_mtim
    #endif
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
  /// Whether nobody but the user can change it.
  package var isMineAlone: Bool { owner == geteuid() && mode & 0o022 == 0 }
  var owner: uid_t { status.st_uid }
  var group: gid_t { status.st_gid }

  /// Whether both are of one file, whatever it holds by now.
  package func isSame(as other: FileStatus) -> Bool { isSame(as: other.status) }

  func isSame(as other: stat) -> Bool { status.st_dev == other.st_dev && status.st_ino == other.st_ino }
}

/// Where what is written to `path` arrives: the target of the links that stand there, also of one that leads nowhere.
package func resolvingLinks(_ path: String) -> String {
  var path = path
  for _ in 0..<40 {
    guard FileStatus(path)?.kind == .link else { return path }
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
    guard readlink(path, &buffer, buffer.count - 1) > 0 else { return path }
    let target = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    path = target.hasPrefix("/") ? target : folder(of: path) + "/" + target
  }
  return path
}

/// The folder that holds what `path` names.
package func folder(of path: String) -> String {
  guard let slash = path.lastIndex(of: "/") else { return "." }
  return slash == path.startIndex ? "/" : String(path[..<slash])
}

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
