import Foundation

/// A file of tests as text: what goes in, and what has to come out.
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
/// What is refused becomes `// error: …`. With `QCC_BLESS=1` in the environment the expected text is written afresh.
package struct CaseFile {
  package struct Case {
    /// Comments and text, as they stand there.
    package var input: String
    package var expected: String
    /// The line of `input`'s first line in the file, from 1.
    package var line: Int
  }

  package let url: URL
  /// The words behind `run:`, in their order.
  package let run: [String]
  private let header: String
  package let cases: [Case]

  /// The names of the files in the folder `filetests` beside a source file.
  package static func names(beside source: String = #filePath) -> [String] {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder(beside: source).path)) ?? []
    return files.filter { !$0.hasPrefix(".") }.sorted()
  }

  private static func folder(beside source: String) -> URL {
    URL(filePath: source).deletingLastPathComponent().appending(path: "filetests")
  }

  package init(named name: String, beside source: String = #filePath) throws {
    url = Self.folder(beside: source).appending(path: name)
    let lines = try String(contentsOf: url, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false)
    guard let first = lines.first, first.hasPrefix("// run: "), let start = lines.firstIndex(of: "") else {
      throw Malformed(description: "\(name) does not start with '// run: …' and an empty line")
    }
    run = first.dropFirst("// run: ".count).split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
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

  package struct Malformed: Error, CustomStringConvertible {
    package var description: String
  }

  /// The cases that become something else than the file says, with a sentence for each; none while blessing.
  package func failures(_ result: (_ input: String) -> String) throws -> [String] {
    let results = cases.map { result($0.input) }
    if Repository.isBlessing {
      let parts = zip(cases, results).map { "\($0.input)\n// becomes\n\($1)\n" }
      try "\(header)\n\n\(parts.joined(separator: "\n// ---\n"))".write(to: url, atomically: true, encoding: .utf8)
      return []
    }
    return zip(cases, results).filter { $0.expected != $1 }.map { test, result in
      """
      \(url.lastPathComponent):\(test.line) becomes

      \(result)

      in place of

      \(test.expected)

      If it should, run the test with QCC_BLESS=1 and read what it writes.
      """
    }
  }
}
