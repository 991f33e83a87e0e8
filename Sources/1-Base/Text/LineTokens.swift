import Diagnostics

/// The words of a line of the text form: whatever stands between spaces that are outside brackets and quotation marks. `//`
/// starts a comment.
package struct LineTokens {
  package private(set) var words: [Substring] = []
  /// Whether every bracket and every quotation mark has its partner.
  package private(set) var isBalanced = true

  package init(_ line: Substring) {
    var depth = 0
    var quote: Character?
    var start: Substring.Index?
    var index = line.startIndex
    func isComment(_ index: Substring.Index) -> Bool {
      line[index...].hasPrefix("//") && (index == line.startIndex || line[line.index(before: index)].isWhitespace)
    }
    while index < line.endIndex {
      let character = line[index]
      if let open = quote {
        if character == "\\" {
          index = line.index(after: index)
          if index == line.endIndex { break }
        } else if character == open {
          quote = nil
        }
      } else if depth == 0, character.isWhitespace || isComment(index) {
        if let first = start { words.append(line[first..<index]) }
        start = nil
        if !character.isWhitespace { break }
      } else {
        if start == nil { start = index }
        switch character {
        case "\"", "'": quote = character
        case "(", "[": depth += 1
        case ")", "]": depth -= 1
        default: break
        }
        if depth < 0 { isBalanced = false }
      }
      index = line.index(after: index)
    }
    if let first = start { words.append(line[first...]) }
    isBalanced = isBalanced && depth == 0 && quote == nil
  }
}
