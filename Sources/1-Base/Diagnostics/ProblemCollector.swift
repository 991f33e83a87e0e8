/// Thrown where the reason is already among the problems, or lies above in the network.
package struct Skipped: Error {
  package init() {}
}

/// What reads a part of a model step by step, so that a user sees the problems of all steps at once.
package protocol ProblemCollector {
  var problems: Diagnostics { get set }
  /// What problems are about where a step does not say it.
  var location: Diagnostic.Location { get }
}

extension ProblemCollector {
  /// Runs a step; what it throws is collected, and nil comes back in place of its result.
  @discardableResult
  package mutating func check<Result>(_ step: (inout Self) throws -> Result) -> Result? {
    do {
      return try step(&self)
    } catch {
      problems.report(thrown: error, at: location)
      return nil
    }
  }
}
