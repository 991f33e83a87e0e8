import Diagnostics
import Libc
import Plans

/// Which widths some weights and maps may have: `conv.*=8,16`, `weights:dense=4`, `maps:input_1=8`. Names are extended regular
/// expressions (POSIX) that fit the whole name of a layer, or of the node that makes a map.
package struct WidthLimit: Sendable, Hashable {
  package let text: String
  package let bits: [Int]
  private let pattern: String
  private let isForWeights: Bool
  private let isForMaps: Bool

  /// nil where it is none.
  package init?(_ text: String) {
    let parts = text.split(separator: "=", omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty else { return nil }
    var bits: [Int] = []
    for word in parts[1].split(separator: ",", omittingEmptySubsequences: false) {
      guard let width = Int(word), WeightPlan.widths.contains(width) else { return nil }
      bits.append(width)
    }
    self.text = text
    self.bits = bits
    let prefix = parts[0].split(separator: ":", maxSplits: 1)
    (isForWeights, isForMaps) =
      switch prefix.first {
      case "weights": (true, false)
      case "maps": (false, true)
      default: (true, true)
      }
    pattern = "^(\(isForWeights && isForMaps ? parts[0] : prefix.dropFirst().first ?? ""))$"
    guard Self.compiled(pattern, { _ in }) != nil else { return nil }
  }

  func fits(layer name: String) -> Bool { isForWeights && fits(name) }
  func fits(map name: String) -> Bool { isForMaps && fits(name) }

  private func fits(_ name: String) -> Bool { Self.compiled(pattern) { regexec(&$0, name, 0, nil, 0) == 0 } ?? false }

  private static func compiled<Result>(_ pattern: String, _ body: (inout regex_t) -> Result) -> Result? {
    var expression = regex_t()
    guard regcomp(&expression, pattern, REG_EXTENDED | REG_NOSUB) == 0 else { return nil }
    defer { regfree(&expression) }
    return body(&expression)
  }
}
