import Foundation

/// A file without a name, which is gone with this value, and yet has a path for other processes to open.
struct UnnamedFile: ~Copyable {
  private let descriptor: Int32

  init(_ bytes: [UInt8]) {
    var name = Array("/tmp/qcc-fuzz-XXXXXX".utf8CString)
    descriptor = mkstemp(&name)
    unlink(name)
    precondition(write(descriptor, bytes, bytes.count) == bytes.count, "there is room for a small file")
  }

  func withPath<Result>(_ body: (String) throws -> Result) rethrows -> Result {
    try body("/proc/\(getpid())/fd/\(descriptor)")
  }

  deinit {
    close(descriptor)
  }
}
