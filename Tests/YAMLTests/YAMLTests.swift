import Diagnostics
import Testing

@testable import YAML

@Suite struct YAMLTests {
  private func document(_ text: String) throws -> YAMLNode? { try YAMLNode.document(in: text, file: "a.yaml") }

  private func problem(_ text: String) -> String? {
    #expect(throws: Diagnostic.self) { try document(text) }.map(\.found)
  }

  @Test func nodesKnowTheirLines() throws {
    let root = try #require(
      try document(
        """
        # a comment
        name: two words
        list:
          - 1
          - { a: '', "b c": [x, y] }
        """))
    #expect(root.line == 2)
    let members = try #require(root.members)
    #expect(members.map(\.key.text) == ["name", "list"])
    #expect(members[0].value.text == "two words")
    let items = try #require(members[1].value.items)
    #expect(items.map(\.line) == [4, 5])
    #expect(items[1].members?.map(\.value.text) == ["", nil])
    #expect(items[1].members?.last?.value.items?.map(\.text) == ["x", "y"])
  }

  @Test(arguments: ["", "# nothing\n", "\n\n"]) func noDocument(_ text: String) throws {
    #expect(try document(text) == nil)
  }

  @Test func aliasesAreWhatTheyStandFor() throws {
    let members = try #require(try document("a: &x {b: 1}\nc: *x\n")?.members)
    #expect(members[1].value.members?[0].value.text == "1")
    #expect(members[1].value.line == 1)
  }

  @Test(arguments: [
    (
      "a: [",
      "2:1: error: parser: while parsing a flow node in line 2, column 1 did not find expected node content: a: [ ^"
    ),
    (
      "a: 1\nb", "3:1: error: scanner: while scanning a simple key in line 2, column 1 could not find expected ':': b ^"
    ),
    ("ab: \u{1}", "1:5: error: reader: control characters are not allowed: ab: \u{1}     ^"),
    ("a: *x", "1:4: error: composer: found undefined alias: a: *x    ^"),
    ("a: &x [*x]", "1:8: error: composer: found undefined alias: a: &x [*x]        ^"),
    ("a: 1\nb: 2\na: 3", "3:1: error: composer: the key 'a' stands twice: a: 3 ^"),
    (
      "a\n---\nb",
      "2:1: error: composer: expected a single document in the stream in line 1, column 1 but found another document: "
        + "--- ^"
    ),
  ])
  func textThatIsNotYAML(_ text: String, _ expected: String) {
    #expect(problem(text) == "the file is not YAML: \(expected)")
  }

  @Test func depthIsBounded() throws {
    func nested(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    #expect(try document(nested(64))?.items?.count == 1)
    #expect(problem(nested(65))?.contains("more than 64 levels") == true)
    #expect(problem(nested(100_000)) != nil)
  }

  /// Each line stands for ten times the one before.
  @Test func aliasesDoNotMultiply() throws {
    func document(_ lines: Int) -> String {
      (0..<lines).map { line in
        let items = Array(repeating: line == 0 ? "x" : "*a\(line - 1)", count: 10).joined(separator: ", ")
        return "k\(line): &a\(line) [\(items)]\n"
      }.joined()
    }
    #expect(try self.document(document(4))?.members?.count == 4)
    #expect(problem(document(9))?.contains("more than 100000 values") == true)
  }
}
