import Files

/// The files of a project with their SHA-256: what qcc wrote into a folder. A line of its text is one of `sha256sum`; while
/// a project takes another one's place, a file may have two.
struct Manifest: Hashable {
  static let name = ".qcc-manifest"

  /// How its text begins.
  private static let title = "# What qcc wrote here"

  /// SHA-256 by path in the project.
  private var hashes: [String: Set<String>] = [:]

  init(_ files: [Project.File]) {
    for file in files { hashes[file.path] = [SHA256.hexadecimal(file.contents)] }
  }

  /// What a folder's manifest lists; nil where it has none. Lines that name no file within the folder are no manifest's.
  init?(of folder: String) {
    let path = folder + "/" + Self.name
    guard FileStatus(path)?.kind == .regular, let bytes = try? Folders.read(path), bytes.starts(with: Self.title.utf8)
    else { return nil }
    for line in bytes.split(separator: UInt8(ascii: "\n")) {
      guard let words = String(validating: line, as: UTF8.self)?.split(separator: " ", maxSplits: 1),
        words.count == 2, words[0].utf8.count == 64
      else { continue }
      let path = words[1].drop { $0 == " " }
      let isInside = path.split(separator: "/", omittingEmptySubsequences: false)
        .allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." }
      if isInside { hashes[String(path), default: []].insert(String(words[0])) }
    }
  }

  var paths: [String] { hashes.keys.sorted() }

  func lists(_ path: String) -> Bool { hashes[path] != nil }
  func lists(_ path: String, _ hash: String) -> Bool { hashes[path]?.contains(hash) ?? false }

  /// What either lists.
  func union(_ other: Manifest) -> Manifest {
    var union = self
    union.hashes.merge(other.hashes) { $0.union($1) }
    return union
  }

  var contents: [UInt8] {
    let lines = hashes.sorted { $0.key < $1.key }.flatMap { path, hashes in
      hashes.sorted().map { "\($0)  \(path)\n" }
    }
    return Array(
      """
      \(Self.title) (sha256sum -c \(Self.name)). It replaces these files as long as they are as listed; all others
      # are yours and stay.
      \(lines.joined())
      """.utf8)
  }
}
