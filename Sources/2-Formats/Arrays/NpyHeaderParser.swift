/// The part of Python's literals that a `.npy` header is made of: a dictionary of strings, booleans and tuples of
/// sizes.
struct NpyHeaderParser {
  enum Value: Equatable {
    case text(String)
    case bool(Bool)
    case tuple([Int])
  }

  let text: [Unicode.Scalar]
  private var position = 0

  init(text: [Unicode.Scalar]) {
    self.text = text
  }

  /// `nil` if it is anything else.
  mutating func dictionary() -> [String: Value]? {
    guard skip("{") else { return nil }
    var entries: [String: Value] = [:]
    while !skip("}") {
      guard let key = quoted(), skip(":"), let value = value() else { return nil }
      entries[key] = value
      if skip(",") { continue }
      guard skip("}") else { return nil }
      break
    }
    skipSpace()
    return position == text.count ? entries : nil
  }

  private mutating func value() -> Value? {
    if skip("True") { return .bool(true) }
    if skip("False") { return .bool(false) }
    if let string = quoted() { return .text(string) }
    guard skip("(") else { return nil }
    var sizes: [Int] = []
    while !skip(")") {
      guard let size = size() else { return nil }
      sizes.append(size)
      if skip(",") { continue }
      guard skip(")") else { return nil }
      break
    }
    return .tuple(sizes)
  }

  private mutating func size() -> Int? {
    skipSpace()
    let start = position
    while position < text.count, ("0"..."9").contains(text[position]) { position += 1 }
    let size = Int(String(String.UnicodeScalarView(text[start..<position])))
    // Python 2 wrote sizes as 3L.
    _ = skip("L")
    return size
  }

  private mutating func quoted() -> String? {
    for quote: Unicode.Scalar in ["'", "\""] where skip(String(quote)) {
      guard let end = text[position...].firstIndex(of: quote) else { return nil }
      defer { position = end + 1 }
      return String(String.UnicodeScalarView(text[position..<end]))
    }
    return nil
  }

  private mutating func skip(_ word: String) -> Bool {
    skipSpace()
    let scalars = word.unicodeScalars
    guard text[position...].starts(with: scalars) else { return false }
    position += scalars.count
    return true
  }

  private mutating func skipSpace() {
    while position < text.count, text[position].properties.isWhitespace { position += 1 }
  }
}
