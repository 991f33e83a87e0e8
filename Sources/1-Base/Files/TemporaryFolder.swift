import Diagnostics

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A folder of its own under the system's temporary one, removed with the value.
package final class TemporaryFolder {
  package let path: String

  package init() throws {
    let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array((base + "/qcc-XXXXXX").utf8CString)
    guard mkdtemp(&template) != nil else {
      throw Diagnostic("no temporary folder can be made: \(systemError())", at: .init(file: base))
    }
    path = template.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
  }

  deinit { Folders.removeTree(path) }
}
