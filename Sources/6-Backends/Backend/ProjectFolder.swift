import Diagnostics
import Files
import Libc

/// A folder that is there, perhaps with a project in it, perhaps with files of the user. No other qcc changes it as long as
/// the value lives.
struct ProjectFolder {
  private let path: String
  /// As the user said it.
  private let shown: String
  private let held: Descriptor
  /// What qcc wrote here; nil where it never did.
  private let known: Manifest?

  init(_ path: String, shown: String) throws(SystemError) {
    self.path = path
    self.shown = shown
    held = try Descriptor(path, O_RDONLY | O_DIRECTORY)
    held.lock()
    known = Manifest(of: path)
  }

  /// Puts a project in the place of the one that is there. A file that stays as it is keeps its time too.
  ///
  /// - Parameter force: what is in the way is kept under another name instead of being an error.
  /// - Returns: what is to be said of files of the user.
  /// - Throws: `Diagnostics` with all that is in the way, `SystemError`; the folder is as it was.
  func put(_ project: Project, force: Bool) throws -> [Diagnostic] {
    let next = Manifest(project.files)
    let written = project.files.filter { standing($0.path, of: $0.contents.count) != $0.contents }
    let obstacles = obstacles(to: written + [.init(path: Manifest.name, contents: [])])
    if !force { try refuse(obstacles) }
    let former = (known?.paths ?? []).filter { !next.lists($0) && FileStatus(absolute($0)) != nil }
    let obsolete = former.filter { isListed($0, in: known) }
    let backups = obstacles.map { (path: $0.path, name: freeName(beside: $0.path)) }

    let scratch = try Scratch.folder(in: path)
    if known != next || !written.isEmpty {
      let staged = try staged(written, from: known?.union(next) ?? next, to: next, in: scratch)
      var changes = FolderChanges(keeping: scratch)
      for backup in backups { changes.move(absolute(backup.path), to: absolute(backup.name)) }
      for file in staged.dropLast() {
        for parent in Project.File.folders(of: file.path) { changes.make(absolute(parent)) }
        changes.put(file.new, at: absolute(file.path))
      }
      for file in obsolete { changes.remove(absolute(file)) }
      for file in staged.suffix(1) { changes.put(file.new, at: absolute(file.path)) }
      try changes.apply()
      // Those that are empty now.
      for file in obsolete { for parent in Project.File.folders(of: file).reversed() { rmdir(absolute(parent)) } }
    }
    return backups.map { remark($0.path, "is kept as \($0.name)") }
      + former.filter { !obsolete.contains($0) }
      .map { remark($0, "is no file of the project any more, but was changed: it stays") }
  }

  /// New files and their paths in the project. What qcc's files are is never untrue: while they are moved the manifest lists
  /// those of before and those of after.
  private func staged(_ files: [Project.File], from both: Manifest, to next: Manifest, in scratch: Scratch)
    throws(SystemError) -> [(new: String, path: String)]
  {
    let manifests = [both, next].map { Project.File(path: Manifest.name, contents: $0.contents) }
    var staged: [(String, String)] = []
    for (index, file) in ([manifests[0]] + files + [manifests[1]]).enumerated() {
      let new = "\(scratch.path)/new-\(index)"
      try Folders.write(file.contents, to: new)
      if let old = FileStatus(absolute(file.path)), old.kind == .regular { chmod(new, old.mode) }
      staged.append((new, file.path))
    }
    return staged
  }

  // MARK: What is in the way

  /// What is not qcc's, where a file or a folder of the project goes, and why it is not.
  private func obstacles(to files: [Project.File]) -> [(path: String, found: String)] {
    var obstacles: [(path: String, found: String)] = []
    for file in files {
      guard let obstacle = obstacle(to: file), !obstacles.contains(where: { $0.path == obstacle.path }) else {
        continue
      }
      obstacles.append(obstacle)
    }
    return obstacles
  }

  private func obstacle(to file: Project.File) -> (path: String, found: String)? {
    for parent in Project.File.folders(of: file.path) {
      switch FileStatus(absolute(parent))?.kind {
      case nil: return nil
      case .folder: continue
      default: return (parent, "is no folder, and the project has files below it")
      }
    }
    switch FileStatus(absolute(file.path))?.kind {
    case nil: return nil
    case .regular where isListed(file.path, in: known): return nil
    case .regular where file.path == Manifest.name && known != nil: return nil
    case .regular where known?.lists(file.path) ?? false: return (file.path, "was changed since qcc wrote it")
    case .regular: return (file.path, "was not written by qcc")
    default: return (file.path, "is no file, and the project has one there")
    }
  }

  private func refuse(_ obstacles: [(path: String, found: String)]) throws(Diagnostics) {
    var problems = Diagnostics(
      obstacles.map { obstacle in
        Diagnostic(
          obstacle.found, at: .init(file: "\(shown)/\(obstacle.path)"),
          fix: "move it away, or say --force, which keeps it as \(freeName(beside: obstacle.path))")
      })
    if known == nil, Folders.entries(of: path).contains(where: { !$0.hasPrefix(".") }) {
      problems.report(
        "the folder is not empty, and no project of qcc is in it", at: .init(file: shown),
        fix: "say a new or empty folder with -o, or --force to put the project beside what is there")
    }
    try problems.throwIfErrors()
  }

  private func remark(_ file: String, _ found: String) -> Diagnostic {
    Diagnostic(found, at: .init(file: "\(shown)/\(file)"), severity: .note)
  }

  // MARK: Files by their paths in the project

  private func absolute(_ file: String) -> String { "\(path)/\(file)" }

  /// Whether a file stands there that is as the manifest says.
  private func isListed(_ file: String, in manifest: Manifest?) -> Bool {
    guard let manifest, manifest.lists(file), let bytes = standing(file) else { return false }
    return manifest.lists(file, SHA256.hexadecimal(bytes))
  }

  /// What stands in a file, reached through no link; nil where there is none, or it is of another size than is asked for.
  private func standing(_ file: String, of size: Int? = nil) -> [UInt8]? {
    guard Project.File.folders(of: file).allSatisfy({ FileStatus(absolute($0))?.kind == .folder }),
      let status = FileStatus(absolute(file)), status.kind == .regular, size.map({ $0 == status.size }) ?? true
    else { return nil }
    return try? Folders.read(absolute(file))
  }

  /// `net.c.bak`, or with a number where that is taken.
  private func freeName(beside file: String) -> String {
    var number = 1
    while true {
      let name = file + (number == 1 ? ".bak" : ".bak\(number)")
      if FileStatus(absolute(name)) == nil { return name }
      number += 1
    }
  }
}
