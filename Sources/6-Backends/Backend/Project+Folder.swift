import Diagnostics
import Files

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

extension Project {
  /// Writes every file under `folder`.
  package func write(to folder: String) throws {
    var made: Set<String> = []
    for file in files {
      let path = folder + "/" + file.path
      let parent = String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)])
      if made.insert(parent).inserted { try Folders.makeFolder(parent) }
      try Folders.write(file.contents, to: path)
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
      guard Folders.isFolder(folder) else {
        throw Diagnostic(
          "a file stands where the project's folder should be", at: location, fix: "say another folder with -o")
      }
      let names = Folders.entries(of: folder)
      guard names.isEmpty || access("\(folder)/\(mark)", F_OK) == 0
      else {
        throw Diagnostic(
          "the folder is not empty and no project of qcc", at: location, fix: "say a new or empty folder with -o")
      }
    }
    let parent = folder.lastIndex(of: "/").map { String(folder[..<$0]) } ?? "."
    if !parent.isEmpty { try Folders.makeFolder(parent) }
    let partial = "\(folder).partial-\(getpid())"
    do {
      try Folders.makeFolder(partial)
      try write(to: partial)
    } catch let problem as Diagnostic {
      Folders.removeTree(partial)
      // The user knows the folder, not the place beside it.
      throw Diagnostic(problem.found, at: location, fix: problem.fix ?? "say another folder with -o")
    }
    let old = "\(folder).old-\(getpid())"
    if exists, rename(folder, old) != 0 {
      Folders.removeTree(partial)
      throw Diagnostic("the folder cannot be replaced: \(systemError())", at: location)
    }
    guard rename(partial, folder) == 0 else {
      let reason = systemError()
      if exists { rename(old, folder) }
      Folders.removeTree(partial)
      throw Diagnostic("the folder cannot be made: \(reason)", at: location)
    }
    Folders.removeTree(old)
  }
}
