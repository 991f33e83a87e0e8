import Backend
import Files
import Libc

/// Benches that were built before, in the user's folder for what can be made again (`XDG_CACHE_HOME`): a network's is built once,
/// as long as its project, the commands and the compiler stay the same. What is used least goes when it holds too much.
struct BenchCache {
  /// Bytes of all benches.
  private static let most = 256 << 20

  private let folder: String
  /// Where the bench stands in the cache, and where it is run.
  private let kept: String
  private let program: String

  /// nil where there is no such folder that is the user's alone, or the bench is none that is built.
  init?(of project: Project, by backend: any Backend, in place: String) {
    program = backend.bench(of: project, in: place).run("", "").program
    guard program.hasPrefix(place + "/"), let folder = Self.folder(),
      let key = Self.key(project, backend.bench(of: project, in: "."))
    else { return nil }
    self.folder = folder
    kept = folder + "/" + key
  }

  /// Whether the bench was there: it stands in its place then.
  func fetch() -> Bool {
    guard let bytes = try? Folders.read(kept), (try? Folders.write(bytes, to: program)) != nil,
      chmod(program, 0o700) == 0
    else { return false }
    utimes(kept, nil)
    return true
  }

  /// Keeps the bench that was built; where that fails it is built again the next time.
  func keep() {
    guard let bytes = try? Folders.read(program), let file = try? Scratch.file(in: folder, mode: 0o600),
      (try? Folders.write(bytes, to: file.path)) != nil, (try? file.move(to: kept)) != nil
    else { return }
    prune()
  }

  private func prune() {
    let benches = Folders.entries(of: folder).filter(Self.isKey).compactMap { name in
      FileStatus(folder + "/" + name).map { (path: folder + "/" + name, status: $0) }
    }
    var bytes = 0
    for (path, status) in benches.sorted(by: { $0.status.modified > $1.status.modified }) {
      bytes += status.size
      if bytes > Self.most, path != kept { unlink(path) }
    }
  }

  private static func folder() -> String? {
    func named(_ variable: String) -> String? {
      getenv(variable).map { String(cString: $0) }.flatMap { $0.hasPrefix("/") ? $0 : nil }
    }
    guard let base = named("XDG_CACHE_HOME") ?? named("HOME").map({ $0 + "/.cache" }) else { return nil }
    let folder = base + "/qcc"
    guard (try? Folders.make(base)) != nil, mkdir(folder, 0o700) == 0 || errno == EEXIST,
      let status = FileStatus(folder), status.kind == .folder, status.isMineAlone
    else { return nil }
    return folder
  }

  /// What the bench follows from; nil where the compiler is not found.
  private static func key(_ project: Project, _ bench: Bench) -> String? {
    var text: [UInt8] = []
    func add(_ part: some Sequence<UInt8>) {
      text += part
      text.append(0)
    }
    for command in bench.build {
      guard let tool = Subprocess.place(of: command.program), let status = FileStatus(tool, followingLinks: true) else {
        return nil
      }
      add("\(resolvingLinks(tool)) \(status.size) \(status.modified)".utf8)
      for argument in command.arguments { add(argument.utf8) }
    }
    for file in project.files {
      add(file.path.utf8)
      add("\(file.contents.count)".utf8)
      add(file.contents)
    }
    return SHA256.hexadecimal(text)
  }

  private static func isKey(_ name: String) -> Bool {
    name.utf8.count == 64 && name.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
  }
}
