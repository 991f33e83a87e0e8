import Libc

/// Changes to a user's folder that are made one after the other, or not at all: where one fails those before it are taken
/// back, and an interrupt waits for the last.
package struct FolderChanges {
  private enum Change {
    case make(folder: String)
    case move(String, to: String)
    case put(new: String, at: String)
  }

  /// Keeps what is replaced or removed until all is done.
  private let attic: Scratch
  private var changes: [Change] = []

  /// - Parameter attic: a folder on the same file system.
  package init(keeping attic: Scratch) { self.attic = attic }

  /// Makes a folder, where there is none yet.
  package mutating func make(_ folder: String) { changes.append(.make(folder: folder)) }

  /// Moves what stands at `path` to a name that is free.
  package mutating func move(_ path: String, to other: String) { changes.append(.move(path, to: other)) }

  package mutating func remove(_ file: String) { move(file, to: kept(changes.count)) }

  /// Puts a new file at `path`, where at every moment either it stands or the one that it replaces.
  package mutating func put(_ new: String, at path: String) { changes.append(.put(new: new, at: path)) }

  package func apply() throws(SystemError) {
    let error = Interrupts.deferred { () -> SystemError? in
      var undoing: [() -> Void] = []
      do throws(SystemError) {
        for (index, change) in changes.enumerated() {
          try apply(change, keepingAt: kept(index), &undoing)
        }
        return nil
      } catch {
        for undo in undoing.reversed() { undo() }
        return error
      }
    }
    if let error { throw error }
  }

  private func apply(_ change: Change, keepingAt old: String, _ undoing: inout [() -> Void]) throws(SystemError) {
    switch change {
    case .make(let folder):
      if FileStatus(folder)?.kind == .folder { return }
      try SystemError.check(mkdir(folder, 0o777))
      undoing.append { rmdir(folder) }
    case .move(let path, let other):
      try SystemError.check(rename(path, other))
      undoing.append { rename(other, path) }
    case .put(let new, let path):
      if FileStatus(path) == nil {
        undoing.append { unlink(path) }
      } else {
        // A file system without links has a moment with neither.
        if link(path, old) != 0 { try SystemError.check(rename(path, old)) }
        undoing.append { rename(old, path) }
      }
      try SystemError.check(rename(new, path))
    }
  }

  private func kept(_ index: Int) -> String { "\(attic.path)/kept-\(index)" }
}
