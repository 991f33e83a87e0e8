import Diagnostics
import Libc

/// A file or a folder of a name that cannot be guessed, for what is not finished. It goes away with the value, and where
/// the process is interrupted. A process that is killed leaves it behind: as long as its process lives it is locked, and
/// whoever makes the next one in the same folder removes those that nobody holds.
package final class Scratch {
  package let path: String
  /// Open, and locked.
  let held: Descriptor

  /// An empty folder.
  ///
  /// - Parameter mode: of the folder, less the user's mask.
  /// - Throws: `SystemError` where none can be made in `folder`.
  package static func folder(in folder: String, mode: mode_t = 0o777) throws(SystemError) -> Scratch {
    try Scratch(in: folder) { path throws(SystemError) in
      try SystemError.check(mkdir(path, mode))
      return try Descriptor(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
    }
  }

  /// A folder of one's own where the system keeps temporary ones.
  ///
  /// - Throws: `Diagnostic`
  package static func temporaryFolder() throws -> Scratch {
    do { return try folder(in: temporary, mode: 0o700) } catch { throw error.inTemporaryFolder }
  }

  fileprivate static var temporary: String {
    let named = getenv("TMPDIR").map { String(cString: $0) } ?? ""
    return named.isEmpty ? "/tmp" : named
  }

  /// An empty file that is open for writing.
  package static func file(in folder: String, mode: mode_t = 0o666) throws(SystemError) -> Scratch {
    try Scratch(in: folder) { path throws(SystemError) in
      try Descriptor(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: mode)
    }
  }

  /// Moves it to its place, over a file that stands there: from then on it stays.
  package func move(to place: String) throws(SystemError) {
    try Interrupts.finish(path) { () throws(SystemError) in try SystemError.check(rename(path, place)) }
  }

  private init(in folder: String, _ make: (String) throws(SystemError) -> Descriptor) throws(SystemError) {
    Self.sweep(folder)
    while true {
      let path = folder + "/" + Self.newName()
      Interrupts.remember(path)
      do {
        let made = try make(path)
        // A sweeper may have been faster than the lock.
        if made.tryLock() != false, made.stands(at: path) {
          self.path = path
          held = made
          return
        }
      } catch {
        Interrupts.forget(path)
        throw error
      }
      Interrupts.forget(path)
    }
  }

  deinit {
    guard Interrupts.isUnfinished(path) else { return }
    Folders.removeTree(path)
    Interrupts.forget(path)
  }

  // MARK: What killed processes left

  private static let prefix = ".qcc-partial-"
  private static let digits = 16

  private static func newName() -> String {
    let number = String(UInt64.random(in: 0 ... .max), radix: 16)
    return prefix + String(repeating: "0", count: digits - number.utf8.count) + number
  }

  private static func isName(_ name: String) -> Bool {
    name.utf8.count == prefix.utf8.count + digits
      && name.utf8.suffix(digits).allSatisfy {
        (0x30...0x39).contains($0) || (0x61...0x66).contains($0)
      }
  }

  private static func sweep(_ folder: String) {
    for name in Folders.entries(of: folder, prefix: prefix) where isName(name) {
      let path = folder + "/" + name
      guard let status = FileStatus(path), status.owner == geteuid(), status.kind == .regular || status.kind == .folder,
        let left = try? Descriptor(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK), left.tryLock() == true
      else { continue }
      withExtendedLifetime(left) { Folders.removeTree(path) }
    }
  }
}

extension SystemError {
  /// Something that could not be written or read in a temporary folder.
  package var inTemporaryFolder: Diagnostic {
    writing(Scratch.temporary, fix: "free space there, or name another folder for temporary files in TMPDIR")
  }
}
