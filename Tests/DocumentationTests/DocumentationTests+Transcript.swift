import Foundation
import Testing
import TestSupport

/// The README's transcript is what the commands print. `QCC_BLESS=1` writes it.
extension DocumentationTests {
  @Test func transcriptIsReal() throws {
    let page = try Page("README.md")
    let start = try #require(page.text.range(of: "<!-- transcript:.*?-->\n```\n", options: .regularExpression))
    let end = try #require(page.text.range(of: "```\n<!-- end of transcript -->"))
    let commands = page.text[start.upperBound..<end.lowerBound].split(separator: "\n").filter { $0.hasPrefix("$ ") }
    try #require(!commands.isEmpty)
    let outputs = try commands.map { "\($0)\n\(try Self.output(of: $0.dropFirst(2)))" }
    let fresh = page.text.replacingCharacters(
      in: start.upperBound..<end.lowerBound, with: outputs.joined(separator: "\n"))
    if Repository.isBlessing {
      if fresh != page.text { try page.replacing(fresh) }
    } else {
      #expect(fresh == page.text, "README.md is stale: run `QCC_BLESS=1 swift test --filter DocumentationTests`")
    }
  }

  /// What `qcc …` prints in the repository's root.
  fileprivate static func output(of command: Substring) throws -> String {
    let words = command.split(separator: " ").map(String.init)
    try #require(words.first == "qcc")
    // Beside the tests' own bundle.
    let program = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "qcc").path
    let result = try Shell.run(program, Array(words.dropFirst()), in: Repository.root.path)
    #expect(result.status == 0, "\(command)")
    return result.output
  }
}
