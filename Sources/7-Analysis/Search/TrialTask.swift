import Exploration

/// A part of a search that is done once, by whoever comes first.
package struct TrialTask: Sendable, Hashable {
  package var request: Request
  /// Whether nothing is taken from the groundwork: as `qcc quantize` calibrates.
  package var isThorough = false
  /// Whether it is trained behind that.
  package var isTuned = false

  /// What a study calls it.
  var kind: String { isTuned ? "tuned" : isThorough ? "thorough" : "quick" }

  /// Unlike that of any other task in the same space.
  package func key(in space: Space) -> String {
    let widths = space.values(of: request.point).map(String.init).joined(separator: ",")
    return (isThorough ? kind : "\(kind) \(request.share)") + " " + widths
  }
}
