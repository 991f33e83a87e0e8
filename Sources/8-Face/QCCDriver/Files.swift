import Backend
import Diagnostics

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The last system call's error in words.
func systemError() -> String { String(cString: strerror(errno)) }

/// Writes a whole file.
///
/// - Throws: `Diagnostic` with the file and what the system says.
package func write(_ bytes: [UInt8], to path: String) throws {
  let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
  guard descriptor >= 0 else { throw Diagnostic("cannot be written: \(systemError())", at: .init(file: path)) }
  var failure: String?
  bytes.withUnsafeBytes { buffer in
    var offset = 0
    while offset < buffer.count {
      let count = Glibc.write(descriptor, buffer.baseAddress?.advanced(by: offset), buffer.count - offset)
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
func readAll(_ path: String) throws -> [UInt8] {
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
func makeFolder(_ path: String) throws {
  var above = ""
  for part in path.split(separator: "/", omittingEmptySubsequences: false) {
    above += above.isEmpty && part.isEmpty ? "/" : (above.isEmpty || above == "/" ? "" : "/") + part
    if above == "/" || part.isEmpty { continue }
    guard mkdir(above, 0o777) == 0 || errno == EEXIST else {
      throw Diagnostic("the folder cannot be made: \(systemError())", at: .init(file: above))
    }
  }
}

func isFolder(_ path: String) -> Bool {
  var status = stat()
  return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
}

/// Removes a folder with all that is in it.
func removeTree(_ path: String) {
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
func entries(of path: String) -> [String] {
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

/// A folder of its own under the system's temporary one, removed with the value.
final class TemporaryFolder {
  let path: String

  init() throws {
    let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array((base + "/qcc-XXXXXX").utf8CString)
    guard mkdtemp(&template) != nil else {
      throw Diagnostic("no temporary folder can be made: \(systemError())", at: .init(file: base))
    }
    path = template.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
  }

  deinit { removeTree(path) }
}

extension Project {
  /// Writes every file under `folder`.
  func write(to folder: String) throws {
    var made: Set<String> = []
    for file in files {
      let path = folder + "/" + file.path
      let parent = String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)])
      if made.insert(parent).inserted { try makeFolder(parent) }
      try QCCDriver.write(file.contents, to: path)
    }
  }

  /// Puts the project at `folder`: written beside it and moved there when whole. A project that stands there is replaced,
  /// another folder that is not empty is left alone.
  package func place(at folder: String) throws {
    var folder = folder
    while folder.count > 1, folder.hasSuffix("/") { folder.removeLast() }
    guard !folder.isEmpty else { throw Diagnostic("the project's folder has no name", fix: "name it with -o") }
    let location = Diagnostic.Location(file: folder)
    var status = stat()
    let exists = lstat(folder, &status) == 0
    if exists {
      guard isFolder(folder) else {
        throw Diagnostic(
          "a file stands where the project's folder should be", at: location, fix: "say another folder with -o")
      }
      let names = entries(of: folder)
      guard names.isEmpty || access("\(folder)/\(mark)", F_OK) == 0
      else {
        throw Diagnostic(
          "the folder is not empty and no project of qcc", at: location, fix: "say a new or empty folder with -o")
      }
    }
    let parent = folder.lastIndex(of: "/").map { String(folder[..<$0]) } ?? "."
    if !parent.isEmpty { try makeFolder(parent) }
    let partial = "\(folder).partial-\(getpid())"
    do {
      try makeFolder(partial)
      try write(to: partial)
    } catch let problem as Diagnostic {
      removeTree(partial)
      // The user knows the folder, not the place beside it.
      throw Diagnostic(problem.found, at: location, fix: problem.fix ?? "say another folder with -o")
    }
    let old = "\(folder).old-\(getpid())"
    if exists, rename(folder, old) != 0 {
      removeTree(partial)
      throw Diagnostic("the folder cannot be replaced: \(systemError())", at: location)
    }
    guard rename(partial, folder) == 0 else {
      let reason = systemError()
      if exists { rename(old, folder) }
      removeTree(partial)
      throw Diagnostic("the folder cannot be made: \(reason)", at: location)
    }
    removeTree(old)
  }
}
