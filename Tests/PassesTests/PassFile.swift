import Foundation
import Testing

/// A file of `filetests`: what passes do to small graphs, in the text form of graphs.
///
///     // run: remove-identities
///
///     graph a-dropout
///     …
///     // becomes
///     graph a-dropout
///     …
///
///     // ---
///     graph the-next-one
///     …
///
/// A graph that a pass refuses becomes `// error: …`. With `QCC_BLESS=1` in the environment the expected text is written
/// afresh from what the passes do.
struct PassFile {
  struct Case {
    /// Comments and graph, as they stand there.
    var input: String
    var expected: String
    /// The line of `input`'s first line in the file, from 1.
    var line: Int
  }

  let url: URL
  /// The names of the passes, in their order.
  let passes: [String]
  private let header: String
  let cases: [Case]

  static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "filetests")
  static let isBlessing = ProcessInfo.processInfo.environment["QCC_BLESS"] == "1"

  /// Every file, by name.
  static var all: [String] {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return files.filter { $0.hasSuffix(".qir") }.sorted()
  }

  init(named name: String) throws {
    url = Self.folder.appending(path: name)
    let text = try String(contentsOf: url, encoding: .utf8)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let first = try #require(lines.first, "\(name) is empty")
    try #require(first.hasPrefix("// run: "), "\(name) does not start with '// run: passes'")
    passes = first.dropFirst("// run: ".count).split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    let start = try #require(lines.firstIndex(of: ""), "\(name): no empty line behind its header")
    header = lines[..<start].joined(separator: "\n")
    var cases: [Case] = []
    var line = start + 1
    for part in lines[(start + 1)...].split(separator: "// ---", omittingEmptySubsequences: false) {
      let sides = part.split(separator: "// becomes", maxSplits: 1, omittingEmptySubsequences: false)
      let join = { (lines: ArraySlice<Substring>) in lines.joined(separator: "\n").trimmingCharacters(in: .newlines) }
      cases.append(Case(input: join(sides[0]), expected: sides.count > 1 ? join(sides[1]) : "", line: line + 1))
      line += part.count + 1
    }
    self.cases = cases
  }

  /// Writes the file afresh with `results` as what its cases become.
  func bless(_ results: [String]) throws {
    let parts = zip(cases, results).map { "\($0.input)\n// becomes\n\($1)\n" }
    try "\(header)\n\n\(parts.joined(separator: "\n// ---\n"))".write(to: url, atomically: true, encoding: .utf8)
  }
}
