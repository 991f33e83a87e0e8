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

/// Who does tasks, and keeps what came of them.
package protocol TrialLedger: Sendable {
  /// What each of the tasks came to, in their order: recorded before, made by others, or here by `make`.
  ///
  /// - Parameter make: is called on several threads.
  func results(
    of tasks: [(key: String, task: TrialTask)], making make: @escaping @Sendable (TrialTask) throws -> [UInt8]
  ) throws -> [[UInt8]]
}
