import Exploration

/// A part of a search that is done once, by whoever comes first.
package struct TrialTask: Sendable, Hashable {
  package var request: Request
  /// Whether nothing is taken from the groundwork: as `qcc quantize` calibrates.
  package var isThorough = false

  /// Unlike that of any other task in the same space.
  package func key(in space: Space) -> String {
    let widths = space.values(of: request.point).map(String.init).joined(separator: ",")
    return (isThorough ? "thorough" : "quick \(request.share)") + " " + widths
  }
}
