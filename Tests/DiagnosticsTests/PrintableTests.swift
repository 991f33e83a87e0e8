import Diagnostics
import Testing

/// A terminal is shown what files say, and does not obey it.
@Suite struct PrintableTests {
  @Test(arguments: [
    ("conv_1/größe 重み 🙂", "conv_1/größe 重み 🙂"), ("a\nerror: b", "a\\nerror: b"),
    ("\u{1B}]0;title\u{7}", "\\u{1B}]0;title\\u{7}"),
    ("\u{9B}31m\u{7F}", "\\u{9B}31m\\u{7F}"), ("a\r\nb\tc", "a\\r\\nb\\tc"),
    ("\u{202E}exact\u{2066}\u{200F}", "\\u{202E}exact\\u{2066}\\u{200F}"),
    ("a\u{2028}b\u{200B}", "a\\u{2028}b\\u{200B}"),
  ])
  func escapes(_ text: String, _ shown: String) {
    #expect(text.printable == shown)
  }

  @Test func messagesAreOneLineButForWhatTheyQuote() {
    var problem = Diagnostic("\u{1B}[2J", at: .init(file: "a\nb", layer: "c\rd"), fix: "\u{202E}")
    problem.quoted = ["one\u{8}", "two"]
    #expect(
      problem.description == "error: a\\nb: layer 'c\\rd': \\u{1B}[2J; fix: \\u{202E}\n  one\\u{8}\n  two")
  }
}
