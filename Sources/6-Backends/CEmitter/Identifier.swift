/// Names of layers, tensors and networks as C writes them.
enum Identifier {
  /// Letters, digits and underscores of `name`, everything else an underscore, in lower case and never empty. The caller
  /// puts a prefix before it that makes it unique and no keyword.
  static func sanitized(_ name: String, limit: Int = 40) -> String {
    var result: [UInt8] = []
    for byte in name.utf8 where result.count < limit {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): result.append(byte)
      case UInt8(ascii: "A")...UInt8(ascii: "Z"): result.append(byte | 0x20)
      default: if result.last != UInt8(ascii: "_") { result.append(UInt8(ascii: "_")) }
      }
    }
    while result.last == UInt8(ascii: "_") { result.removeLast() }
    while result.first == UInt8(ascii: "_") { result.removeFirst() }
    return result.isEmpty ? "unnamed" : String(decoding: result, as: UTF8.self)
  }

  /// A name that stands alone: the network's, before `_run` and before `.h`.
  static func network(_ name: String) -> String {
    let sanitized = sanitized(name)
    let startsWithDigit = sanitized.utf8.first.map { $0 < UInt8(ascii: "a") } ?? true
    let isReserved =
      reserved.contains(sanitized) || ["st_", "bench_", "layer_"].contains { sanitized.hasPrefix($0) }
    return startsWithDigit || isReserved ? "network_" + sanitized : sanitized
  }

  /// The project's own files, and headers that the standard library's headers may look for.
  private static let reserved: Set<String> = [
    "bench", "constants", "testbench", "alloca", "assert", "complex", "ctype", "endian", "errno", "features", "fenv",
    "float",
    "inttypes", "limits", "locale", "main", "math", "memory", "setjmp", "signal", "stdarg", "stdbool", "stddef",
    "stdint",
    "stdio", "stdlib", "string", "strings", "tgmath", "time", "unistd", "wchar", "wctype",
  ]

  static func upperCased(_ identifier: String) -> String {
    String(decoding: identifier.utf8.map { (0x61...0x7a).contains($0) ? $0 & 0xdf : $0 }, as: UTF8.self)
  }

  /// `name` in a comment: printable ASCII that neither ends the comment nor is a trigraph.
  static func comment(_ name: String, limit: Int = 100) -> String {
    var result: [UInt8] = []
    for byte in name.utf8.prefix(limit) {
      switch byte {
      case UInt8(ascii: "?"), UInt8(ascii: "\\"): result.append(UInt8(ascii: "."))
      case UInt8(ascii: "/") where result.last == UInt8(ascii: "*"): result.append(UInt8(ascii: "."))
      case UInt8(ascii: "*") where result.last == UInt8(ascii: "/"): result.append(UInt8(ascii: "."))
      case 0x20...0x7e: result.append(byte)
      default: result.append(UInt8(ascii: "."))
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// `name` as a string literal, every byte but the plainest as an octal escape.
  static func literal(_ name: String, limit: Int = 400) -> String {
    var result = "\""
    for byte in name.utf8.prefix(limit) {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "?"), 0..<0x20, 0x7f...:
        let digits = String(byte, radix: 8)
        result += "\\" + String(repeating: "0", count: 3 - digits.utf8.count) + digits
      default: result.unicodeScalars.append(Unicode.Scalar(byte))
      }
    }
    return result + "\""
  }
}
